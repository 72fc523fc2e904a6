// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/writer.h"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "core/base/heap.h"

namespace sightglass {

namespace {

/// What a batch of new series may take.
constexpr std::size_t heapAhead = std::size_t{8} << 20;
/// From here on some megabytes more or less do not matter.
constexpr std::size_t muchBytes = std::size_t{64} << 20;

} // namespace

Writer::Writer(Store& store, CounterRegistry& counters, const Clock& clock)
    : m_store(store),
      m_counters(counters),
      m_clock(clock),
      m_accepted(counters.counter("sightglass_points_accepted_total",
                                  "Data points written to the ring.", CounterKind::Traffic)),
      m_queueFull(counters.counter(
          "sightglass_queue_full_total",
          "Times that a batch found the queue before the writer full; whoever sent it counts what "
          "became of it.",
          CounterKind::Traffic)) {}

void Writer::start() {
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Writer::stop() {
    m_queue.close();
    if (m_thread.joinable())
        m_thread.join();
}

PushStatus Writer::push(Batch&& batch, WhenWritten whenWritten) {
    const std::size_t weight = batch.heapBytes() + sizeof(Entry);
    Entry entry{std::move(batch), std::move(whenWritten)};
    if (m_queue.push(std::move(entry), weight))
        return PushStatus::Queued;
    // The queue takes an entry only if it has room. NOLINTNEXTLINE(bugprone-use-after-move)
    batch = std::move(entry.batch);
    if (m_queue.closed())
        return PushStatus::Stopped;
    m_queueFull.add();
    return PushStatus::Full;
}

void Writer::flush() {
    auto written = std::make_shared<std::promise<void>>();
    const std::future<void> done = written->get_future();
    while (true) {
        const PushStatus status =
            push(Batch{}, [written](const WriteReport&) { written->set_value(); });
        if (status == PushStatus::Queued)
            break;
        if (status == PushStatus::Stopped)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    done.wait();
}

std::vector<Writer::Traffic> Writer::traffic() const {
    MutexLock lock(m_mutex);
    return m_traffic;
}

void Writer::run(const std::stop_token& stop) {
    while (std::optional<Entry> entry = m_queue.pop(stop))
        write(*entry);
}

void Writer::write(Entry& entry) {
    const Batch& batch = entry.batch;
    growHeap(heapAhead, m_store.usage().bytes > muchBytes);
    WriteReport report = m_store.write(entry.batch);
    if (batch.origin.valid()) {
        // Before the callback, so that a client that heard its verdict also finds it counted.
        count(report, static_cast<bool>(entry.whenWritten));
        MutexLock lock(m_mutex);
        if (m_traffic.size() <= batch.origin.value)
            m_traffic.resize(batch.origin.value + 1);
        Traffic& traffic = m_traffic[batch.origin.value];
        traffic.points += report.accepted;
        traffic.lastArrival = m_clock.now();
    }
    if (entry.whenWritten)
        entry.whenWritten(report);
}

void Writer::count(const WriteReport& report, bool isTold) {
    m_accepted.add(report.accepted);
    if (isTold)
        return;
    for (const Rejection& rejection : report.rejections) {
        m_counters
            .counter("sightglass_points_rejected_total",
                     "Data points of scrapes and dumps that were not taken, by reason.",
                     CounterKind::Drop, {{"reason", rejection.reason}})
            .add(rejection.points);
    }
}

} // namespace sightglass
