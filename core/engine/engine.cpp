// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/api/api_server.h"
#include "core/base/heap.h"
#include "core/base/mutex.h"
#include "core/engine/analyst.h"
#include "core/engine/dump_loader.h"
#include "core/engine/option_text.h"
#include "core/engine/status_board.h"
#include "core/engine/writer.h"
#include "core/ingest/otlp_http_server.h"
#include "core/ingest/receiver.h"
#include "core/ingest/scraper/scraper.h"
#include "core/ingest/scraper/target_url.h"
#include "core/store/store.h"
#ifdef SIGHTGLASS_GRPC
#include "core/ingest/otlp_grpc_server.h"
#endif

namespace sightglass {

namespace {

struct ReceiverKindInfo {
    ReceiverKind kind;
    const char* flag;
    int defaultPort;
};

constexpr std::array receiverKinds{
    ReceiverKindInfo{ReceiverKind::OtlpGrpc, "--otlp-grpc", 4317},
    ReceiverKindInfo{ReceiverKind::OtlpHttp, "--otlp-http", 4318},
    ReceiverKindInfo{ReceiverKind::Api, "--api", 19090},
};

/// True if listening on one of `wanted` may need one of `bound` to be free: a wildcard address
/// takes the port of all others.
bool sharesPort(const std::vector<std::string>& wanted, const std::vector<std::string>& bound) {
    const auto portOf = [](const std::string& address) {
        return std::string_view(address).substr(address.rfind(':') + 1);
    };
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
        return std::any_of(bound.begin(), bound.end(),
                           [&](const std::string& other) { return portOf(one) == portOf(other); });
    });
}

/// The figures of two receivers, one after the other, as those of one.
ReceiverActivity together(const ReceiverActivity& before, ReceiverActivity after) {
    after.lastArrival = std::max(before.lastArrival, after.lastArrival);
    after.requests += before.requests;
    after.points += before.points;
    after.refused += before.refused;
    if (after.lastError.empty())
        after.lastError = before.lastError;
    return after;
}

constexpr std::size_t indexOf(ReceiverKind kind) {
    return static_cast<std::size_t>(kind);
}

} // namespace

struct Engine::State {
    explicit State(EngineOptions wanted) : options(std::move(wanted)) {}

    // In the order of making; destroyed in reverse, so each outlives what uses it.
    const EngineOptions options;
    const SystemClock clock;
    OriginTable origins;
    CounterRegistry counters;
    Catalog catalog{origins};
    Store store{storeOptions(), catalog, counters};
    Writer writer{store, counters, clock};
    const IngestContext ingest{writer, origins, counters, clock, IngestLimits{}};
    Scraper scraper{ingest};
    Analyst analyst{catalog, clock, [this] { return targetHealth(); }};
    StatusBoard board{clock, [this] { return gather(); }};
    DumpLoader loader{writer, origins, counters, clock};

    /// One of the three listeners; `receiver` is null while it could not be bound or is off.
    struct Listener {
        std::string wanted;
        std::vector<std::string> addresses; ///< bound
        std::string error;
        std::unique_ptr<Receiver> receiver;
        ReceiverActivity before; ///< of the receivers that this one took over from
    };
    /// Whoever starts or ends receivers, which takes a while, holds it; taken before `mutex`.
    Mutex binding;
    mutable Mutex mutex;
    std::array<Listener, receiverKinds.size()> listeners SG_GUARDED_BY(mutex);
    bool stopped SG_GUARDED_BY(mutex) = false;

    StoreOptions storeOptions() const {
        StoreOptions out;
        out.memoryLimit = options.memoryLimit;
        out.seriesPerMetricMost = options.seriesPerMetricMost;
        out.seriesMost = options.seriesMost;
        out.origins = &origins;
        out.processMemory = &processMemory;
        return out;
    }
    std::unique_ptr<Receiver> makeReceiver(ReceiverKind kind);
    /// A running receiver, or null for "off".
    struct Bound {
        std::vector<std::string> addresses;
        std::unique_ptr<Receiver> receiver;
    };
    Result<Bound> bind(ReceiverKind kind, const std::vector<std::string>& addresses)
        SG_REQUIRES(binding);
    Status rebind(ReceiverKind kind, const std::string& address) SG_REQUIRES(binding)
        SG_EXCLUDES(mutex);
    /// Puts a receiver in the place of the one there is, which ends outside `mutex`; its figures
    /// stay.
    void replace(ReceiverKind kind, Bound next, const std::string& wanted) SG_REQUIRES(binding)
        SG_EXCLUDES(mutex);
    std::vector<TargetHealth> targetHealth() const;
    std::vector<ApiTarget> apiTargets() const;
    std::vector<OwnGauge> gauges() const;
    EngineStatus gather() const;
};

std::unique_ptr<Receiver> Engine::State::makeReceiver(ReceiverKind kind) {
    switch (kind) {
    case ReceiverKind::OtlpGrpc:
#ifdef SIGHTGLASS_GRPC
        return makeOtlpGrpcServer(ingest);
#else
        return nullptr;
#endif
    case ReceiverKind::OtlpHttp:
        return makeOtlpHttpServer(ingest);
    case ReceiverKind::Api:
        break;
    }
    return makeApiServer({store, catalog, origins, counters, clock, options.originLabel,
                          [this] { return analyst.analysis()->findings; },
                          [this] { return apiTargets(); }, [this] { return gauges(); },
                          [this] { return store.usage(); }},
                         counters);
}

Result<Engine::State::Bound> Engine::State::bind(ReceiverKind kind,
                                                 const std::vector<std::string>& addresses) {
    if (addresses.empty())
        return Bound{};
    std::unique_ptr<Receiver> receiver = makeReceiver(kind);
    if (!receiver)
        return Error{ErrorCode::Unavailable, "this build has no gRPC", {}};
    Result<std::vector<std::string>> bound = receiver->start(addresses);
    if (!bound) {
        return Error{ErrorCode::Unavailable,
                     bound.error().message + "; choose another with " +
                         receiverKinds[indexOf(kind)].flag + " HOST:PORT, port 0 picks a free one",
                     {}};
    }
    return Bound{std::move(*bound), std::move(receiver)};
}

void Engine::State::replace(ReceiverKind kind, Bound next, const std::string& wanted) {
    std::unique_ptr<Receiver> ended; // after the lock is given back
    MutexLock lock(mutex);
    Listener& listener = listeners[indexOf(kind)];
    ended = std::move(listener.receiver);
    if (ended)
        listener.before = together(listener.before, ended->activity());
    listener.wanted = wanted;
    listener.error.clear();
    listener.addresses = std::move(next.addresses);
    listener.receiver = std::move(next.receiver);
}

Status Engine::State::rebind(ReceiverKind kind, const std::string& address) {
    std::vector<std::string> oldAddresses;
    std::string oldWanted;
    {
        MutexLock lock(mutex);
        if (stopped)
            return Error{ErrorCode::Cancelled, "shutting down", {}};
        oldAddresses = listeners[indexOf(kind)].addresses;
        oldWanted = listeners[indexOf(kind)].wanted;
    }
    const auto addresses = listenAddresses(address, receiverKinds[indexOf(kind)].defaultPort);
    Result<Bound> bound = addresses ? Result(Bound{}) : Result<Bound>(addresses.error());
    bool isListening = !oldAddresses.empty();
    if (addresses) {
        const bool isInTheWay = sharesPort(*addresses, oldAddresses);
        if (isInTheWay)
            replace(kind, {}, address);
        bound = bind(kind, *addresses);
        if (!bound && isInTheWay) {
            Result<Bound> again = bind(kind, oldAddresses);
            isListening = again.ok();
            if (again)
                replace(kind, std::move(*again), oldWanted);
        }
    }
    if (bound) {
        replace(kind, std::move(*bound), address);
        return Done{};
    }
    if (!isListening) {
        MutexLock lock(mutex);
        listeners[indexOf(kind)].wanted = address;
        listeners[indexOf(kind)].error = bound.error().message;
    }
    return bound.error();
}

std::vector<TargetHealth> Engine::State::targetHealth() const {
    std::vector<TargetHealth> out;
    for (const ScrapeTarget& target : scraper.targets()) {
        if (target.health == ScrapeTarget::Health::Waiting)
            continue; // nothing known yet
        out.push_back({target.origin, target.url, target.health == ScrapeTarget::Health::Up,
                       target.lastError, target.failures, target.lastScrape});
    }
    return out;
}

std::vector<ApiTarget> Engine::State::apiTargets() const {
    std::vector<ApiTarget> out;
    for (const ScrapeTarget& target : scraper.targets()) {
        const char* health = target.health == ScrapeTarget::Health::Up     ? "up"
                             : target.health == ScrapeTarget::Health::Down ? "down"
                                                                           : "unknown";
        const Result<TargetUrl> url = parseTargetUrl(target.url);
        out.push_back({target.url, std::string(Scraper::job), url ? url->instance : std::string(),
                       health, target.lastError, target.lastScrape, target.lastDurationSeconds,
                       static_cast<double>(target.interval) / 1e9,
                       static_cast<double>(Scraper::timeoutOf(target.interval)) / 1e9});
    }
    return out;
}

std::vector<OwnGauge> Engine::State::gauges() const {
    const StoreUsage usage = store.usage();
    return {
        {"sightglass_series", "Series in the ring.", static_cast<double>(usage.series)},
        {"sightglass_memory_bytes", "Memory that the ring uses.", static_cast<double>(usage.bytes)},
        {"sightglass_memory_limit_bytes", "Memory that the ring may use.",
         static_cast<double>(options.memoryLimit)},
        {"sightglass_memory_elsewhere_bytes",
         "What the rest of the process was last seen to take of the limit.",
         static_cast<double>(usage.elsewhere)},
        {"sightglass_samples", "Samples in the ring.", static_cast<double>(usage.samples)},
        {"sightglass_oldest_sample_timestamp_seconds", "Time of the oldest sample; 0: none.",
         static_cast<double>(usage.oldestSample) / nsPerSecond},
        {"sightglass_eviction_began_timestamp_seconds",
         "When the first sample was evicted; 0: never.",
         static_cast<double>(usage.evictionBegan) / nsPerSecond},
        {"sightglass_evicted_bytes", "What all evicted chunks took.",
         static_cast<double>(usage.evictedBytes)},
        {"sightglass_targets", "Targets that are scraped.",
         static_cast<double>(scraper.targets().size())},
    };
}

EngineStatus Engine::State::gather() const {
    EngineStatus out;
    {
        MutexLock lock(mutex);
        for (const ReceiverKindInfo& info : receiverKinds) {
            const Listener& listener = listeners[indexOf(info.kind)];
            ReceiverStatus status;
            status.kind = info.kind;
            if (!listener.addresses.empty())
                status.address = listener.addresses.front();
            status.wanted = listener.wanted;
            status.error = listener.error;
            ReceiverActivity activity = listener.before;
            if (listener.receiver)
                activity = together(activity, listener.receiver->activity());
            status.lastArrival = activity.lastArrival;
            status.points = activity.points;
            status.requests = activity.requests;
            status.refused = activity.refused;
            status.lastError = std::move(activity.lastError);
            out.receivers.push_back(std::move(status));
        }
    }

    for (ScrapeTarget& target : scraper.targets()) {
        TargetStatus status;
        status.url = std::move(target.url);
        status.origin = target.origin;
        switch (target.health) {
        case ScrapeTarget::Health::Waiting:
            break;
        case ScrapeTarget::Health::Up:
            status.health = TargetStatus::Health::Up;
            break;
        case ScrapeTarget::Health::Down:
            status.health = TargetStatus::Health::Down;
            break;
        }
        status.lastScrape = target.lastScrape;
        status.lastDurationSeconds = target.lastDurationSeconds;
        status.lastSamples = target.lastSamples;
        status.failures = target.failures;
        status.lastError = std::move(target.lastError);
        out.targets.push_back(std::move(status));
    }

    const std::shared_ptr<const CatalogSnapshot> snapshot = analyst.analysis()->catalog;
    const std::vector<Writer::Traffic> traffic = writer.traffic();
    for (Origin& origin : origins.all()) {
        OriginStatus status;
        if (origin.id.value < traffic.size()) {
            status.points = traffic[origin.id.value].points;
            status.lastArrival = traffic[origin.id.value].lastArrival;
        }
        for (const CatalogOrigin& known : snapshot->origins) {
            if (known.origin.id == origin.id)
                status.series = known.series;
        }
        for (const TargetStatus& target : out.targets) {
            if (target.origin == origin.id)
                status.lastError = target.lastError;
        }
        out.points += status.points;
        status.origin = std::move(origin);
        out.origins.push_back(std::move(status));
    }

    StoreUsage usage = store.usage();
    out.series = static_cast<std::uint32_t>(usage.series);
    out.memoryUsed = usage.bytes;
    out.memoryLimit = options.memoryLimit;
    out.oldestSample = usage.oldestSample;
    out.evicted = usage.evictedSamples;
    out.ring = std::move(usage);
    out.refused = counters.sum(CounterKind::Refusal);
    out.dropped = counters.sum(CounterKind::Drop);
    return out;
}

Engine::Engine(EngineOptions options) : m_state(std::make_unique<State>(std::move(options))) {}

Engine::~Engine() {
    stop();
}

void Engine::start() {
    keepFreedMemory();
    State& s = *m_state;
    s.writer.start();
    s.analyst.start();
    s.loader.start();
    {
        MutexLock binding(s.binding);
        const std::array wanted{s.options.otlpGrpc, s.options.otlpHttp, s.options.api};
        for (const ReceiverKindInfo& info : receiverKinds)
            static_cast<void>(s.rebind(info.kind, wanted[indexOf(info.kind)])); // shows in status()
    }
    for (const std::string& target : s.options.targets)
        static_cast<void>(addTarget(target)); // checked by whoever read the options
    s.board.start();
}

void Engine::stop() {
    State& s = *m_state;
    std::array<std::unique_ptr<Receiver>, receiverKinds.size()> receivers;
    MutexLock binding(s.binding);
    {
        MutexLock lock(s.mutex);
        if (s.stopped)
            return;
        s.stopped = true;
        for (std::size_t i = 0; i < receivers.size(); ++i)
            receivers[i] = std::move(s.listeners[i].receiver);
    }
    // Sources first, so that what they wait for is still written; then the writer. The scraper
    // lives as long as the engine, but what it fetches from now on is refused.
    for (auto& receiver : receivers)
        receiver.reset();
    s.loader.stop();
    s.writer.stop();
    s.board.stop();
    s.analyst.stop();
}

const SeriesReader& Engine::reader() const {
    return m_state->store;
}

SampleSink& Engine::sink() {
    return m_state->writer;
}

OriginTable& Engine::origins() {
    return m_state->origins;
}

CounterRegistry& Engine::counters() {
    return m_state->counters;
}

const Clock& Engine::clock() const {
    return m_state->clock;
}

std::shared_ptr<const Analysis> Engine::analysis() const {
    return m_state->analyst.analysis();
}

std::shared_ptr<const EngineStatus> Engine::status() const {
    return m_state->board.status();
}

Result<std::string> Engine::addTarget(const std::string& url) {
    Result<std::string> added = m_state->scraper.add(url, m_state->options.scrapeInterval);
    m_state->board.refresh();
    return added;
}

void Engine::removeTarget(const std::string& url) {
    m_state->scraper.remove(url);
    m_state->board.refresh();
}

Status Engine::rebind(ReceiverKind kind, const std::string& address) {
    State& s = *m_state;
    MutexLock binding(s.binding);
    Status status = s.rebind(kind, address);
    s.board.refresh();
    return status;
}

void Engine::openDump(const std::string& path, WhenOpened done) {
    m_state->loader.open(path, std::move(done));
}

void Engine::flush() {
    m_state->writer.flush();
    m_state->analyst.flush();
    m_state->board.flush();
}

} // namespace sightglass
