// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_bar.h"

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/look/format.h"
#include "ui/look/label.h"
#include "ui/shell/bar_button.h"

namespace sightglass::ui {

namespace {

QString receiverName(ReceiverKind kind) {
    switch (kind) {
    case ReceiverKind::OtlpGrpc:
        return QStringLiteral("gRPC");
    case ReceiverKind::OtlpHttp:
        return QStringLiteral("HTTP");
    case ReceiverKind::Api:
        break;
    }
    return QStringLiteral("API");
}

QString portOf(const std::string& address) {
    return QString::fromStdString(address).section(':', -1);
}

/// The port of "127.0.0.1:4318 is taken (address in use)"; empty if it is something else.
QString takenPort(const QString& error) {
    for (const char* said : {" is taken", " was taken"}) {
        if (const qsizetype at = error.indexOf(QLatin1String(said)); at > 0)
            return error.left(at).section(':', -1);
    }
    return {};
}

} // namespace

StatusBar::StatusBar(EngineBridge& bridge, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bridge(bridge), m_theme(theme), m_line(new QHBoxLayout(this)) {
    setAccessibleName(tr("Status"));
    m_line->setSpacing(0);
    m_findings = add(&StatusBar::findingsWanted);
    for (BarButton*& receiver : m_receivers)
        receiver = add(&StatusBar::sourcesWanted);
    m_targets = add(&StatusBar::sourcesWanted);
    m_message = new Label(QString(), theme, Theme::Size::Small, false, Label::Ink::Text, this);
    m_message->setElided(true);
    m_message->setContentsMargins(8, 0, 8, 0);
    m_message->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_line->addWidget(m_message, 1);
    m_drops = add(&StatusBar::sourcesWanted);
    m_rate = add(&StatusBar::sourcesWanted);
    m_series = add(&StatusBar::metricsWanted);
    m_memory = add(&StatusBar::sourcesWanted);
    m_age = add(&StatusBar::metricsWanted);

    m_messageTime.setSingleShot(true);
    m_messageTime.setInterval(10'000);
    connect(&m_messageTime, &QTimer::timeout, m_message, &Label::clear);
    connect(&bridge, &EngineBridge::analysisChanged, this, &StatusBar::showFindings);
    connect(&bridge, &EngineBridge::statusChanged, this, &StatusBar::showStatus);
    connect(&theme, &Theme::changed, this, &StatusBar::applyTheme);
    showFindings();
    showStatus();
    applyTheme();
}

BarButton* StatusBar::add(void (StatusBar::*wanted)()) {
    auto* button = new BarButton(BarButton::Kind::Status, m_theme, this);
    connect(button, &BarButton::clicked, this, wanted);
    m_line->addWidget(button);
    return button;
}

QSize StatusBar::sizeHint() const {
    return {m_theme.px(800), m_theme.px(26)};
}

void StatusBar::applyTheme() {
    setFixedHeight(m_theme.px(26));
    m_line->setContentsMargins(m_theme.px(7), 0, m_theme.px(7), 0);
    fit();
}

/// What does not fit is left out, the least telling first: never a part of a number.
void StatusBar::fit() {
    const QMargins margins = m_line->contentsMargins();
    const int room = width() - margins.left() - margins.right() - m_theme.px(24);
    int needed = 0;
    for (BarButton* part : findChildren<BarButton*>(QString(), Qt::FindDirectChildrenOnly)) {
        const bool wanted = !m_unwanted.contains(part);
        part->setVisible(wanted);
        needed += wanted ? part->sizeHint().width() : 0;
    }
    for (BarButton* part : {m_receivers[2], m_series, m_receivers[1], m_receivers[0], m_age,
                            m_targets, m_memory, m_rate}) {
        if (needed <= room)
            break;
        if (m_unwanted.contains(part))
            continue;
        part->hide();
        needed -= part->sizeHint().width();
    }
}

void StatusBar::want(BarButton* part, bool wanted) {
    if (wanted)
        m_unwanted.remove(part);
    else
        m_unwanted.insert(part);
}

void StatusBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit();
}

void StatusBar::say(const QString& sentence, bool isError) {
    m_message->setInk(isError ? Label::Ink::Error : Label::Ink::Text);
    m_message->setText(sentence);
    m_message->setAccessibleName(sentence);
    m_messageTime.start();
}

void StatusBar::showFindings() {
    QVector<BarButton::Part> parts = lampParts(*m_bridge.analysis()->findings);
    if (parts.isEmpty()) {
        BarButton::Part none;
        none.text = tr("No findings");
        none.ink = BarButton::Ink::Quiet;
        parts << none;
    }
    m_findings->setParts(parts);
    fit();
}

void StatusBar::showStatus() {
    using Ink = BarButton::Ink;
    const EngineStatus& status = *m_bridge.status();

    constexpr ReceiverKind kinds[] = {ReceiverKind::OtlpGrpc, ReceiverKind::OtlpHttp,
                                      ReceiverKind::Api};
    for (int i = 0; i < 3; ++i) {
        const ReceiverStatus* shown = nullptr;
        for (const ReceiverStatus& receiver : status.receivers) {
            // A kind that listens anywhere listens; else show why not.
            if (receiver.kind == kinds[i] && (!shown || shown->address.empty()))
                shown = &receiver;
        }
        BarButton& button = *m_receivers[i];
        // One that was switched off has neither address nor error.
        const bool off = !shown || (shown->address.empty() && shown->error.empty());
        want(&button, !off);
        if (off)
            continue;
        const QString name = receiverName(shown->kind);
        if (shown->address.empty()) {
            BarButton::Part part;
            const QString error = QString::fromStdString(shown->error);
            const QString port = takenPort(error);
            // A lamp would look like a finding.
            part.text =
                port.isEmpty() ? tr("%1 off").arg(name) : tr("%1 :%2 taken").arg(name, port);
            part.spoken = tr("%1 receiver: %2").arg(name, error);
            part.ink = Ink::Warning;
            button.setParts({part});
            button.setToolTip(error);
        } else {
            button.setWords(QStringLiteral("%1 :%2").arg(name, portOf(shown->address)), Ink::Quiet);
            button.setToolTip(QString::fromStdString(shown->address));
        }
    }

    const auto up = std::count_if(status.targets.begin(), status.targets.end(), [](const auto& t) {
        return t.health == TargetStatus::Health::Up;
    });
    want(m_targets, !status.targets.empty());
    m_targets->setWords(
        tr("%1 of %2 targets up").arg(static_cast<qint64>(up)).arg(status.targets.size()),
        Ink::Quiet);

    const quint64 lost = status.dropped + status.refused;
    want(m_drops, lost > 0);
    if (lost > 0) {
        BarButton::Part part;
        part.lamp = Severity::Warning;
        part.ink = Ink::Warning;
        QStringList words;
        if (status.dropped > 0)
            words << tr("%1 dropped").arg(formatCount(status.dropped));
        if (status.refused > 0)
            words << tr("%1 refused").arg(formatCount(status.refused));
        part.text = words.join(QStringLiteral(", "));
        m_drops->setParts({part});
    }

    m_rate->setWords(tr("%1 points/s")
                         .arg(formatCount(static_cast<quint64>(
                             std::llround(std::max(status.pointsPerSecond, 0.0))))),
                     Ink::Quiet);
    m_series->setWords(tr("%1 series").arg(formatCount(status.series)), Ink::Quiet);
    // "3 of 512 MiB": the unit once where both share it.
    const QString used = formatBytes(status.memoryUsed);
    const QString limit = formatBytes(status.memoryLimit);
    const bool sameUnit = used.section(' ', 1) == limit.section(' ', 1);
    m_memory->setWords(tr("%1 of %2").arg(sameUnit ? used.section(' ', 0, 0) : used, limit),
                       Ink::Quiet);
    want(m_age, status.oldestSample > 0);
    if (status.oldestSample > 0) {
        const QString age = formatAge(m_bridge.engine().clock().now() - status.oldestSample);
        m_age->setWords(tr("back %1").arg(age == QLatin1String("now") ? tr("1 s") : age),
                        Ink::Quiet);
        m_age->setToolTip(tr("Age of the oldest sample"));
    }
    fit();
}

void StatusBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().window);
    painter.fillRect(QRect(0, 0, width(), 1), m_theme.tokens().border);
}

} // namespace sightglass::ui
