// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/engine_bridge.h"

namespace sightglass::ui {

EngineBridge::EngineBridge(Engine& engine, QObject* parent)
    : QObject(parent),
      m_engine(engine),
      m_analysis(engine.analysis()),
      m_status(engine.status()),
      m_generation(engine.reader().generation()) {
    m_frameClock.setInterval(16);
    m_frameClock.setTimerType(Qt::PreciseTimer);
    connect(&m_frameClock, &QTimer::timeout, this, &EngineBridge::poll);
    m_frameClock.start();
}

void EngineBridge::setActive(bool active) {
    if (active == m_frameClock.isActive())
        return;
    if (active) {
        m_frameClock.start();
        poll();
    } else {
        m_frameClock.stop();
    }
}

void EngineBridge::poll() {
    if (auto analysis = m_engine.analysis(); analysis != m_analysis) {
        m_analysis = std::move(analysis);
        emit analysisChanged();
    }
    if (auto status = m_engine.status(); status != m_status) {
        m_status = std::move(status);
        emit statusChanged();
    }
    if (const quint64 generation = m_engine.reader().generation(); generation != m_generation) {
        m_generation = generation;
        emit samplesArrived();
    }
}

Result<QString> EngineBridge::addTarget(const QString& url) {
    const Result<std::string> added = m_engine.addTarget(url.trimmed().toStdString());
    if (!added)
        return added.error();
    const QString completed = QString::fromStdString(*added);
    emit targetAdded(completed);
    return completed;
}

void EngineBridge::removeTarget(const QString& url) {
    m_engine.removeTarget(url.toStdString());
    emit targetRemoved(url);
}

void EngineBridge::openDump(const QString& path) {
    m_engine.openDump(path.toStdString(), [this, path](const Result<OpenedDump>& opened) {
        const OpenedDump dump = opened ? *opened : OpenedDump{};
        const QString error = opened ? QString() : QString::fromStdString(opened.error().text());
        QMetaObject::invokeMethod(
            this,
            [this, path, dump, error] {
                emit dumpOpened(path, dump.points, error, dump.skipped,
                                QString::fromStdString(dump.firstSkipped));
            },
            Qt::QueuedConnection);
    });
}

void EngineBridge::rebind(ReceiverKind kind, const QString& address) {
    m_background.start([this, kind, address = address.toStdString()] {
        const Status status = m_engine.rebind(kind, address);
        const QString error = status ? QString() : QString::fromStdString(status.error().text());
        QMetaObject::invokeMethod(
            this, [this, error] { emit rebound(error); }, Qt::QueuedConnection);
    });
}

} // namespace sightglass::ui
