// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/values_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

#include "ui/charts/marked_text.h"
#include "ui/look/pane_keys.h"

namespace sightglass::ui {

namespace {

constexpr int refreshMs = 250;

/// Titles by line sample and mark, as the legend has them: names would be wider than the numbers.
class ValuesHeader final : public QHeaderView {
  public:
    ValuesHeader(const ValuesModel& values, const Theme& theme, QWidget* parent)
        : QHeaderView(Qt::Horizontal, parent), m_values(values), m_theme(theme) {}

  protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        painter->fillRect(rect, m_theme.tokens().surface);
        painter->setFont(m_theme.font(Theme::Size::Small));
        painter->setPen(m_theme.tokens().text2);
        const int pad = m_theme.px(4);
        const int index =
            m_values.headerData(section, Qt::Horizontal, ValuesModel::SeriesRole).toInt();
        if (section == 0 || !m_values.frame() || index < 0) {
            painter->drawText(
                rect.adjusted(pad, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                m_values.headerData(section, Qt::Horizontal, Qt::DisplayRole).toString());
            return;
        }
        const PlotSeries& series = m_values.frame()->series[static_cast<std::size_t>(index)];
        const int sample = m_theme.px(14);
        paintLineSample(*painter, {rect.left() + pad, rect.top(), sample, rect.height()}, series,
                        false, m_theme);
        const int left = rect.left() + pad + sample + m_theme.px(6);
        const QString text = markOf(series.path) + QStringLiteral(" ") +
                             (series.labels.isEmpty() ? series.pathName : series.labels);
        paintMarkedText(*painter, {left, rect.top(), rect.right() - left, rect.height()}, text,
                        m_theme.font(Theme::Size::Small), m_theme.tokens().text2, m_theme);
    }

  private:
    const ValuesModel& m_values;
    const Theme& m_theme;
};

} // namespace

ValuesTable::ValuesTable(ChartView& chart, Selection& selection, const Theme& theme,
                         QWidget* parent)
    : QTableView(parent), m_chart(chart), m_selection(selection), m_theme(theme) {
    setHorizontalHeader(new ValuesHeader(m_model, theme, this));
    setModel(&m_model);
    setAccessibleName(tr("Values"));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    setWordWrap(false);
    verticalHeader()->hide();
    setCornerWidget(new QWidget(this)); // nothing, where the two scroll bars meet
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    new CopyKeys(
        this, [this] { copy(); }, [this] { copy(); });

    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &ValuesTable::takeFrame);
    connect(&m_chart, &ChartView::frameChanged, this, [this] {
        if (isVisible() && !m_later.isActive())
            m_later.start(refreshMs);
    });
    connect(&m_chart, &ChartView::mutedChanged, this, [this] { m_later.start(0); });
    connect(&m_selection, &Selection::hoveredChanged, this, &ValuesTable::followCrosshair);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (!m_following && current.isValid())
                    m_chart.pointAt(m_model.timeAt(current.row()));
            });
    connect(&m_theme, &Theme::changed, this, &ValuesTable::applyTheme);
    applyTheme();
}

ValuesTable::~ValuesTable() {
    // The base class outlives the model and must not ask it on its way out.
    setModel(nullptr);
}

QSize ValuesTable::sizeHint() const {
    return {m_theme.px(260), m_theme.px(200)};
}
QSize ValuesTable::minimumSizeHint() const {
    return {m_theme.px(150), m_theme.px(56)};
}

void ValuesTable::takeFrame() {
    m_later.stop();
    const bool atNewest = verticalScrollBar()->value() == 0;
    const TimeNs top = m_model.timeAt(rowAt(0));
    std::vector<TimeNs> selected;
    for (const QModelIndex& index : selectionModel()->selectedRows())
        selected.push_back(m_model.timeAt(index.row()));
    const TimeNs current = m_model.timeAt(currentIndex().row());
    const int columns = m_model.columnCount();

    m_following = true;
    m_model.setFrame(m_chart.frame(), m_chart.marks().muted);
    if (m_model.columnCount() != columns)
        applyTheme();
    if (current != 0)
        selectionModel()->setCurrentIndex(m_model.index(m_model.rowNearest(current), 0),
                                          QItemSelectionModel::NoUpdate);
    for (const TimeNs time : selected) {
        const int row = m_model.rowNearest(time);
        if (row >= 0 && m_model.timeAt(row) == time)
            selectionModel()->select(m_model.index(row, 0),
                                     QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    if (!atNewest)
        scrollTo(m_model.index(m_model.rowNearest(top), 0), PositionAtTop);
    m_following = false;
}

void ValuesTable::followCrosshair() {
    if (!isVisible() || hasFocus() || !m_selection.hovered())
        return;
    const int row = m_model.rowNearest(*m_selection.hovered());
    if (row < 0 || row == currentIndex().row())
        return;
    m_following = true;
    selectRow(row);
    scrollTo(m_model.index(row, 0));
    m_following = false;
}

void ValuesTable::copy() const {
    std::vector<int> rows;
    for (const QModelIndex& index : selectionModel()->selectedRows())
        rows.push_back(index.row());
    if (rows.empty()) {
        for (int row = 0; row < m_model.rowCount(); ++row)
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    QGuiApplication::clipboard()->setText(m_model.asText(rows));
}

void ValuesTable::applyTheme() {
    verticalHeader()->setMinimumSectionSize(m_theme.px(24));
    verticalHeader()->setDefaultSectionSize(m_theme.px(24));
    horizontalHeader()->setFixedHeight(m_theme.px(28));
    const QFontMetrics metrics(m_theme.font(Theme::Size::Body));
    setFont(m_theme.font(Theme::Size::Body));
    for (int section = 0; section < m_model.columnCount(); ++section)
        setColumnWidth(section, section == 0
                                    ? metrics.horizontalAdvance(QStringLiteral("00:00:00.000")) +
                                          m_theme.px(16)
                                    : m_theme.px(104));
    updateGeometry();
}

bool ValuesTable::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_V && key->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QTableView::event(event);
}

void ValuesTable::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_V && event->modifiers() == Qt::NoModifier) {
        m_chart.setFocus(Qt::OtherFocusReason);
        ChartSettings settings = m_chart.settings();
        settings.values = false;
        m_chart.setSettings(settings);
        return;
    }
    QTableView::keyPressEvent(event);
}

void ValuesTable::showEvent(QShowEvent* event) {
    QTableView::showEvent(event);
    takeFrame();
}

} // namespace sightglass::ui
