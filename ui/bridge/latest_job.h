// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <functional>
#include <optional>
#include <utility>

namespace sightglass::ui {

/// Runs work on a thread of its own and brings the result back to the GUI thread. While one request
/// is in flight only the newest further one is remembered, so a slow query never piles up.
///
/// `work` is called on the worker with the request and must not touch widgets; `done` on the GUI
/// thread. GUI thread only; the destructor waits for the work in flight, which is bounded by one
/// query.
template <class Request, class Answer>
class LatestJob {
  public:
    LatestJob(std::function<Answer(const Request&)> work, std::function<void(Answer)> done)
        : m_work(std::move(work)), m_done(std::move(done)) {
        m_pool.setMaxThreadCount(1);
    }
    ~LatestJob() { m_pool.waitForDone(); }
    LatestJob(const LatestJob&) = delete;
    LatestJob& operator=(const LatestJob&) = delete;

    void ask(Request request) {
        if (m_busy) {
            m_next = std::move(request);
            return;
        }
        m_busy = true;
        m_pool.start([this, context = QPointer<QObject>(&m_context), request = std::move(request)] {
            Answer answer = m_work(request);
            if (!context)
                return;
            QMetaObject::invokeMethod(
                context.data(),
                [this, answer = std::move(answer)]() mutable {
                    m_busy = false;
                    if (m_next)
                        ask(*std::exchange(m_next, std::nullopt));
                    m_done(std::move(answer));
                },
                Qt::QueuedConnection);
        });
    }

    [[nodiscard]] bool busy() const { return m_busy; }

  private:
    std::function<Answer(const Request&)> m_work;
    std::function<void(Answer)> m_done;
    std::optional<Request> m_next;
    bool m_busy = false;
    QObject m_context; ///< dies after the pool: results still queued then go nowhere
    QThreadPool m_pool;
};

} // namespace sightglass::ui
