// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace sightglass::ui {

/// Runs work on a thread of its own and brings the result back to the GUI thread. While one request
/// is in flight only the newest further one is remembered, so a slow query never piles up. Work
/// that takes long rests after each answer, so that it never takes more than a quarter of a
/// processor; not so what only the user's keys ask for, as they wait for it.
///
/// `work` is called on the worker with the request and must not touch widgets; `done` on the GUI
/// thread. GUI thread only; the destructor waits for the work in flight, which is bounded by one
/// query.
template <class Request, class Answer>
class LatestJob {
  public:
    enum class Pace { Rests, GoesOn };

    LatestJob(std::function<Answer(const Request&)> work, std::function<void(Answer)> done,
              Pace pace = Pace::Rests)
        : m_work(std::move(work)), m_done(std::move(done)), m_pace(pace) {
        m_pool.setMaxThreadCount(1);
    }
    ~LatestJob() { m_pool.waitForDone(); }
    LatestJob(const LatestJob&) = delete;
    LatestJob& operator=(const LatestJob&) = delete;

    void ask(Request request) {
        if (m_running || m_resting) {
            m_next = std::move(request);
            return;
        }
        begin(std::move(request));
    }

    /// An answer newer than the last one will come.
    [[nodiscard]] bool busy() const { return m_running || m_next; }

  private:
    using Milliseconds = std::chrono::milliseconds;
    /// Quicker than this is a quarter of a frame at most.
    static constexpr Milliseconds quick{4};

    void begin(Request request) {
        m_running = true;
        m_pool.start([this, context = QPointer<QObject>(&m_context), request = std::move(request)] {
            const auto begun = std::chrono::steady_clock::now();
            Answer answer = m_work(request);
            const auto took =
                std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begun);
            if (!context)
                return;
            QMetaObject::invokeMethod(
                context.data(),
                [this, took, answer = std::move(answer)]() mutable {
                    m_running = false;
                    m_resting = m_pace == Pace::Rests && took >= quick;
                    if (m_resting)
                        QTimer::singleShot(3 * took, &m_context, [this] { goOn(); });
                    else
                        goOn();
                    m_done(std::move(answer));
                },
                Qt::QueuedConnection);
        });
    }

    void goOn() {
        m_resting = false;
        if (m_next)
            begin(*std::exchange(m_next, std::nullopt));
    }

    std::function<Answer(const Request&)> m_work;
    std::function<void(Answer)> m_done;
    const Pace m_pace;
    std::optional<Request> m_next;
    bool m_running = false; ///< a request is with the worker
    bool m_resting = false; ///< the worker rests from the last one
    QObject m_context;      ///< dies after the pool: results still queued then go nowhere
    QThreadPool m_pool;
};

} // namespace sightglass::ui
