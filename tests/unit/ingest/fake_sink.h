// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/model/sample_sink.h"

/// A sink with a writer thread that keeps no data: it notes what came, gives the verdict a test
/// asked for, and holds verdicts back while told to.
class FakeSink final : public sightglass::SampleSink {
  public:
    FakeSink() : m_writer([this](const std::stop_token& stop) { run(stop); }) {}

    sightglass::PushStatus push(sightglass::Batch&& batch,
                                sightglass::WhenWritten whenWritten) override {
        std::lock_guard lock(m_mutex);
        if (m_status != sightglass::PushStatus::Queued)
            return m_status;
        m_waiting.emplace_back(std::move(batch), std::move(whenWritten));
        m_changed.notify_all();
        return m_status;
    }

    /// What push() says from now on.
    void say(sightglass::PushStatus status) {
        std::lock_guard lock(m_mutex);
        m_status = status;
    }
    /// Points the writer refuses of every batch from now on.
    void reject(const sightglass::Rejection& rejection) {
        std::lock_guard lock(m_mutex);
        m_rejection = rejection;
    }
    void hold(bool held) {
        std::lock_guard lock(m_mutex);
        m_held = held;
        m_changed.notify_all();
    }
    [[nodiscard]] std::size_t waiting() const {
        std::lock_guard lock(m_mutex);
        return m_waiting.size();
    }

    struct Seen {
        sightglass::OriginId origin;
        sightglass::TimeNs receivedAt = 0;
        std::uint64_t points = 0;
        std::string firstMetric;
    };
    [[nodiscard]] std::vector<Seen> seen() const {
        std::lock_guard lock(m_mutex);
        return m_seen;
    }

  private:
    void run(const std::stop_token& stop) {
        std::unique_lock lock(m_mutex);
        while (m_changed.wait(lock, stop, [this] { return !m_held && !m_waiting.empty(); })) {
            auto [batch, whenWritten] = std::move(m_waiting.front());
            m_waiting.pop_front();
            sightglass::WriteReport report;
            report.accepted = batch.pointCount();
            report.rejections = batch.rejections;
            if (m_rejection) {
                report.rejections.push_back(*m_rejection);
                report.accepted -= m_rejection->points;
            }
            m_seen.push_back({batch.origin, batch.receivedAt, batch.pointCount(),
                              batch.metrics.empty()
                                  ? std::string()
                                  : std::string(batch.metrics.front().descriptor.name)});
            lock.unlock();
            whenWritten(report);
            lock.lock();
        }
    }

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    sightglass::PushStatus m_status = sightglass::PushStatus::Queued;
    std::optional<sightglass::Rejection> m_rejection;
    bool m_held = false;
    std::deque<std::pair<sightglass::Batch, sightglass::WhenWritten>> m_waiting;
    std::vector<Seen> m_seen;
    std::jthread m_writer; ///< last: it uses the others
};
