// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/scraper/scraper.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <optional>
#include <thread>
#include <utility>

#include "core/base/mutex.h"
#include "core/codec/exposition/exposition.h"
#include "core/ingest/scraper/fetch.h"
#include "core/ingest/scraper/series_memory.h"
#include "core/ingest/scraper/target_url.h"

namespace sightglass {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr TimeNs minInterval = 100 * nsPerMs;

/// How often and how long a removed target's stale markers are offered to a full queue.
constexpr int farewellTries = 50;
constexpr std::chrono::milliseconds farewellPause{100};

/// What one scrape came to.
struct Outcome {
    TimeNs time = 0; ///< when it began
    double seconds = 0;
    FetchFailure failure;      ///< empty reason: none
    std::uint64_t samples = 0; ///< sample lines of the page
    bool isDropped = false;    ///< the queue was full
};

/// Appends a series of ours; without `value`, its stale marker.
void appendSynthetic(Batch& batch, std::string_view name, std::string_view help,
                     std::optional<double> value, TimeNs time) {
    MetricBlock& block = batch.metrics.emplace_back();
    block.descriptor.name = name;
    block.descriptor.description = help;
    block.descriptor.type = MetricType::Gauge;
    block.synthetic = true;
    block.points = {static_cast<std::uint32_t>(batch.numberPoints.size()), 1};
    NumberPoint& point = batch.numberPoints.emplace_back();
    point.time = time;
    if (!value)
        point.flags = noRecordedValueFlag;
    point.value = Number::of(value.value_or(std::numeric_limits<double>::quiet_NaN()));
}

/// `up` and its kin as `outcome` has them; without one, their stale markers. Gives how many.
std::size_t appendOurs(Batch& batch, const Outcome* outcome, TimeNs time) {
    std::optional<double> up, duration, samples;
    if (outcome) {
        up = outcome->failure.reason.empty() ? 1 : 0;
        duration = outcome->seconds;
        samples = static_cast<double>(outcome->samples);
    }
    appendSynthetic(batch, "up", "1 if the last scrape went well, else 0.", up, time);
    appendSynthetic(batch, "scrape_duration_seconds", "How long the scrape took.", duration, time);
    appendSynthetic(batch, "scrape_samples_scraped", "Samples that the page held.", samples, time);
    return 3;
}

void nameTarget(Batch& batch, const std::string& instance) {
    if (batch.resources.empty()) {
        batch.resources.emplace_back().isTarget = true;
        batch.scopes.emplace_back();
    }
    batch.resources[0].attributes = {static_cast<std::uint32_t>(batch.attributes.size()), 2};
    batch.attributes.push_back({"job", Value::string(Scraper::job)});
    batch.attributes.push_back({"instance", Value::string(batch.arena.copy(instance))});
}

} // namespace

/// The thread behind a Scraper, and what it shares with callers.
class Scraper::Loop {
  public:
    explicit Loop(const IngestContext& context);
    ~Loop();

    Result<std::string> add(const std::string& typed, TimeNs interval) SG_EXCLUDES(m_mutex);
    void remove(const std::string& typed) SG_EXCLUDES(m_mutex);
    std::vector<ScrapeTarget> targets() const SG_EXCLUDES(m_mutex);

  private:
    /// A target as its thread works on it.
    struct Job {
        Job(TargetUrl target, OriginId id, TimeNs every, std::size_t bodyLimit)
            : url(std::move(target)),
              origin(id),
              interval(every),
              fetch(url, Scraper::timeoutOf(every), bodyLimit) {}

        TargetUrl url;
        OriginId origin;
        TimeNs interval;
        Fetch fetch;
        SeriesMemory memory;
        SteadyTime due{};
        bool isUnderWay = false;
        bool hasReported = false; ///< `up` and its kin were queued, so they can go stale
        TimeNs startedAt = 0;
    };
    /// The last word of a removed target, until the queue takes it.
    struct Farewell {
        Batch batch;
        std::size_t stale = 0;
        int triesLeft = farewellTries;
        SteadyTime due{};
    };
    struct Command {
        TargetUrl url;
        OriginId origin;
        TimeNs interval = 0;
        bool isRemoval = false;
    };

    void run(const std::stop_token& stop);
    void takeCommands() SG_EXCLUDES(m_mutex);
    void start(Job& job);
    void finish(Job& job, CURLcode code);
    void retire(Job& job);
    void sayFarewells();
    Outcome push(Job& job, Outcome outcome, std::string body);
    void report(const Job& job, const Outcome& outcome) SG_EXCLUDES(m_mutex);
    [[nodiscard]] static SteadyTime nextDue(const Job& job, SteadyTime now, SteadyTime last);
    [[nodiscard]] int millisecondsToNextDue() const;
    void countFailure(const std::string& reason);

    const IngestContext m_context;
    Counter& m_scrapes;
    Counter& m_points;
    Counter& m_stale;
    CURLM* const m_multi;

    // Of the thread alone:
    std::vector<std::unique_ptr<Job>> m_jobs;
    std::vector<Farewell> m_farewells;

    mutable Mutex m_mutex;
    std::vector<ScrapeTarget> m_targets SG_GUARDED_BY(m_mutex);
    std::vector<Command> m_commands SG_GUARDED_BY(m_mutex);

    std::jthread m_thread;
};

Scraper::Loop::Loop(const IngestContext& context)
    : m_context(context),
      m_scrapes(context.counters.counter("sightglass_scrapes_total",
                                         "Scrapes finished, well or not.", CounterKind::Traffic)),
      m_points(context.counters.counter("sightglass_scrape_points_total",
                                        "Data points that scraped pages held.",
                                        CounterKind::Traffic)),
      m_stale(context.counters.counter(
          "sightglass_scrape_stale_markers_total",
          "Series marked as ended because their page no longer has them.", CounterKind::Traffic)),
      m_multi((curl_global_init(CURL_GLOBAL_DEFAULT), curl_multi_init())) {
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Scraper::Loop::~Loop() {
    m_thread.request_stop();
    curl_multi_wakeup(m_multi);
    m_thread.join();
    m_jobs.clear();
    curl_multi_cleanup(m_multi);
    curl_global_cleanup();
}

Result<std::string> Scraper::Loop::add(const std::string& typed, TimeNs interval) {
    Result<TargetUrl> url = parseTargetUrl(typed);
    if (!url.ok())
        return url.error();
    if (interval < minInterval)
        return Error{ErrorCode::InvalidArgument, "the scrape interval must be at least 100 ms", {}};
    const std::string shown = url->shown;
    {
        MutexLock lock(m_mutex);
        const bool isKnown = std::any_of(m_targets.begin(), m_targets.end(),
                                         [&](const ScrapeTarget& t) { return t.url == shown; });
        if (isKnown)
            return Error{ErrorCode::InvalidArgument, shown + " is scraped already", {}};
        ScrapeTarget& target = m_targets.emplace_back();
        target.url = shown;
        target.origin = m_context.origins.intern(OriginKind::Scrape, shown);
        target.interval = interval;
        m_commands.push_back({std::move(*url), target.origin, interval, false});
    }
    curl_multi_wakeup(m_multi);
    return shown;
}

void Scraper::Loop::remove(const std::string& typed) {
    Result<TargetUrl> url = parseTargetUrl(typed);
    if (!url.ok())
        return;
    {
        MutexLock lock(m_mutex);
        const auto removed =
            std::erase_if(m_targets, [&](const ScrapeTarget& t) { return t.url == url->shown; });
        if (removed == 0)
            return;
        m_commands.push_back({std::move(*url), {}, 0, true});
    }
    curl_multi_wakeup(m_multi);
}

std::vector<ScrapeTarget> Scraper::Loop::targets() const {
    MutexLock lock(m_mutex);
    return m_targets;
}

void Scraper::Loop::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        takeCommands();
        sayFarewells();
        const SteadyTime now = std::chrono::steady_clock::now();
        for (const auto& job : m_jobs) {
            if (!job->isUnderWay && job->due <= now)
                start(*job);
        }
        int running = 0;
        curl_multi_perform(m_multi, &running);
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(m_multi, &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            const auto job = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const auto& candidate) {
                return candidate->fetch.handle() == message->easy_handle;
            });
            const CURLcode code = message->data.result;
            if (job != m_jobs.end())
                finish(**job, code);
        }
        curl_multi_poll(m_multi, nullptr, 0, millisecondsToNextDue(), nullptr);
    }
    for (const auto& job : m_jobs) {
        if (job->isUnderWay)
            curl_multi_remove_handle(m_multi, job->fetch.handle());
    }
}

void Scraper::Loop::takeCommands() {
    std::vector<Command> commands;
    {
        MutexLock lock(m_mutex);
        commands.swap(m_commands);
    }
    for (Command& command : commands) {
        if (!command.isRemoval) {
            auto job = std::make_unique<Job>(std::move(command.url), command.origin,
                                             command.interval, m_context.limits.inflatedBytes);
            job->due = std::chrono::steady_clock::now();
            m_jobs.push_back(std::move(job));
            continue;
        }
        const auto job = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const auto& candidate) {
            return candidate->url.shown == command.url.shown;
        });
        if (job != m_jobs.end()) {
            retire(**job);
            m_jobs.erase(job);
        }
    }
}

void Scraper::Loop::start(Job& job) {
    job.isUnderWay = true;
    job.startedAt = m_context.clock.now();
    curl_multi_add_handle(m_multi, job.fetch.begin());
}

void Scraper::Loop::finish(Job& job, CURLcode code) {
    curl_multi_remove_handle(m_multi, job.fetch.handle());
    job.isUnderWay = false;
    job.due = nextDue(job, std::chrono::steady_clock::now(), job.due);

    Outcome outcome;
    outcome.time = job.startedAt;
    outcome.seconds = job.fetch.seconds();
    outcome.failure = job.fetch.failureOf(code);
    report(job, push(job, std::move(outcome), job.fetch.takeBody()));
}

/// Decodes and queues what was fetched; the outcome given back also knows of bad lines and of a
/// full queue. A full queue says nothing about the target, so it is no failure of the scrape.
Outcome Scraper::Loop::push(Job& job, Outcome outcome, std::string body) {
    Batch batch;
    SeriesMemory::Page page;
    std::uint64_t points = 0;
    if (outcome.failure.reason.empty()) {
        RawRecord record;
        record.origin = job.origin;
        record.receivedAt = outcome.time;
        record.body = std::make_shared<const std::string>(std::move(body));
        Result<Batch> decoded = decodeExposition(record);
        if (decoded.ok()) {
            batch = std::move(*decoded);
            page = SeriesMemory::describe(batch);
            outcome.samples = batch.sampleLines;
            points = batch.pointCount();
        } else {
            const Error& error = decoded.error();
            const std::string where = error.place.text();
            outcome.failure = {"bad-page",
                               where.empty() ? error.message : where + ": " + error.message};
        }
    }
    batch.origin = job.origin;
    batch.receivedAt = outcome.time;
    nameTarget(batch, job.url.instance);
    const std::size_t stale = job.memory.appendStale(batch, page, outcome.time);
    appendOurs(batch, &outcome, outcome.time);

    const PushStatus status = m_context.sink.push(std::move(batch), {});
    if (status == PushStatus::Queued) {
        job.memory.remember(std::move(page));
        job.hasReported = true;
        m_points.add(points);
        m_stale.add(stale);
    } else if (status == PushStatus::Full) {
        // What is remembered stays, so that a series gone meanwhile is still marked next time.
        m_context.counters
            .counter("sightglass_scrapes_dropped_total",
                     "Scraped pages lost because the queue before the writer was full.",
                     CounterKind::Drop)
            .add();
        outcome.isDropped = true;
    }
    return outcome;
}

void Scraper::Loop::retire(Job& job) {
    if (job.isUnderWay)
        curl_multi_remove_handle(m_multi, job.fetch.handle());
    Batch batch;
    batch.origin = job.origin;
    batch.receivedAt = m_context.clock.now();
    nameTarget(batch, job.url.instance);
    std::size_t stale = job.memory.appendStale(batch, {}, batch.receivedAt);
    if (job.hasReported)
        stale += appendOurs(batch, nullptr, batch.receivedAt);
    m_farewells.push_back({std::move(batch), stale, farewellTries, {}});
}

/// Offers what is due to the queue. Unlike a page, a farewell has no next scrape to mend its loss.
void Scraper::Loop::sayFarewells() {
    const SteadyTime now = std::chrono::steady_clock::now();
    std::erase_if(m_farewells, [&](Farewell& farewell) {
        if (farewell.due > now)
            return false;
        const PushStatus status = m_context.sink.push(std::move(farewell.batch), {});
        if (status == PushStatus::Queued)
            m_stale.add(farewell.stale);
        if (status != PushStatus::Full)
            return true;
        farewell.due = now + farewellPause;
        if (--farewell.triesLeft > 0)
            return false;
        m_context.counters
            .counter("sightglass_scrape_stale_markers_dropped_total",
                     "Stale markers of removed targets lost because the queue before the writer "
                     "stayed full.",
                     CounterKind::Drop)
            .add(farewell.stale);
        return true;
    });
}

void Scraper::Loop::report(const Job& job, const Outcome& outcome) {
    m_scrapes.add();
    const bool isUp = outcome.failure.reason.empty();
    if (!isUp)
        countFailure(outcome.failure.reason);
    MutexLock lock(m_mutex);
    const auto target = std::find_if(m_targets.begin(), m_targets.end(),
                                     [&](const ScrapeTarget& t) { return t.url == job.url.shown; });
    if (target == m_targets.end())
        return;
    target->health = isUp ? ScrapeTarget::Health::Up : ScrapeTarget::Health::Down;
    target->lastScrape = outcome.time;
    target->lastDurationSeconds = outcome.seconds;
    target->lastSamples = outcome.samples;
    if (!outcome.isDropped)
        target->samples += outcome.samples;
    target->failures = isUp ? 0 : target->failures + 1;
    target->lastError = outcome.failure.message;
    if (isUp && outcome.isDropped)
        target->lastError = "the page was dropped: more comes in than can be written; the next "
                            "scrape tries again";
}

SteadyTime Scraper::Loop::nextDue(const Job& job, SteadyTime now, SteadyTime last) {
    const std::chrono::nanoseconds interval(job.interval);
    const std::chrono::nanoseconds offset(std::hash<std::string>()(job.url.shown) %
                                          static_cast<std::size_t>(job.interval));
    // At least half an interval after the scrape before: two close together say little.
    const SteadyTime earliest = std::max(now, last + interval / 2);
    const auto since = earliest.time_since_epoch() - offset;
    return SteadyTime(offset + (since / interval + 1) * interval);
}

int Scraper::Loop::millisecondsToNextDue() const {
    std::chrono::nanoseconds wait = std::chrono::seconds(60);
    const SteadyTime now = std::chrono::steady_clock::now();
    for (const auto& job : m_jobs) {
        if (!job->isUnderWay)
            wait = std::min(wait, std::chrono::nanoseconds(job->due - now));
    }
    for (const Farewell& farewell : m_farewells)
        wait = std::min(wait, std::chrono::nanoseconds(farewell.due - now));
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    return static_cast<int>(std::max<decltype(ms)>(ms, 0));
}

void Scraper::Loop::countFailure(const std::string& reason) {
    m_context.counters
        .counter("sightglass_scrape_failures_total", "Scrapes that brought nothing, by reason.",
                 CounterKind::Traffic, {{"reason", reason}})
        .add();
    if (reason == "bad-page" || reason == "too-large")
        m_context.counters
            .counter("sightglass_scrape_pages_refused_total",
                     "Pages that came and were not taken, by reason.", CounterKind::Drop,
                     {{"reason", reason}})
            .add();
}

Scraper::Scraper(const IngestContext& context) : m_loop(std::make_unique<Loop>(context)) {}

Scraper::~Scraper() = default;

Result<std::string> Scraper::add(const std::string& url, TimeNs interval) {
    return m_loop->add(url, interval);
}

void Scraper::remove(const std::string& url) {
    m_loop->remove(url);
}

std::vector<ScrapeTarget> Scraper::targets() const {
    return m_loop->targets();
}

} // namespace sightglass
