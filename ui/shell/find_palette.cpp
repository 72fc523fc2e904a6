// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/find_palette.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/look/label.h"
#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

constexpr int hitLimit = 50;
constexpr int rowsShown = 10;
/// Up to this many families are looked through within a frame, without a worker.
constexpr std::size_t atOnce = 2000;

class FindDelegate final : public QStyledItemDelegate {
  public:
    FindDelegate(const FindModel& model, const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent), m_model(model), m_theme(theme) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const FindHit& hit = m_model.hit(index.row());
        const Tokens& tokens = m_theme.tokens();
        painter->save();
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(option.rect, tokens.selected);
            painter->fillRect(
                QRect(option.rect.topLeft(), QSize(m_theme.px(3), option.rect.height())),
                tokens.accent);
        }
        const int pad = m_theme.px(12);
        QRect room = option.rect.adjusted(pad, 0, -pad, 0);
        const QRectF mark(room.left(), room.top(), m_theme.px(18), room.height());
        switch (hit.kind) {
        case FindHit::Kind::Metric:
            paintTypeBadge(*painter, mark, hit.type, hit.monotonic, false, false, m_theme);
            break;
        case FindHit::Kind::Finding:
            paintSeverity(*painter, mark, hit.severity, m_theme);
            break;
        case FindHit::Kind::Label:
            painter->setPen(tokens.text2);
            painter->setFont(m_theme.mono());
            painter->drawText(mark, Qt::AlignCenter, QStringLiteral("{}"));
            break;
        }
        room.adjust(m_theme.px(26), 0, 0, 0);
        const QFont body = m_theme.font(Theme::Size::Body);
        const QFontMetrics metrics(body);
        const int titleWidth =
            std::min(metrics.horizontalAdvance(hit.title) + 2, room.width() * 3 / 5);
        painter->setFont(body);
        painter->setPen(tokens.text);
        painter->drawText(QRect(room.left(), room.top(), titleWidth + 1, room.height()),
                          Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(hit.title, Qt::ElideMiddle, titleWidth));
        const QFont small = m_theme.font(Theme::Size::Small);
        room.adjust(titleWidth + pad, 0, 0, 0);
        painter->setFont(small);
        painter->setPen(tokens.text2);
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter,
                          QFontMetrics(small).elidedText(hit.detail, Qt::ElideRight, room.width()));
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {m_theme.px(200), m_theme.px(28)};
    }

  private:
    const FindModel& m_model;
    const Theme& m_theme;
};

} // namespace

void FindModel::setHits(QVector<FindHit> hits) {
    beginResetModel();
    m_hits = std::move(hits);
    endResetModel();
}

int FindModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_hits.size());
}

QVariant FindModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const FindHit& hit = m_hits[index.row()];
    if (role == Qt::DisplayRole)
        return hit.title;
    if (role != Qt::AccessibleTextRole)
        return {};
    switch (hit.kind) {
    case FindHit::Kind::Metric:
        return tr("%1, %2").arg(hit.title, typeText(hit.type, hit.monotonic));
    case FindHit::Kind::Finding:
        return tr("%1: %2").arg(hit.title, hit.detail);
    case FindHit::Kind::Label:
        break;
    }
    return tr("%1, %2").arg(hit.title, hit.detail);
}

FindPalette::FindPalette(EngineBridge& bridge, const Theme& theme, QLineEdit& field,
                         QWidget& window)
    : QFrame(&window),
      m_bridge(bridge),
      m_theme(theme),
      m_field(field),
      m_job([this](const Request& request) { return find(request); },
            [this](Answer answer) { showHits(std::move(answer)); },
            LatestJob<Request, Answer>::Pace::GoesOn) {
    hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    m_nothing = new Label(tr("Nothing of that name"), theme, Theme::Size::Body, false,
                          Label::Ink::Text2, this);
    m_nothing->setAlignment(Qt::AlignCenter);
    m_list = new QListView(this);
    m_list->setAccessibleName(tr("What was found"));
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new FindDelegate(m_model, theme, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column->addWidget(m_nothing);
    column->addWidget(m_list);
    field.installEventFilter(this);
    window.installEventFilter(this);
    connect(&field, &QLineEdit::textChanged, this, &FindPalette::search);
    connect(m_list, &QListView::clicked, this, &FindPalette::choose);
    connect(&theme, &Theme::changed, this, &FindPalette::place);
}

FindPalette::Answer FindPalette::find(const Request& request) {
    if (!m_index || m_index->analysis() != request.analysis)
        m_index = std::make_unique<const FindIndex>(request.analysis);
    return {request.query, m_index->find(request.query, hitLimit)};
}

void FindPalette::search() {
    m_chooseFirst = false;
    const QString query = m_field.text().trimmed();
    if (query.isEmpty()) {
        hide();
        return;
    }
    Request request{m_bridge.analysis(), query};
    if (request.analysis->families.size() <= atOnce && !m_job.busy())
        showHits(find(request));
    else
        m_job.ask(std::move(request));
}

void FindPalette::showHits(Answer answer) {
    // What was asked for before the field was emptied or left is no longer wanted.
    if (answer.query != m_field.text().trimmed() || m_field.window()->focusWidget() != &m_field)
        return;
    m_model.setHits(std::move(answer.hits));
    if (m_model.rowCount() > 0)
        m_list->setCurrentIndex(m_model.index(0));
    m_list->scrollToTop();
    if (std::exchange(m_chooseFirst, false)) {
        choose(m_list->currentIndex());
        return;
    }
    place();
    show();
    raise();
}

void FindPalette::place() {
    QWidget& window = *parentWidget();
    const QPoint under = m_field.mapTo(&window, QPoint(0, m_field.height() + m_theme.px(4)));
    const int width =
        std::min(std::max(m_field.width(), m_theme.px(560)), window.width() - m_theme.px(16));
    const int x = std::clamp(under.x() + (m_field.width() - width) / 2, 0,
                             std::max(0, window.width() - width));
    const int rows = std::clamp(m_model.rowCount(), 1, rowsShown);
    const bool any = m_model.rowCount() > 0;
    m_list->setVisible(any);
    m_nothing->setVisible(!any);
    const int height = std::min(rows * m_theme.px(28) + 2, window.height() - under.y());
    setGeometry(x, under.y(), width, height);
}

void FindPalette::move(int rows) {
    const int count = m_model.rowCount();
    if (count == 0)
        return;
    const int row = std::clamp(m_list->currentIndex().row() + rows, 0, count - 1);
    m_list->setCurrentIndex(m_model.index(row));
}

void FindPalette::choose(const QModelIndex& index) {
    if (!index.isValid())
        return;
    const FindHit hit = m_model.hit(index.row());
    dismiss();
    emit chosen(hit);
}

void FindPalette::dismiss() {
    m_field.clear();
    hide();
}

bool FindPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible())
            place();
        return false;
    }
    if (event->type() == QEvent::FocusOut && !underMouse())
        hide();
    if (event->type() == QEvent::FocusIn && !m_field.text().isEmpty())
        search();
    if (event->type() != QEvent::KeyPress)
        return false;
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Down:
        move(1);
        return true;
    case Qt::Key_Up:
        move(-1);
        return true;
    case Qt::Key_PageDown:
        move(rowsShown);
        return true;
    case Qt::Key_PageUp:
        move(-rowsShown);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        m_chooseFirst = m_job.busy();
        if (!m_chooseFirst && isVisible())
            choose(m_list->currentIndex());
        return true;
    default:
        return false;
    }
}

void FindPalette::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(m_theme.tokens().control);
    painter.setBrush(m_theme.tokens().surface);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

} // namespace sightglass::ui
