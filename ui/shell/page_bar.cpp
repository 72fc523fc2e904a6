// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_bar.h"

#include <QLineEdit>
#include <QMenu>
#include <QPainter>

#include <algorithm>

#include "ui/look/format.h"
#include "ui/look/label.h"
#include "ui/shell/bar_button.h"

namespace sightglass::ui {

namespace {

/// The badge of a demo session: accent outline around the word.
class DemoBadge final : public Label {
  public:
    DemoBadge(const Theme& theme, QWidget* parent)
        : Label(QStringLiteral("Demo"), theme, Theme::Size::Small, true, Ink::Accent, parent),
          m_theme(theme) {
        setAlignment(Qt::AlignCenter);
    }
    [[nodiscard]] QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(text()) + 2 * m_theme.px(8), m_theme.px(22)};
    }

  protected:
    void paintEvent(QPaintEvent* event) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_theme.tokens().accent, 1.2));
        painter.setBrush(m_theme.tokens().noteTint);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), m_theme.px(4),
                                m_theme.px(4));
        painter.end();
        Label::paintEvent(event);
    }

  private:
    const Theme& m_theme;
};

} // namespace

PageBar::PageBar(EngineBridge& bridge, Selection& selection, const Theme& theme, Commands& commands,
                 bool demo, QWidget* parent)
    : QWidget(parent), m_bridge(bridge), m_selection(selection), m_theme(theme) {
    setAccessibleName(tr("Pages"));
    constexpr Command pageCommands[] = {Command::MetricsPage, Command::FindingsPage,
                                        Command::SourcesPage};
    for (int i = 0; i < 3; ++i) {
        m_pages[i] = new BarButton(BarButton::Kind::Page, theme, this);
        m_pages[i]->setCheckable(true);
        QAction& action = commands.action(pageCommands[i]);
        m_pages[i]->setToolTip(action.shortcut().toString(QKeySequence::NativeText));
        connect(m_pages[i], &BarButton::clicked, &action, [this, &action, i] {
            m_pages[i]->setChecked(true);
            action.trigger();
        });
    }
    m_pages[0]->setWords(tr("Metrics"));

    m_find = new QLineEdit(this);
    m_find->setPlaceholderText(tr("Find metric, label, finding"));
    m_find->setAccessibleName(tr("Find metric, label, finding"));
    m_findKey =
        new Label(commands.action(Command::Find).shortcut().toString(QKeySequence::NativeText),
                  theme, Theme::Size::Small, false, Label::Ink::Text2, m_find);
    m_findKey->setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(m_find, &QLineEdit::textChanged, m_findKey,
            [this](const QString& text) { m_findKey->setVisible(text.isEmpty()); });

    if (demo) {
        m_demo = new DemoBadge(theme, this);
        m_leave = new BarButton(BarButton::Kind::Bar, theme, this);
        m_leave->setWords(tr("Leave"), BarButton::Ink::Accent);
        m_leave->setAccessibleName(tr("Leave the demo"));
        QAction& leave = commands.action(Command::LeaveDemo);
        m_leave->setToolTip(leave.shortcut().toString(QKeySequence::NativeText));
        connect(m_leave, &BarButton::clicked, &leave, &QAction::trigger);
    }

    m_range = new BarButton(BarButton::Kind::Bar, theme, this);
    m_rangeMenu = new QMenu(this);
    for (const Command range : {Command::RangeFit, Command::RangeMinute, Command::RangeFiveMinutes,
                                Command::RangeQuarter, Command::RangeHour, Command::RangeSixHours})
        m_rangeMenu->addAction(&commands.action(range));
    connect(m_range, &BarButton::clicked, this,
            [this] { m_rangeMenu->popup(m_range->mapToGlobal(QPoint(0, m_range->height()))); });

    m_live = new BarButton(BarButton::Kind::Bar, theme, this);
    connect(m_live, &BarButton::clicked, this, [this] {
        const bool live = m_selection.live();
        m_selection.setLive(!live, live ? m_bridge.engine().clock().now() : 0);
    });

    m_addTarget = new BarButton(BarButton::Kind::Bar, theme, this);
    m_addTarget->setWords(tr("+ Add target…"));
    m_addTarget->setAccessibleName(tr("Add target"));
    QAction& addTarget = commands.action(Command::AddTarget);
    m_addTarget->setToolTip(addTarget.shortcut().toString(QKeySequence::NativeText));
    connect(m_addTarget, &BarButton::clicked, &addTarget, &QAction::trigger);

    connect(&bridge, &EngineBridge::analysisChanged, this, &PageBar::showFindings);
    connect(&bridge, &EngineBridge::statusChanged, this, &PageBar::showSources);
    connect(&selection, &Selection::rangeChanged, this, &PageBar::showRange);
    connect(&theme, &Theme::changed, this, &PageBar::applyTheme);
    showFindings();
    showSources();
    showRange();
    applyTheme();
}

QSize PageBar::sizeHint() const {
    return {m_theme.px(800), m_theme.px(40)};
}

void PageBar::applyTheme() {
    setFixedHeight(m_theme.px(40));
    m_find->setTextMargins(m_theme.px(4), 0, m_theme.px(4), 0);
    arrange();
}

void PageBar::setCurrentPage(int page) {
    for (int i = 0; i < 3; ++i)
        m_pages[i]->setChecked(i == page);
}

void PageBar::showFindings() {
    BarButton::Part word;
    word.text = tr("Findings");
    QVector<BarButton::Part> parts = lampParts(*m_bridge.analysis()->findings);
    parts.prepend(word);
    m_pages[1]->setParts(parts);
    arrange();
}

void PageBar::showSources() {
    BarButton::Part word;
    word.text = tr("Sources");
    QVector<BarButton::Part> parts{word};
    if (const auto count = m_bridge.status()->origins.size(); count > 0) {
        BarButton::Part number;
        number.text = QString::number(count);
        number.spoken = tr("%n path(s)", nullptr, static_cast<int>(count));
        number.spoken.replace(QStringLiteral("(s)"), count == 1 ? QString() : QStringLiteral("s"));
        number.ink = BarButton::Ink::Quiet;
        parts << number;
    }
    m_pages[2]->setParts(parts);
    arrange();
}

void PageBar::showRange() {
    BarButton::Part range;
    range.mark = BarButton::Part::Mark::Chevron;
    const TimeNs span = m_selection.span();
    if (!m_selection.live() && span > 0) {
        range.text = formatClock(m_selection.end() - span) + QStringLiteral(" – ") +
                     formatClock(m_selection.end());
        range.spoken = tr("Time range: %1").arg(range.text);
    } else {
        range.text = span == 0 ? tr("Up to 5 min") : tr("Last %1").arg(formatDuration(span));
        range.spoken = tr("Time range: %1").arg(range.text);
    }
    m_range->setParts({range});

    BarButton::Part live;
    live.semiBold = true;
    live.text = m_selection.live() ? tr("Live") : tr("Paused");
    live.mark =
        m_selection.live() ? BarButton::Part::Mark::DotFilled : BarButton::Part::Mark::DotHollow;
    live.ink = m_selection.live() ? BarButton::Ink::Accent : BarButton::Ink::Quiet;
    m_live->setParts({live});
    arrange();
}

void PageBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

/// Pages from the left, range and target from the right, the find field in the middle of the window
/// as long as both sides leave it there. Where room is short, Add target is only its sign, and the
/// range is left to its menu.
void PageBar::arrange() {
    int left = 0;
    for (BarButton* page : m_pages) {
        const int w = page->sizeHint().width();
        page->setGeometry(left, 0, w, height());
        left += w + m_theme.px(4);
    }
    const int gap = m_theme.px(12);
    const int enough = m_theme.px(110) + 2 * gap;
    int right = 0;
    for (int shortened = 0; shortened < 3; ++shortened) {
        m_addTarget->setWords(shortened > 0 ? tr("+") : tr("+ Add target…"));
        m_addTarget->setAccessibleName(tr("Add target"));
        m_range->setVisible(shortened < 2);
        right = arrangeRight();
        if (right - left >= enough)
            break;
    }
    const int room = std::max(right - left - 2 * gap, m_theme.px(40));
    const int w = std::min(m_theme.px(341), room);
    const int x = std::clamp((width() - w) / 2, left + gap, std::max(left + gap, right - gap - w));
    const int h = m_theme.px(28);
    m_find->setGeometry(x, (height() - h) / 2, w, h);
    const QFontMetrics metrics(m_find->font());
    const QString whole = tr("Find metric, label, finding");
    const QSize key = m_findKey->sizeHint();
    const int text = metrics.horizontalAdvance(whole) + m_theme.px(28);
    m_find->setPlaceholderText(text <= w ? whole : tr("Find"));
    m_findKey->setGeometry(w - key.width() - m_theme.px(12), (h - key.height()) / 2, key.width(),
                           key.height());
    m_findKey->setVisible(m_find->text().isEmpty() && text + key.width() + m_theme.px(20) <= w);
}

/// Places what stands at the right; gives the left edge of it.
int PageBar::arrangeRight() {
    int right = width() - m_theme.px(4);
    const auto place = [&](QWidget* widget, int gap) {
        if (!widget || widget->isHidden())
            return;
        const QSize size = widget->sizeHint();
        const int h = qobject_cast<BarButton*>(widget) ? height() : size.height();
        right -= size.width();
        widget->setGeometry(right, (height() - h) / 2, size.width(), h);
        right -= gap;
    };
    place(m_addTarget, m_theme.px(8));
    place(m_live, 0);
    place(m_range, m_theme.px(4));
    place(m_leave, m_theme.px(2));
    place(m_demo, m_theme.px(4));
    return right;
}

void PageBar::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), m_theme.tokens().window);
}

} // namespace sightglass::ui
