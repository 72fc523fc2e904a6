// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_bar.h"

#include <QHBoxLayout>
#include <QLocale>
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

/// In full: who is refused wants to see it rise.
QString inFull(quint64 count) {
    return count < 1'000'000 ? QLocale(QLocale::English).toString(count) : formatCount(count);
}

QString ageInWords(TimeNs age) {
    const QString words = formatAge(age);
    return words == QLatin1String("now") ? StatusBar::tr("1 s") : words;
}

void setWarning(BarButton& button, const QString& words) {
    BarButton::Part part;
    part.text = words;
    part.ink = BarButton::Ink::Warning;
    button.setParts({part});
}

QString linesAsToolTip(const QStringList& lines) {
    return QStringLiteral("<qt>%1</qt>")
        .arg(lines.join(u'\n').toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
}

} // namespace

QString evictionText(const StoreUsage& ring, bool shortly) {
    if (ring.evictionBegan == 0)
        return {};
    const QString gone = formatCount(ring.evictedSamples);
    return shortly ? StatusBar::tr("%1 samples gone").arg(gone)
                   : StatusBar::tr("evicting since %1, %2 samples gone")
                         .arg(formatClock(ring.evictionBegan).section(u':', 0, 1), gone);
}

QString seriesLimitText(const StoreUsage& ring, bool shortly) {
    if (ring.limitedMetrics.empty())
        return {};
    quint64 refused = 0;
    for (const LimitedMetric& metric : ring.limitedMetrics)
        refused += metric.refusedPoints;
    const auto worst = std::max_element(ring.limitedMetrics.begin(), ring.limitedMetrics.end(),
                                        [](const LimitedMetric& a, const LimitedMetric& b) {
                                            return a.refusedPoints < b.refusedPoints;
                                        });
    QString text = StatusBar::tr("series limit: %1").arg(QString::fromStdString(worst->name));
    if (ring.limitedMetrics.size() > 1)
        text += StatusBar::tr(" and %1 more").arg(ring.limitedMetrics.size() - 1);
    return shortly ? text : StatusBar::tr("%1, %2 refused").arg(text, inFull(refused));
}

QStringList reachLines(const EngineStatus& status, TimeNs now) {
    QStringList lines;
    for (const OriginStatus& origin : status.origins) {
        const std::size_t at = origin.origin.id.value;
        if (at >= status.ring.origins.size() || status.ring.origins[at].oldestSample == 0)
            continue;
        const OriginUsage& usage = status.ring.origins[at];
        QString line = StatusBar::tr("%1  %2 reaches back %3")
                           .arg(EngineBridge::pathNumber(origin.origin.id))
                           .arg(QString::fromStdString(origin.origin.shortName()),
                                ageInWords(now - usage.oldestSample));
        if (usage.evictedSamples > 0)
            line += StatusBar::tr(", %1 samples gone").arg(formatCount(usage.evictedSamples));
        lines << line;
    }
    return lines;
}

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
    m_limited = add(&StatusBar::sourcesWanted);
    m_evicted = add(&StatusBar::sourcesWanted);
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
    const auto leaveOut = [&](std::initializer_list<BarButton*> parts) {
        for (BarButton* part : parts) {
            if (needed <= room)
                return;
            if (m_unwanted.contains(part))
                continue;
            part->hide();
            needed -= part->sizeHint().width();
        }
    };
    const auto say = [&](BarButton* part, const QString& words) {
        if (m_unwanted.contains(part))
            return;
        needed -= part->sizeHint().width();
        setWarning(*part, words);
        needed += part->sizeHint().width();
    };
    say(m_evicted, m_evictedLong);
    say(m_limited, m_limitedLong);
    leaveOut({m_receivers[2], m_series, m_receivers[1], m_receivers[0]});
    if (needed > room)
        say(m_evicted, m_evictedShort);
    if (needed > room)
        say(m_limited, m_limitedShort);
    leaveOut({m_age, m_targets, m_drops, m_limited, m_evicted, m_findings});
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
    m_memory->setToolTip(tr("Memory that the ring uses of its limit"));
    showLimits(status);
    want(m_age, status.oldestSample > 0);
    if (status.oldestSample > 0) {
        m_age->setWords(
            tr("back %1").arg(ageInWords(m_bridge.engine().clock().now() - status.oldestSample)),
            Ink::Quiet);
        m_age->setToolTip(tr("Age of the oldest sample"));
    }
    fit();
}

void StatusBar::showLimits(const EngineStatus& status) {
    m_evictedLong = evictionText(status.ring, false);
    m_evictedShort = evictionText(status.ring, true);
    want(m_evicted, !m_evictedLong.isEmpty());
    m_limitedLong = seriesLimitText(status.ring, false);
    m_limitedShort = seriesLimitText(status.ring, true);
    want(m_limited, !m_limitedLong.isEmpty());
    if (!m_evictedLong.isEmpty()) {
        QStringList lines{m_evictedLong};
        if (status.ring.evictedSeries > 0)
            lines << tr("%1 series gone with all their samples")
                         .arg(formatCount(status.ring.evictedSeries));
        lines << reachLines(status, m_bridge.engine().clock().now());
        m_evicted->setToolTip(linesAsToolTip(lines));
    }
    QStringList lines;
    for (const LimitedMetric& metric : status.ring.limitedMetrics) {
        lines << tr("%1: new series refused, %2 points")
                     .arg(QString::fromStdString(metric.name), inFull(metric.refusedPoints));
    }
    m_limited->setToolTip(lines.isEmpty() ? QString() : linesAsToolTip(lines));
}

void StatusBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().window);
    painter.fillRect(QRect(0, 0, width(), 1), m_theme.tokens().border);
}

} // namespace sightglass::ui
