// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/dump_loader.h"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "core/replay/dump_opener.h"

namespace sightglass {

namespace {

const Error cancelled{ErrorCode::Cancelled, "shutting down", {}};

} // namespace

DumpLoader::DumpLoader(SampleSink& sink, OriginTable& origins, CounterRegistry& counters,
                       const Clock& clock)
    : m_sink(sink),
      m_origins(origins),
      m_clock(clock),
      m_skipped(counters.counter("sightglass_dump_parts_skipped_total",
                                 "Parts of dumps left out, by reason.", CounterKind::Drop,
                                 {{"reason", "unreadable"}})) {}

void DumpLoader::start() {
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void DumpLoader::stop() {
    m_queue.close();
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    while (std::optional<Request> request = m_queue.pop({}))
        request->done(cancelled);
}

void DumpLoader::open(const std::string& path, Engine::WhenOpened done) {
    Request request{path, std::move(done)};
    if (m_queue.push(std::move(request), 1))
        return;
    request.done(
        m_queue.closed()
            ? cancelled
            : Error{ErrorCode::ResourceExhausted, "too many dumps are waiting to be opened", {}});
}

void DumpLoader::run(const std::stop_token& stop) {
    while (std::optional<Request> request = m_queue.pop(stop))
        request->done(load(request->path, stop));
}

Result<OpenedDump> DumpLoader::load(const std::string& path, const std::stop_token& stop) {
    DumpOptions options;
    options.strictness = Strictness::Tolerant;
    options.stop = stop;
    // Set by the writer after the last batch, so that whoever hears `done` can read the data.
    auto written = std::make_shared<std::promise<void>>();
    std::future<void> allWritten = written->get_future();
    const auto push = [&](Batch&& batch, const WhenWritten& whenWritten) {
        while (!stop.stop_requested()) {
            const PushStatus status = m_sink.push(std::move(batch), whenWritten);
            if (status != PushStatus::Full)
                return status == PushStatus::Queued;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    };
    const auto report = openDump(path, options, m_origins, m_clock,
                                 [&](Batch&& batch) { return push(std::move(batch), {}); });
    if (!report)
        return report.error();
    m_skipped.add(report->skipped);
    if (!push(Batch{}, [written](const WriteReport&) { written->set_value(); }))
        return cancelled;
    allWritten.wait();

    OpenedDump opened;
    opened.points = report->points;
    opened.skipped = report->skipped;
    if (report->firstSkipped)
        opened.firstSkipped = report->firstSkipped->text();
    // Counted already, by the writer.
    for (const Rejection& rejection : report->rejections) {
        opened.skipped += rejection.points;
        if (opened.firstSkipped.empty())
            opened.firstSkipped = rejection.message;
    }
    return opened;
}

} // namespace sightglass
