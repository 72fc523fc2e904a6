// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <memory>

#include "core/engine/engine.h"

namespace sightglass::ui {

/// Where core meets Qt. Looks at the engine's published snapshots once a frame (16 ms) while the
/// window can be seen and says what changed; it never waits for the engine. GUI thread only. The
/// engine outlives it, but is stopped before: no dump is being read any more when this goes.
class EngineBridge : public QObject {
    Q_OBJECT
  public:
    explicit EngineBridge(Engine& engine, QObject* parent = nullptr);

    [[nodiscard]] Engine& engine() const { return m_engine; }
    [[nodiscard]] const SeriesReader& reader() const { return m_engine.reader(); }
    [[nodiscard]] std::shared_ptr<const Analysis> analysis() const { return m_analysis; }
    [[nodiscard]] std::shared_ptr<const EngineStatus> status() const { return m_status; }
    [[nodiscard]] Origin origin(OriginId id) const { return m_engine.origins().origin(id); }
    /// The number in the path's circle: origins count from 1 in the order they appeared.
    [[nodiscard]] static int pathNumber(OriginId id) { return static_cast<int>(id.value) + 1; }

    /// Hidden windows ask for nothing.
    void setActive(bool active);
    /// Looks now instead of at the next frame.
    void poll();

    /// Begins to scrape; gives the completed URL, or says why not.
    Result<QString> addTarget(const QString& url);
    void removeTarget(const QString& url);
    /// Reads a dump in the background; dumpOpened() tells how it went.
    void openDump(const QString& path);
    /// Tries a receiver again on another address, in the background; rebound() tells how it went.
    void rebind(ReceiverKind kind, const QString& address);

  signals:
    void analysisChanged(); ///< catalog, families or findings
    void statusChanged();   ///< receivers, targets, rates, memory
    void samplesArrived();  ///< the ring's generation moved; at most once a frame
    /// `error` is "" if at least a part could be read; `firstSkipped` is why the first of the
    /// `skipped` parts could not.
    void dumpOpened(const QString& path, quint64 points, const QString& error, quint64 skipped,
                    const QString& firstSkipped);
    void rebound(const QString& error); ///< "" if it listens now
    void targetAdded(const QString& url);
    void targetRemoved(const QString& url);

  private:
    Engine& m_engine;
    QTimer m_frameClock;
    std::shared_ptr<const Analysis> m_analysis;
    std::shared_ptr<const EngineStatus> m_status;
    quint64 m_generation = 0;
    QThreadPool m_background; ///< last: its work must end before the rest goes
};

} // namespace sightglass::ui
