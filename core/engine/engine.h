// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/result.h"
#include "core/catalog/catalog.h"
#include "core/catalog/families.h"
#include "core/diagnose/comparison.h"
#include "core/model/finding.h"
#include "core/model/sample_sink.h"
#include "core/model/series_reader.h"
#include "core/model/store_usage.h"

namespace sightglass {

struct EngineOptions {
    /// "HOST:PORT", "PORT", or empty for 127.0.0.1 and ::1 with the default port; "off" for none.
    std::string otlpGrpc, otlpHttp, api;
    std::vector<std::string> targets; ///< URLs to scrape
    TimeNs scrapeInterval = 5 * nsPerSecond;
    std::size_t memoryLimit = std::size_t{512} << 20;
    std::string originLabel = "origin"; ///< "" leaves it out
    std::uint32_t seriesPerMetricMost = 100'000;
    std::uint32_t seriesMost = 0; ///< 0: as many as the memory holds
};

enum class ReceiverKind : std::uint8_t { OtlpGrpc, OtlpHttp, Api };

/// One listener, for the start card, the Sources page and `serve`'s ready line.
struct ReceiverStatus {
    ReceiverKind kind;
    std::string address; ///< "127.0.0.1:4317"; empty if it could not be bound
    std::string wanted;  ///< what was asked for
    std::string error;   ///< why it is not listening, with the way to choose another
    TimeNs lastArrival = 0;
    std::uint64_t points = 0, requests = 0, refused = 0;
    std::string lastError;
    double pointsPerSecond = 0;
};

struct TargetStatus {
    std::string url;
    std::optional<OriginId> origin;
    enum class Health : std::uint8_t { Waiting, Up, Down } health = Health::Waiting;
    TimeNs lastScrape = 0;
    double lastDurationSeconds = 0;
    std::uint64_t lastSamples = 0;
    std::uint64_t failures = 0; ///< scrapes that failed in a row
    std::string lastError;      ///< in full
    double pointsPerSecond = 0;
};

struct OriginStatus {
    Origin origin;
    TimeNs lastArrival = 0;
    std::uint32_t series = 0;
    std::uint64_t points = 0;
    double pointsPerSecond = 0;
    std::string lastError;
};

/// The state of the engine, renewed four times a second.
struct EngineStatus {
    std::vector<ReceiverStatus> receivers;
    std::vector<TargetStatus> targets;
    std::vector<OriginStatus> origins;
    double pointsPerSecond = 0;
    std::uint64_t points = 0;
    std::uint32_t series = 0;
    std::size_t memoryUsed = 0, memoryLimit = 0;
    TimeNs oldestSample = 0; ///< 0: no sample
    std::uint64_t refused = 0, dropped = 0, evicted = 0;
    StoreUsage ring;
};

/// What the analysis worker last made of the catalog. The parts belong together.
struct Analysis {
    std::uint64_t generation = 0;
    std::shared_ptr<const CatalogSnapshot> catalog; ///< never null
    std::vector<std::shared_ptr<const Family>> families;
    std::shared_ptr<const FindingsSnapshot> findings; ///< never null
    /// Of this catalog. Looking through all metrics takes a while with many: nobody else needs to.
    /// Null only in an analysis that was made by hand.
    std::shared_ptr<const PathComparer> comparer;
};

/// What became of a dump that could be read, be it in part.
struct OpenedDump {
    std::uint64_t points = 0;
    std::uint64_t skipped = 0; ///< parts, lines and points that could not be read
    std::string firstSkipped;  ///< why the first of them could not, with its place
};

/// The whole of Sightglass without a head: receivers, scraper, ring, catalog and rules.
///
/// Owns every thread and the lifetime of everything below it. Made and destroyed on one thread (the
/// main one); all other members may be called from any thread. Snapshots are immutable and stay
/// good after the engine is gone.
class Engine {
  public:
    explicit Engine(EngineOptions options);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Binds and starts all receivers and targets. A port that is taken shows in status(); the
    /// others still start. Call once.
    void start();
    /// Stops taking data in and joins all threads. What was read stays readable. Idempotent.
    void stop();

    [[nodiscard]] const SeriesReader& reader() const;
    [[nodiscard]] SampleSink& sink();
    [[nodiscard]] OriginTable& origins();
    [[nodiscard]] CounterRegistry& counters();
    [[nodiscard]] const Clock& clock() const;

    [[nodiscard]] std::shared_ptr<const Analysis> analysis() const;   ///< never null
    [[nodiscard]] std::shared_ptr<const EngineStatus> status() const; ///< never null

    /// Begins to scrape; an Error if the URL is none or is there already. "8889" and "host:9100"
    /// are completed to http://127.0.0.1:8889/metrics and http://host:9100/metrics. Gives the URL.
    /// Does not wait; status() shows it a moment later.
    Result<std::string> addTarget(const std::string& url);
    void removeTarget(const std::string& url);

    /// Tries a receiver again, on another address ("127.0.0.1:0" picks a free port). One that works
    /// already goes on where it is if that fails. Waits for both; never on a GUI thread.
    Status rebind(ReceiverKind kind, const std::string& address);

    /// Reads a dump in the background into an origin of its own; `done` is called on a thread of
    /// the engine.
    using WhenOpened = std::function<void(Result<OpenedDump>)>;
    void openDump(const std::string& path, WhenOpened done);

    /// Waits until everything pushed so far is written, analysed and published. For tests and the
    /// command line; never on a GUI thread.
    void flush();

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sightglass
