// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/http_server.h"

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "tests/support/soon.h"
#include "tests/unit/ingest/raw_client.h"

using namespace sightglass;
using namespace std::chrono_literals;

namespace {

/// Says back what it got: "POST /path?query [body]".
void echo(const HttpRequest& request, const Respond& respond) {
    HttpResponse response;
    response.body =
        request.method + " " + request.path + "?" + request.query + " [" + request.body + "]";
    respond(std::move(response));
}

struct Served {
    CounterRegistry counters;
    HttpServer server;
    std::string address;

    explicit Served(HttpServerOptions options = {}, HttpHandler handler = echo)
        : server(std::move(options), counters, std::move(handler)) {
        const auto bound = server.start({"127.0.0.1:0"});
        REQUIRE_MESSAGE(bound.ok(), (bound.ok() ? "" : bound.error().text()));
        address = bound->front();
    }

    [[nodiscard]] std::uint64_t refused(const std::string& reason) const {
        for (const auto& row : counters.rows()) {
            if (row.name == "sightglass_http_refused_total" &&
                row.labels == CounterRegistry::Labels{{"server", "http"}, {"reason", reason}})
                return row.value;
        }
        return 0;
    }
};

std::string post(const std::string& body, const std::string& moreHeaders = "") {
    return "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + moreHeaders + "\r\n" + body;
}

constexpr std::string_view get = "GET /y?z=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";

} // namespace

TEST_CASE("requests on a kept connection are answered, pipelined ones in order") {
    Served served;
    RawClient client(served.address);
    CHECK(client.request(post("hello")).body == "POST /x? [hello]");
    CHECK(client.request(get).body == "GET /y?z=1 []");

    client.send(post("1") + post("2") + std::string(get) + post("3").substr(0, 30));
    CHECK(client.receive().body == "POST /x? [1]");
    CHECK(client.receive().body == "POST /x? [2]");
    CHECK(client.receive().body == "GET /y?z=1 []");
    CHECK(client.request(post("3").substr(30)).body == "POST /x? [3]");
}

TEST_CASE("pipelined requests stay in order when workers answer them late") {
    HttpServerOptions options;
    options.workers = 4;
    Served served(options, [](const HttpRequest& request, const Respond& respond) {
        if (request.body == "slow")
            std::this_thread::sleep_for(50ms);
        echo(request, respond);
    });
    RawClient client(served.address);
    client.send(post("slow") + post("quick"));
    CHECK(client.receive().body == "POST /x? [slow]");
    CHECK(client.receive().body == "POST /x? [quick]");
}

TEST_CASE("a chunked body is put together, however it is cut up") {
    Served served;
    RawClient client(served.address);
    const std::string request = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                "chunked\r\n\r\n3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n";
    CHECK(client.request(request).body == "POST /x? [abcde]");
    for (const char byte : request)
        client.send({&byte, 1});
    CHECK(client.receive().body == "POST /x? [abcde]");
}

TEST_CASE("a body larger than the limit is answered 413 and the connection ends") {
    HttpServerOptions options;
    options.bodyLimit = 1000;
    Served served(options);
    SUBCASE("announced") {
        RawClient client(served.address);
        client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n");
        const auto answer = client.receive();
        CHECK(answer.status == 413);
        CHECK(answer.body == "the body is larger than the limit of 1000 bytes\n");
        CHECK(answer.has("Connection: close"));
        CHECK(client.closedByServer());
    }
    SUBCASE("announced and sent: the answer is not lost in a reset") {
        RawClient client(served.address);
        client.send(post(std::string(4 << 20, 'x')));
        CHECK(client.receive().status == 413);
    }
    SUBCASE("announced with 100-continue: no Continue is sent") {
        RawClient client(served.address);
        client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n"
                    "Expect: 100-continue\r\n\r\n");
        CHECK(client.receive().status == 413);
    }
    SUBCASE("chunk by chunk") {
        RawClient client(served.address);
        client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 11; ++i)
            client.send("64\r\n" + std::string(100, 'x') + "\r\n");
        CHECK(client.receive().status == 413);
    }
    SUBCASE("just within it is fine") {
        RawClient client(served.address);
        CHECK(client.request(post(std::string(1000, 'x'))).status == 200);
        return;
    }
    CHECK(served.refused("too-large") == 1);
}

TEST_CASE("a wrong request is answered with what is wrong, counted, and ends the connection") {
    Served served;
    struct Row {
        std::string bytes;
        int status;
        const char* reason;
    };
    const std::string host = "Host: localhost\r\n";
    for (const Row& row : {
             Row{"hello\r\n\r\n", 400, "malformed"},
             Row{"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "malformed"},
             Row{"GET / HTTP/1.1\r\n\r\n", 400, "malformed"},
             Row{"GET / HTTP/1.1\r\n" + host + host + "\r\n", 400, "malformed"},
             Row{"GET / HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n", 400, "malformed"},
             Row{"GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
                 400, "malformed"},
             Row{"POST / HTTP/1.1\r\n" + host +
                     "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 400, "malformed"},
             Row{"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400,
                 "malformed"},
             Row{"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501,
                 "malformed"},
             Row{"GET / HTTP/1.1\r\n" + host + "Expect: a-miracle\r\n\r\n", 417, "malformed"},
             Row{"GET / HTTP/2.0\r\n" + host + "\r\n", 505, "http-version"},
             Row{"GET / HTTP/1.1\r\n" + host + "X: " + std::string(40'000, 'x') + "\r\n\r\n", 431,
                 "too-large"},
             Row{"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, "foreign-host"},
             Row{"GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n", 403, "foreign-host"},
             Row{"GET / HTTP/1.1\r\nHost:\r\n\r\n", 403, "foreign-host"},
             Row{"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 403,
                 "foreign-host"},
         }) {
        CAPTURE(row.bytes.substr(0, 100));
        const std::uint64_t before = served.refused(row.reason);
        RawClient client(served.address);
        const auto answer = client.request(row.bytes);
        CHECK(answer.status == row.status);
        CHECK(answer.body.size() > 10);
        CHECK(client.closedByServer());
        CHECK(served.refused(row.reason) == before + 1);
    }
    CHECK(RawClient(served.address).request(get).status == 200);
}

TEST_CASE("HTTP/1.0 needs no Host, and closes unless asked to keep") {
    Served served;
    RawClient once(served.address);
    CHECK(once.request("GET / HTTP/1.0\r\n\r\n").status == 200);
    CHECK(once.closedByServer());
    RawClient kept(served.address);
    CHECK(kept.request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
              .has("Connection: keep-alive"));
    CHECK(kept.request("GET / HTTP/1.0\r\n\r\n").status == 200);
}

TEST_CASE("Connection: close is kept to by both sides") {
    Served served;
    RawClient client(served.address);
    CHECK(client.request(post("a", "Connection: close\r\n")).has("Connection: close"));
    CHECK(client.closedByServer());
}

TEST_CASE("a client that expects 100-continue is told to go on") {
    Served served;
    RawClient client(served.address);
    client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                "Expect: 100-Continue\r\n\r\n");
    CHECK(client.receive().status == 100);
    CHECK(client.request("ok").body == "POST /x? [ok]");
}

TEST_CASE("HEAD gets the head of GET's answer, and the connection goes on") {
    Served served;
    RawClient client(served.address);
    client.send("HEAD /y HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto answer = client.receive(false);
    CHECK(answer.status == 200);
    CHECK(answer.has("Content-Length: 11\r\n"));
    CHECK(client.request(get).body == "GET /y?z=1 []");
}

TEST_CASE("a handler cannot be made to write a header of the client's") {
    Served served({}, [](const HttpRequest&, const Respond& respond) {
        HttpResponse response;
        response.headers = {{"Location", "/a\r\nSet-Cookie: b"}};
        response.status = 204;
        respond(response);
    });
    RawClient client(served.address);
    const auto answer = client.request(get);
    CHECK(answer.has("Location: /a  Set-Cookie: b\r\n"));
    CHECK_FALSE(answer.has("Content-Length"));
    CHECK(client.request(get).status == 204);
}

TEST_CASE("repeated headers are joined and names are lower case") {
    Served served({}, [](const HttpRequest& request, const Respond& respond) {
        HttpResponse response;
        response.body = std::string(request.header("x-a")) + "|" +
                        std::string(request.header("x-none")) + "|" + request.peer.substr(0, 10);
        respond(response);
    });
    CHECK(RawClient(served.address)
              .request("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nx-a: 2\r\n\r\n")
              .body == "1, 2||127.0.0.1:");
}

TEST_CASE("a client that stalls in a request is told 408, one that idles is closed silently") {
    HttpServerOptions options;
    options.requestTimeout = 100ms;
    options.idleTimeout = 200ms;
    Served served(options);
    for (const std::string beginning :
         {"G", "GET / HTTP/1.1\r\nHost: localhost\r\n",
          "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab"}) {
        CAPTURE(beginning);
        RawClient stalling(served.address);
        stalling.send(beginning);
        CHECK(stalling.receive().status == 408);
        CHECK(stalling.closedByServer());
    }
    CHECK(served.refused("timeout") == 3);

    RawClient idle(served.address);
    CHECK(idle.request(get).status == 200);
    CHECK(idle.closedByServer());
    CHECK(served.refused("timeout") == 3);
}

TEST_CASE("a client that drips bytes does not hold out past the deadline, nor disturb others") {
    HttpServerOptions options;
    options.requestTimeout = 300ms;
    Served served(options);
    RawClient dripping(served.address);
    std::atomic<bool> done{false};
    std::jthread drip([&] {
        dripping.send("GET / HTTP/1.1\r\nX: ");
        while (!done && dripping.send("x"))
            std::this_thread::sleep_for(20ms);
    });
    const auto begin = std::chrono::steady_clock::now();
    RawClient other(served.address);
    CHECK(other.request(get).status == 200);
    CHECK(dripping.receive().status == 408);
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    done = true;
}

TEST_CASE("a client that does not read its answer is dropped") {
    HttpServerOptions options;
    options.requestTimeout = 200ms;
    Served served(options, [](const HttpRequest&, const Respond& respond) {
        HttpResponse response;
        response.body.assign(64 << 20, 'x');
        respond(std::move(response));
    });
    RawClient client(served.address);
    client.send(get);
    CHECK(soon([&] { return served.refused("slow-reader") == 1; }));
    CHECK(soon([&] { return served.server.connections() == 0; }));
}

TEST_CASE("further connections than the limit hear 503 and are counted") {
    HttpServerOptions options;
    options.maxConnections = 2;
    Served served(options);
    RawClient a(served.address), b(served.address);
    CHECK(a.request(get).status == 200);
    CHECK(b.request(get).status == 200);
    RawClient c(served.address);
    CHECK(c.receive().status == 503);
    CHECK(served.refused("too-many-connections") == 1);
    CHECK(a.request(get).status == 200);
    { RawClient gone(std::move(b)); }
    CHECK(soon([&] { return served.server.connections() == 1; }));
    CHECK(RawClient(served.address).request(get).status == 200);
}

TEST_CASE("requests beyond what may wait for a worker hear 503 with Retry-After") {
    std::promise<void> release;
    const auto released = release.get_future().share();
    std::atomic<int> running{0};
    HttpServerOptions options;
    options.workers = 1;
    options.workerQueueBytes = 100'000;
    Served served(options, [&](const HttpRequest& request, const Respond& respond) {
        ++running;
        released.wait();
        echo(request, respond);
    });
    RawClient first(served.address), second(served.address), third(served.address);
    const std::string body(60'000, 'x');
    first.send(post(body));
    REQUIRE(soon([&] { return running == 1; }));
    second.send(post(body));
    REQUIRE(soon([&] {
        const auto rows = served.counters.rows();
        for (const auto& row : rows) {
            if (row.name == "sightglass_http_requests_total")
                return row.value == 2;
        }
        return false;
    }));
    const auto answer = third.request(post(body));
    CHECK(answer.status == 503);
    CHECK(answer.has("Retry-After: 1"));
    CHECK(served.refused("busy") == 1);
    release.set_value();
    CHECK(first.receive().status == 200);
    CHECK(second.receive().status == 200);
}

TEST_CASE("an answer that never comes is 500, a second one is ignored") {
    Served forgetful({}, [](const HttpRequest&, const Respond&) {});
    CHECK(RawClient(forgetful.address).request(get).status == 500);

    Served twice({}, [](const HttpRequest& request, const Respond& respond) {
        echo(request, respond);
        respond({.status = 404});
    });
    RawClient client(twice.address);
    CHECK(client.request(get).status == 200);
    CHECK(client.request(get).status == 200);
}

TEST_CASE("the server's own refusals can be written in the service's way") {
    HttpServerOptions options;
    options.bodyLimit = 10;
    options.refusal = [](const HttpRequest& request, int status, const std::string& message) {
        HttpResponse response;
        response.status = status;
        response.contentType = "application/json";
        response.body = request.path + ": " + message;
        return response;
    };
    Served served(options);
    const auto answer = RawClient(served.address).request(post("01234567890"));
    CHECK(answer.status == 413);
    CHECK(answer.body == "/x: the body is larger than the limit of 10 bytes");
    CHECK(answer.has("Content-Type: application/json"));
}

TEST_CASE("a taken port is an error that names it; a further address that fails is left out") {
    Served served;
    CounterRegistry counters;
    HttpServer second({}, counters, echo);
    const auto bound = second.start({served.address});
    REQUIRE_FALSE(bound.ok());
    CHECK(bound.error().text() == served.address + " is taken (address in use)");

    HttpServer third({}, counters, echo);
    const auto both = third.start({"127.0.0.1:0", served.address, "192.0.2.1:0"});
    REQUIRE(both.ok());
    CHECK(both->size() == 1);
}

TEST_CASE("with port 0 the later addresses take the first one's port") {
    CounterRegistry counters;
    HttpServer server({}, counters, echo);
    const auto bound = server.start({"127.0.0.1:0", "127.0.0.2:0"});
    REQUIRE(bound.ok());
    REQUIRE(bound->size() == 2);
    CHECK(bound->at(0).substr(bound->at(0).rfind(':')) ==
          bound->at(1).substr(bound->at(1).rfind(':')));
    CHECK(RawClient(bound->at(1)).request(get).status == 200);
}

TEST_CASE("a port can be taken again at once after stop") {
    auto served = std::make_unique<Served>();
    const std::string address = served->address;
    CHECK(RawClient(address).request(get).status == 200);
    served.reset();
    CounterRegistry counters;
    HttpServer again({}, counters, echo);
    CHECK(again.start({address}).ok());
}

TEST_CASE("stopping lets the request under way be answered, and ends the others") {
    std::promise<Respond> late;
    HttpServerOptions options;
    options.stopTimeout = 5s;
    Served served(options,
                  [&late](const HttpRequest&, const Respond& respond) { late.set_value(respond); });
    RawClient idle(served.address), half(served.address), busy(served.address);
    half.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
              "Expect: 100-continue\r\n\r\n");
    REQUIRE(half.receive().status == 100); // so the server is within its request
    busy.send(get);
    const Respond respond = late.get_future().get();
    REQUIRE(soon([&] { return served.server.connections() == 3; }));

    std::jthread stopping([&] { served.server.stop(); });
    CHECK(idle.closedByServer());
    CHECK(half.receive().status == 503);
    { RawClient done(std::move(half)); }
    respond({.status = 200, .body = "late"});
    const auto answer = busy.receive();
    CHECK(answer.body == "late");
    CHECK(answer.has("Connection: close"));
    { RawClient done(std::move(busy)); }
    stopping.join();
    CHECK_FALSE(RawClient(served.address).connected());
}

TEST_CASE("stopping does not wait for a handler's answer for ever, and an answer may come after") {
    std::promise<Respond> late;
    Respond respond;
    {
        HttpServerOptions options;
        options.stopTimeout = 50ms;
        Served served(options,
                      [&late](const HttpRequest&, const Respond& r) { late.set_value(r); });
        RawClient client(served.address);
        client.send(get);
        respond = late.get_future().get();
        const auto begin = std::chrono::steady_clock::now();
        served.server.stop();
        CHECK(std::chrono::steady_clock::now() - begin < 1s);
        CHECK(client.closedByServer());
    }
    respond({.status = 200});
}

TEST_CASE("stopping while clients are busy neither hangs nor crashes") {
    for (int round = 0; round < 5; ++round) {
        HttpServerOptions options;
        options.workers = 2;
        options.stopTimeout = 100ms;
        Served served(options);
        std::atomic<int> answered{0};
        std::vector<std::jthread> clients;
        for (int i = 0; i < 4; ++i) {
            clients.emplace_back([&] {
                for (;;) {
                    RawClient client(served.address);
                    if (!client.connected())
                        return;
                    while (client.request(post(std::string(1000, 'x'))).status == 200)
                        ++answered;
                }
            });
        }
        CHECK(soon([&] { return answered > 20; }));
        served.server.stop();
    }
}

TEST_CASE("a thousand idle clients hold no buffers") {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
    ::setrlimit(RLIMIT_NOFILE, &files);
    REQUIRE(files.rlim_cur >= 2200);

    const auto residentKiB = [] {
        std::ifstream statm("/proc/self/statm");
        long total = 0, resident = 0;
        statm >> total >> resident;
        return resident * (::sysconf(_SC_PAGESIZE) / 1024);
    };
    Served served;
    {
        RawClient warm(served.address);
        CHECK(warm.request(post(std::string(100'000, 'x'))).status == 200);
    }
    const long before = residentKiB();
    std::vector<RawClient> clients;
    clients.reserve(1000);
    for (int i = 0; i < 1000; ++i) {
        clients.emplace_back(served.address);
        REQUIRE(clients.back().request(post(std::string(5'000, 'x'))).status == 200);
    }
    CHECK(served.server.connections() == 1000);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(residentKiB() - before < 8 * 1024); // their read buffers alone would be 64 MiB
#else
    (void)before;
#endif
    CHECK(clients.front().request(get).status == 200);
}
