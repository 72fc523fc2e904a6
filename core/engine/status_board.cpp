// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/status_board.h"

#include <chrono>
#include <utility>

namespace sightglass {

namespace {

constexpr std::chrono::milliseconds interval{250};
constexpr TimeNs rateWindow = 2 * nsPerSecond;

} // namespace

StatusBoard::StatusBoard(const Clock& clock, Gather gather)
    : m_clock(clock), m_gather(std::move(gather)), m_published(std::make_shared<EngineStatus>()) {}

void StatusBoard::start() {
    publish();
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void StatusBoard::stop() {
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    MutexLock lock(m_mutex);
    m_stopped = true;
    m_wake.notify_all();
}

std::shared_ptr<const EngineStatus> StatusBoard::status() const {
    MutexLock lock(m_mutex);
    return m_published;
}

void StatusBoard::refresh() {
    MutexLock lock(m_mutex);
    ++m_asked;
    m_wake.notify_all();
}

void StatusBoard::flush() {
    MutexLock lock(m_mutex);
    const std::uint64_t ticket = ++m_asked;
    m_wake.notify_all();
    m_wake.wait(m_mutex, [&]() SG_REQUIRES(m_mutex) { return m_stopped || m_answered >= ticket; });
}

void StatusBoard::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::uint64_t asked = 0;
        {
            MutexLock lock(m_mutex);
            m_wake.wait_for(m_mutex, stop, interval,
                            [&]() SG_REQUIRES(m_mutex) { return m_asked != m_answered; });
            if (stop.stop_requested())
                return;
            asked = m_asked;
        }
        publish();
        MutexLock lock(m_mutex);
        if (m_answered != asked) {
            m_answered = asked;
            m_wake.notify_all();
        }
    }
}

void StatusBoard::publish() {
    auto next = std::make_shared<EngineStatus>(m_gather());
    const TimeNs now = m_clock.now();
    const auto rate = [&](std::string key, std::uint64_t total) {
        return m_histories[std::move(key)].rate(now, total);
    };
    next->pointsPerSecond = rate("", next->points);
    for (ReceiverStatus& receiver : next->receivers)
        receiver.pointsPerSecond =
            rate("r" + std::to_string(static_cast<int>(receiver.kind)), receiver.points);
    for (OriginStatus& origin : next->origins)
        origin.pointsPerSecond = rate("o" + origin.origin.name(), origin.points);
    for (TargetStatus& target : next->targets) {
        for (const OriginStatus& origin : next->origins) {
            if (target.origin == origin.origin.id)
                target.pointsPerSecond = origin.pointsPerSecond;
        }
    }
    MutexLock lock(m_mutex);
    m_published = std::move(next);
}

double StatusBoard::History::rate(TimeNs now, std::uint64_t total) {
    if (marks.empty() || now > marks.back().first)
        marks.emplace_back(now, total);
    while (marks.size() > 2 && now - marks[1].first >= rateWindow)
        marks.pop_front();
    const auto [then, before] = marks.front();
    if (now <= then || total < before)
        return 0;
    return static_cast<double>(total - before) * 1e9 / static_cast<double>(now - then);
}

} // namespace sightglass
