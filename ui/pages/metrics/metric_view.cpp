// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/metric_view.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

#include "ui/charts/legend_table.h"
#include "ui/charts/marked_text.h"
#include "ui/look/label.h"
#include "ui/look/marks.h"
#include "ui/pages/metrics/finding_strip.h"

namespace sightglass::ui {

namespace {

/// The unit in a word, as it stands beside the name.
QString unitWord(const UnitStyle& style) {
    QString word = style.suffix;
    switch (style.kind) {
    case UnitStyle::Kind::Bytes:
        word = QStringLiteral("bytes");
        break;
    case UnitStyle::Kind::Seconds:
        word = QStringLiteral("seconds");
        break;
    case UnitStyle::Kind::Percent:
        word = QStringLiteral("percent");
        break;
    case UnitStyle::Kind::Plain:
        break;
    }
    if (!style.perSecond)
        return word;
    return word.isEmpty() ? QStringLiteral("per second") : word + QStringLiteral("/s");
}

} // namespace

/// A square a type, side by side.
class MetricView::Badges final : public QWidget {
  public:
    Badges(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }

    void setTypes(const QVector<TypeBadge>& types, const QString& spoken) {
        setAccessibleName(spoken);
        setToolTip(spoken);
        if (types == m_types)
            return;
        m_types = types;
        updateGeometry();
        update();
    }

    [[nodiscard]] QSize sizeHint() const override {
        const int count = static_cast<int>(m_types.size());
        return {count * m_theme.px(18) + std::max(count - 1, 0) * m_theme.px(2), m_theme.px(18)};
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        int x = 0;
        for (const TypeBadge& type : m_types) {
            paintTypeBadge(painter, QRectF(x, 0, m_theme.px(18), height()), type.type,
                           type.monotonic, type.delta, type.odd, m_theme);
            x += m_theme.px(20);
        }
    }

  private:
    const Theme& m_theme;
    QVector<TypeBadge> m_types;
};

MetricView::MetricView(EngineBridge& bridge, Selection& selection, const Theme& theme,
                       QWidget* parent)
    : QWidget(parent), m_bridge(bridge), m_selection(selection), m_theme(theme) {
    using Ink = Label::Ink;
    m_name = new Label({}, theme, Theme::Size::Subject, true, Ink::Text, this);
    m_name->setElided(true);
    m_badges = new Badges(theme, this);
    m_unit = new Label({}, theme, Theme::Size::Body, false, Ink::Text2, this);
    m_rawSwitch = new QToolButton(this);
    m_rawSwitch->setText(tr("Raw"));
    m_rawSwitch->setCheckable(true);
    m_rawSwitch->setAutoRaise(true);
    m_rawSwitch->setToolTip(tr("As received, instead of a rate per second (R)"));
    m_rawSwitch->setAccessibleName(tr("Raw values instead of a rate per second"));
    m_rawSwitch->hide();
    m_help = new Label({}, theme, Theme::Size::Small, false, Ink::Text2, this);
    m_help->setElided(true);
    m_strip = new FindingStrip(theme, this);
    m_chart = new ChartView(bridge.reader(), bridge.engine().clock(), selection, theme, this);
    m_tabs = new QTabBar(this);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Legend or Compare"));
    m_tabs->addTab(tr("Legend"));
    m_tabs->hide();
    m_lower = new QStackedWidget(this);
    m_legend = new LegendTable(*m_chart, theme, m_lower);
    m_lower->addWidget(m_legend);

    m_subject = new QHBoxLayout;
    m_subject->addWidget(m_name);
    m_subject->addWidget(m_badges);
    m_subject->addWidget(m_unit);
    m_subject->addStretch(1);
    m_subject->addWidget(m_rawSwitch);
    m_head = new QVBoxLayout;
    m_head->addLayout(m_subject);
    m_head->addWidget(m_help);
    m_head->addWidget(m_strip);
    m_head->addWidget(m_chart, 1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(m_head, 1);
    all->addSpacing(1); // the line over the legend
    all->addWidget(m_tabs);
    all->addWidget(m_lower);

    setFocusProxy(m_chart);
    setTabOrder(m_rawSwitch, m_strip);
    setTabOrder(m_strip, m_chart);
    setTabOrder(m_chart, m_tabs);
    setTabOrder(m_tabs, m_legend);

    connect(&m_bridge, &EngineBridge::analysisChanged, this, &MetricView::refresh);
    connect(&m_bridge, &EngineBridge::samplesArrived, m_chart, &ChartView::lookForSamples);
    connect(&m_selection, &Selection::familyChanged, this, &MetricView::refresh);
    connect(&m_selection, &Selection::referenceChanged, this, &MetricView::refresh);
    connect(&m_theme, &Theme::changed, this, &MetricView::applyTheme);
    connect(m_strip, &FindingStrip::howToMendRequested, this, [this] {
        showTab();
        emit howToMendRequested();
    });
    connect(m_chart, &ChartView::frameChanged, this, &MetricView::showFrame);
    connect(m_chart, &ChartView::settingsChanged, this,
            [this] { m_rawSwitch->setChecked(m_chart->settings().shown == Shown::Raw); });
    connect(m_rawSwitch, &QToolButton::toggled, this, [this](bool raw) {
        ChartSettings settings = m_chart->settings();
        settings.shown = raw ? Shown::Raw : Shown::Rate;
        m_chart->setSettings(settings);
    });
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        m_lower->setCurrentIndex(index);
        sizeLower();
    });
    applyTheme();
    refresh();
}

MetricView::~MetricView() = default;

std::shared_ptr<const Family> MetricView::family(const Analysis& analysis) const {
    return findFamily(analysis.families, m_selection.family().toStdString());
}

void MetricView::refresh() {
    const auto analysis = m_bridge.analysis();
    const auto shown = family(*analysis);
    ChartSubject subject;
    if (!shown) {
        m_name->setText(m_selection.family());
        m_badges->setTypes({}, {});
        m_unit->clear();
        m_help->clear();
        m_strip->setVerdict({});
        m_rawSwitch->hide();
        m_chart->setSubject(std::move(subject));
        return;
    }
    if (m_compared != analysis->catalog) {
        m_compared = analysis->catalog;
        m_comparer = comparerOf(*analysis);
    }
    const OriginId reference = referencePath(*shown, *m_comparer, m_selection.reference());
    m_name->setText(toText(shown->name));
    m_badges->setTypes(typeBadges(*shown, reference), typesInWords(*shown));
    const Descriptor* descriptor = referenceDescriptor(*shown, reference);
    m_help->setText(descriptor != nullptr ? toText(descriptor->description) : QString());
    m_help->setVisible(descriptor != nullptr && !descriptor->description.empty());

    FamilyVerdict verdict = verdictOn(*shown, *analysis->findings);
    if (verdict.finding)
        subject.finding = spokenText(verdict.sentence);
    m_strip->setVerdict(std::move(verdict));

    PlotFamily& drawn = subject.families.emplace_back();
    drawn.name = toText(shown->name);
    for (const FamilyPath& from : shown->paths) {
        PlotPath path;
        path.origin = from.origin;
        path.number = EngineBridge::pathNumber(from.origin);
        path.name = toText(m_bridge.origin(from.origin).shortName());
        path.arrived = std::numeric_limits<TimeNs>::max();
        for (const auto& metric : from.metrics) {
            path.metrics.push_back(metric->info->id);
            path.arrived = std::min(path.arrived, metric->firstSeen);
        }
        drawn.paths.push_back(std::move(path));
    }
    std::stable_partition(drawn.paths.begin(), drawn.paths.end(),
                          [&](const PlotPath& path) { return path.origin == reference; });
    m_chart->setSubject(std::move(subject));
}

void MetricView::showFrame() {
    const auto frame = m_chart->frame();
    m_unit->setText(frame ? unitWord(frame->unit) : QString());
    m_rawSwitch->setVisible(frame && frame->hasRate);
    sizeLower();
}

void MetricView::setTab(QWidget* widget, const QString& title) {
    if (widget == m_tab)
        return;
    if (m_tab != nullptr) {
        m_lower->removeWidget(m_tab);
        m_tabs->removeTab(1);
    }
    m_tab = widget;
    if (m_tab != nullptr) {
        m_lower->addWidget(m_tab);
        m_tabs->addTab(title);
    }
    m_tabs->setVisible(m_tab != nullptr);
    sizeLower();
}

void MetricView::showTab() {
    if (m_tab != nullptr)
        m_tabs->setCurrentIndex(1);
}

void MetricView::sizeLower() {
    const bool tabInFront = m_tab != nullptr && m_tabs->currentIndex() == 1;
    // The chart keeps at least half of what the head leaves, whatever stands below wants.
    const int tabs = m_tab != nullptr ? m_tabs->sizeHint().height() : 0;
    const int room = (height() - m_chart->y() - tabs) / 2;
    const int wanted = tabInFront ? room : m_legend->sizeHint().height();
    m_lower->setFixedHeight(std::clamp(wanted, m_theme.px(56), std::max(room, m_theme.px(56))));
    update();
}

void MetricView::applyTheme() {
    const int side = m_theme.px(16);
    m_head->setContentsMargins(side, m_theme.px(8), side, m_theme.px(4));
    m_head->setSpacing(m_theme.px(4));
    m_subject->setSpacing(m_theme.px(8));
    m_rawSwitch->setFont(m_theme.font(Theme::Size::Body));
    m_tabs->setFont(m_theme.font(Theme::Size::Body));
    sizeLower();
}

void MetricView::resizeEvent(QResizeEvent*) {
    sizeLower();
}

void MetricView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().surface);
    const int line = (m_tabs->isVisible() ? m_tabs->y() : m_lower->y()) - 1;
    painter.fillRect(0, line, width(), 1, m_theme.tokens().border);
}

} // namespace sightglass::ui
