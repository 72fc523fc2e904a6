// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/commands.h"
#include "core/engine/engine.h"
#include "core/engine/option_text.h"
#include "core/ingest/scraper/target_url.h"
#include "core/model/value.h"

namespace sightglass {

namespace {

struct ServeOptions {
    std::string otlpGrpc, otlpHttp, api;
    std::vector<std::string> targets;
    std::string scrapeInterval = "5s";
    std::string memory = "512MiB";
    std::string originLabel = "origin";
    std::string config, record; ///< accepted to say that they are not built yet
};

/// Fills the engine's options, or says what is wrong with the flags.
Result<EngineOptions> engineOptions(const ServeOptions& options) {
    const auto unbuilt = [](const char* flag) {
        return Error{ErrorCode::Unsupported, std::string(flag) + " is not built yet", {}};
    };
    if (!options.config.empty())
        return unbuilt("--config");
    if (!options.record.empty())
        return unbuilt("--record");
    EngineOptions out;
    for (const std::string* address : {&options.otlpGrpc, &options.otlpHttp, &options.api}) {
        if (const auto checked = listenAddresses(*address, 1); !checked)
            return checked.error();
    }
    out.otlpGrpc = options.otlpGrpc;
    out.otlpHttp = options.otlpHttp;
    out.api = options.api;
    for (const std::string& target : options.targets) {
        if (const auto url = parseTargetUrl(target); !url)
            return url.error();
    }
    out.targets = options.targets;
    const Result<TimeNs> interval = scrapeIntervalOf(options.scrapeInterval);
    if (!interval)
        return interval.error();
    out.scrapeInterval = *interval;
    const Result<std::size_t> memory = byteSize(options.memory);
    if (!memory)
        return memory.error();
    out.memoryLimit = *memory;
    out.originLabel = options.originLabel;
    return out;
}

/// The one line that scripts wait for.
std::string readyLine(const EngineStatus& status) {
    std::string out = "{\"ready\":true";
    std::string errors;
    for (const ReceiverStatus& receiver : status.receivers) {
        const char* key = receiver.kind == ReceiverKind::OtlpGrpc   ? "otlp_grpc"
                          : receiver.kind == ReceiverKind::OtlpHttp ? "otlp_http"
                                                                    : "api";
        out += std::string(",\"") + key + "\":";
        if (receiver.address.empty())
            out += "null";
        else
            appendJsonString(out, receiver.address);
        if (!receiver.error.empty()) {
            if (!errors.empty())
                errors += ',';
            appendJsonString(errors, receiver.error);
        }
    }
    return out + ",\"errors\":[" + errors + "]}";
}

ExitCode serve(const EngineOptions& options) {
    // Blocked before any thread starts, so that only the wait below takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    Engine engine(options);
    engine.start();
    const auto status = engine.status();
    std::printf("%s\n", readyLine(*status).c_str());
    std::fflush(stdout);
    for (const ReceiverStatus& receiver : status->receivers) {
        if (!receiver.address.empty() && !isLoopback(receiver.address))
            std::fprintf(stderr,
                         "warning: %s can be reached from other machines, without TLS or a "
                         "password\n",
                         receiver.address.c_str());
    }
    int signal = 0;
    sigwait(&signals, &signal);
    // A second signal ends the program at once.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    engine.stop();
    return ExitCode::Clean;
}

} // namespace

void addServeCommand(CLI::App& program, ExitCode& exitCode) {
    auto options = std::make_shared<ServeOptions>();
    CLI::App* command = program.add_subcommand(
        "serve", "Receive OTLP, scrape targets and answer the HTTP API, without a window.");
    command
        ->add_option("--otlp-grpc", options->otlpGrpc,
                     "Listen for OTLP/gRPC: PORT, HOST:PORT or off "
                     "[127.0.0.1:4317 and [::1]:4317]. Port 0 picks a free one.")
        ->type_name("ADDR");
    command
        ->add_option("--otlp-http", options->otlpHttp,
                     "Listen for OTLP/HTTP [127.0.0.1:4318 and [::1]:4318].")
        ->type_name("ADDR");
    command
        ->add_option("--api", options->api,
                     "Listen for the HTTP API [127.0.0.1:19090 and [::1]:19090].")
        ->type_name("ADDR");
    command
        ->add_option("--scrape", options->targets,
                     "Scrape this /metrics page; may be given several times. \"8889\" means "
                     "http://127.0.0.1:8889/metrics.")
        ->type_name("URL")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--scrape-interval", options->scrapeInterval, "Time between scrapes [5s].")
        ->type_name("DURATION");
    command->add_option("--memory", options->memory, "Memory for the series [512MiB].")
        ->type_name("SIZE");
    command
        ->add_option("--origin-label", options->originLabel,
                     "Name of the label that says by which path a series came; \"\" leaves it "
                     "out [origin].")
        ->type_name("NAME");
    command->add_option("--config", options->config, "Not built yet: read a prometheus.yml.")
        ->type_name("FILE");
    command->add_option("--record", options->record, "Not built yet: record what arrives.")
        ->type_name("FILE");
    command->callback([options, &exitCode] {
        const Result<EngineOptions> engine = engineOptions(*options);
        if (!engine) {
            std::fprintf(stderr, "sightglass-cli serve: %s\n", engine.error().text().c_str());
            exitCode = ExitCode::Trouble;
            return;
        }
        exitCode = serve(*engine);
    });
}

} // namespace sightglass
