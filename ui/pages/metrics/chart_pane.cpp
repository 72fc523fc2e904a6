// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/chart_pane.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QMouseEvent>
#include <QPainter>
#include <QSplitter>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/charts/chart_controls.h"
#include "ui/charts/top_bar.h"
#include "ui/charts/values_table.h"
#include "ui/look/label.h"
#include "ui/look/marks.h"
#include "ui/pages/metrics/plot_family.h"
#include "ui/pages/metrics/type_badges.h"

namespace sightglass::ui {

namespace {

const QString kindNames[] = {QStringLiteral("lines"), QStringLiteral("stacked"),
                             QStringLiteral("heatmap")};
const QString shownNames[] = {QStringLiteral("rate"), QStringLiteral("increase"),
                              QStringLiteral("raw")};
const QString topNames[] = {QStringLiteral("last"), QStringLiteral("max"), QStringLiteral("mean")};

template <class Value, std::size_t N>
Value valueOf(const QString& name, const QString (&names)[N]) {
    const auto at = std::find(std::begin(names), std::end(names), name);
    return at == std::end(names) ? Value{} : static_cast<Value>(at - std::begin(names));
}

} // namespace

ChartPane::ChartPane(const SeriesReader& reader, const Clock& clock, Selection& selection,
                     const Theme& theme, Head head, QWidget* parent)
    : QWidget(parent), m_theme(theme) {
    m_beside = new QSplitter(Qt::Horizontal, this);
    m_beside->setChildrenCollapsible(false);
    m_chart = new ChartView(reader, clock, selection, theme, m_beside);
    m_values = new ValuesTable(*m_chart, selection, theme, m_beside);
    m_values->hide();
    m_beside->setStretchFactor(0, 1);
    m_controls = new ChartControls(*m_chart, theme, this);
    m_top = new TopBar(*m_chart, theme, this);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(0);
    if (head == Head::Own) {
        m_name = new Label({}, theme, Theme::Size::Body, true, Label::Ink::Text, this);
        m_name->setElided(true);
        m_badges = new TypeBadges(theme, this);
        m_unit = new Label({}, theme, Theme::Size::Small, false, Label::Ink::Text2, this);
        m_close = new QToolButton(this);
        m_close->setAutoRaise(true);
        m_close->setToolTip(tr("Remove this chart (Del)"));
        connect(m_close, &QToolButton::clicked, this, &ChartPane::removalWanted);
        connect(m_chart, &ChartView::removalWanted, this, &ChartPane::removalWanted);
        m_head = new QHBoxLayout;
        m_head->addWidget(m_name);
        m_head->addWidget(m_badges);
        m_head->addWidget(m_unit);
        m_head->addStretch(1);
        m_head->addWidget(m_controls);
        m_head->addWidget(m_close);
        column->addLayout(m_head);
    }
    column->addWidget(m_top);
    column->addWidget(m_beside, 1);
    setFocusProxy(m_chart);

    connect(m_chart, &ChartView::frameChanged, this, &ChartPane::follow);
    connect(m_chart, &ChartView::settingsChanged, this, &ChartPane::follow);
    connect(&m_theme, &Theme::changed, this, &ChartPane::applyTheme);
    applyTheme();
}

void ChartPane::setSubject(ChartSubject subject, const QVector<TypeBadge>& types,
                           const QString& spoken) {
    m_chart->setSubject(std::move(subject));
    if (m_head == nullptr)
        return;
    m_name->setText(title());
    m_badges->setTypes(types, spoken);
    m_close->setAccessibleName(tr("Remove the chart of %1").arg(title()));
    fitHead();
}

void ChartPane::setFamilies(const QStringList& families) {
    m_families = families.first(std::min(families.size(), familiesMost));
    if (families.size() > familiesMost && isVisible())
        QToolTip::showText(mapToGlobal(rect().center()),
                           tr("No more than %1 metrics in one chart").arg(familiesMost), this);
}

QString ChartPane::title() const {
    return m_families.join(QStringLiteral(" + "));
}

QString ChartPane::unitWords() const {
    const auto frame = m_chart->frame();
    if (!frame)
        return {};
    QString words = unitWord(frame->unit);
    if (frame->rightUnit) {
        const QString right = unitWord(*frame->rightUnit);
        words = words.isEmpty() || right.isEmpty() ? words + right
                                                   : words + QStringLiteral(", ") + right;
    }
    return words;
}

void ChartPane::setCurrent(bool current) {
    if (current == m_current)
        return;
    m_current = current;
    update();
}

void ChartPane::follow() {
    const bool values = m_chart->settings().values;
    if (values == m_values->isHidden()) {
        m_values->setVisible(values);
        if (values) {
            const int wanted = std::clamp(m_values->sizeHint().width(), width() / 4, width() / 2);
            m_beside->setSizes({width() - wanted, wanted});
        }
    }
    if (m_head != nullptr) {
        m_unit->setText(unitWords());
        fitHead();
    }
}

void ChartPane::fitHead() {
    if (m_head == nullptr)
        return;
    const QFontMetrics metrics(m_theme.font(Theme::Size::Body, true));
    const int wanted = metrics.horizontalAdvance(title()) + m_badges->sizeHint().width() +
                       m_unit->sizeHint().width() + m_close->sizeHint().width() + m_theme.px(64);
    m_controls->setCompact(wanted + m_controls->fullWidth() > width());
}

void ChartPane::applyTheme() {
    if (m_head != nullptr) {
        m_head->setContentsMargins(0, m_theme.px(4), 0, 0);
        m_head->setSpacing(m_theme.px(8));
        m_close->setIcon(themedIcon(QStringLiteral("close"), m_theme));
        layout()->setContentsMargins(m_theme.px(16), 0, m_theme.px(16), m_theme.px(4));
    } else {
        layout()->setContentsMargins(m_theme.px(16), 0, m_theme.px(16), m_theme.px(4));
    }
    fitHead();
    updateGeometry();
    update();
}

QSize ChartPane::minimumSizeHint() const {
    return {m_theme.px(272), m_theme.px(m_head != nullptr ? 120 : 92)};
}

void ChartPane::resizeEvent(QResizeEvent*) {
    fitHead();
}

void ChartPane::mousePressEvent(QMouseEvent*) {
    emit m_chart->activated();
}

void ChartPane::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().surface);
    // Which chart's lines the legend lists.
    if (m_current)
        painter.fillRect(0, m_theme.px(6), m_theme.px(3), height() - m_theme.px(12),
                         m_theme.tokens().accent);
}

QJsonObject ChartPane::save() const {
    const ChartSettings& s = m_chart->settings();
    QJsonObject saved;
    saved.insert(QStringLiteral("families"), QJsonArray::fromStringList(m_families));
    saved.insert(QStringLiteral("kind"), kindNames[static_cast<std::size_t>(s.kind)]);
    saved.insert(QStringLiteral("shown"), shownNames[static_cast<std::size_t>(s.shown)]);
    saved.insert(QStringLiteral("top"), topNames[static_cast<std::size_t>(s.topBy)]);
    saved.insert(QStringLiteral("topChosen"), s.topChosen);
    saved.insert(QStringLiteral("log"), s.logAxis);
    saved.insert(QStringLiteral("values"), s.values);
    saved.insert(QStringLiteral("bucketsAsLines"), s.bucketsAsLines);
    if (s.heatLog)
        saved.insert(QStringLiteral("heatLog"), *s.heatLog);
    return saved;
}

QStringList ChartPane::familiesOf(const QJsonObject& saved) {
    QStringList families;
    for (const QJsonValue& name : saved.value(QStringLiteral("families")).toArray())
        families << name.toString();
    families.removeAll(QString());
    families.removeDuplicates();
    return families;
}

void ChartPane::restore(const QJsonObject& saved) {
    // Without a head of its own it shows what is selected; whoever restores it knows when.
    if (m_head != nullptr)
        setFamilies(familiesOf(saved));
    const auto word = [&saved](const char* key) {
        return saved.value(QLatin1String(key)).toString();
    };
    ChartSettings s;
    s.kind = valueOf<ChartKind>(word("kind"), kindNames);
    s.shown = valueOf<Shown>(word("shown"), shownNames);
    s.topBy = valueOf<TopBy>(word("top"), topNames);
    s.topChosen = saved.value(QStringLiteral("topChosen")).toBool();
    s.logAxis = saved.value(QStringLiteral("log")).toBool();
    s.values = saved.value(QStringLiteral("values")).toBool();
    s.bucketsAsLines = saved.value(QStringLiteral("bucketsAsLines")).toBool();
    if (const QJsonValue log = saved.value(QStringLiteral("heatLog")); log.isBool())
        s.heatLog = log.toBool();
    m_chart->setSettings(s);
}

} // namespace sightglass::ui
