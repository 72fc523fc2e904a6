// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QStringList>
#include <QTimer>
#include <QWidget>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/theme.h"

class QHBoxLayout;

namespace sightglass::ui {

class BarButton;
class Label;

/// The line of 26 px at the bottom: what is wrong, who listens, how much flows and how much is
/// kept; since when samples make room for newer ones and which metric has all the series it may
/// have. Each part opens the page that tells more. Points/s and memory always show; what else does
/// not fit is said shorter, then left out. Child of the window; GUI thread only.
class StatusBar : public QWidget {
    Q_OBJECT
  public:
    StatusBar(EngineBridge& bridge, const Theme& theme, QWidget* parent = nullptr);

    /// A sentence about what the user just did, for ten seconds.
    void say(const QString& sentence, bool isError);

    [[nodiscard]] QSize sizeHint() const override;

  signals:
    void findingsWanted();
    void sourcesWanted();
    void metricsWanted();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showFindings();
    void showStatus();
    void showLimits(const EngineStatus& status);
    void applyTheme();
    void want(BarButton* part, bool wanted);
    void fit();
    BarButton* add(void (StatusBar::*wanted)());

    EngineBridge& m_bridge;
    const Theme& m_theme;
    QHBoxLayout* m_line;
    BarButton* m_findings;
    BarButton* m_receivers[3];
    BarButton* m_targets;
    Label* m_message;
    BarButton* m_drops;
    BarButton* m_limited; ///< the guard against too many series
    BarButton* m_evicted;
    QString m_limitedLong, m_limitedShort, m_evictedLong, m_evictedShort;
    BarButton* m_rate;
    BarButton* m_series;
    BarButton* m_memory;
    BarButton* m_age;
    QSet<BarButton*> m_unwanted; ///< parts that have nothing to say
    QTimer m_messageTime;
};

/// "evicting since 14:02, 3.1 M samples gone"; "" while nothing had to go. The short form leaves
/// the time out.
[[nodiscard]] QString evictionText(const StoreUsage& ring, bool shortly);
/// "series limit: http_requests, 12,340 refused", and how many more metrics hit it; "" if none did.
/// The short form leaves the count out.
[[nodiscard]] QString seriesLimitText(const StoreUsage& ring, bool shortly);
/// A line a path that has samples: "1 otlp-grpc reaches back 12 min, 3.1 M samples gone".
[[nodiscard]] QStringList reachLines(const EngineStatus& status, TimeNs now);

} // namespace sightglass::ui
