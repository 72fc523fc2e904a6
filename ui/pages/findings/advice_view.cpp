// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/findings/advice_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/look/marks.h"
#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

constexpr int copiedMs = 1500;

QLabel* label(const QString& text, const QFont& font, bool faint, QWidget& parent) {
    auto* made = new QLabel(text, &parent);
    made->setTextFormat(Qt::PlainText);
    made->setFont(font);
    made->setWordWrap(true);
    if (faint)
        made->setForegroundRole(QPalette::PlaceholderText);
    else
        made->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return made;
}

} // namespace

SeverityMark::SeverityMark(const Finding& finding, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_severity(finding.severity), m_resolved(finding.resolved) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(m_resolved ? tr("resolved") : toText(severityName(m_severity)));
}

QSize SeverityMark::sizeHint() const {
    return {m_theme.px(16), m_theme.px(16)};
}

void SeverityMark::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (m_resolved)
        paintResolved(painter, rect(), m_theme);
    else
        paintSeverity(painter, rect(), m_severity, m_theme);
}

AdviceView::AdviceView(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setAccessibleName(tr("Likely cause and way out"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    connect(&theme, &Theme::changed, this, &AdviceView::rebuild);
    rebuild();
}

void AdviceView::show(std::vector<std::shared_ptr<const Finding>> findings) {
    const bool same =
        std::equal(findings.begin(), findings.end(), m_findings.begin(), m_findings.end(),
                   [](const auto& a, const auto& b) {
                       return a == b || (a->rule == b->rule && a->severity == b->severity &&
                                         a->resolved == b->resolved && a->cause == b->cause &&
                                         a->advice == b->advice && a->snippet == b->snippet);
                   });
    m_findings = std::move(findings);
    // A message counts what it is about and so changes all the time: it is only a tool tip here.
    if (same)
        tellMessages();
    else
        rebuild();
}

void AdviceView::rebuild() {
    delete m_inner;
    m_rules.clear();
    m_inner = new QWidget(this);
    layout()->addWidget(m_inner);
    auto* column = new QVBoxLayout(m_inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(m_theme.px(4));
    for (std::size_t i = 0; i < m_findings.size(); ++i) {
        if (i > 0)
            column->addSpacing(m_theme.px(12));
        add(*m_findings[i], m_findings.size() > 1, *column, *m_inner);
    }
    tellMessages();
}

void AdviceView::tellMessages() {
    for (std::size_t i = 0; i < m_rules.size(); ++i)
        m_rules[i]->setToolTip(plainToolTip(toText(m_findings[i]->message)));
}

void AdviceView::add(const Finding& finding, bool withRule, QVBoxLayout& column, QWidget& parent) {
    const QFont small = m_theme.font(Theme::Size::Small);
    const QFont body = m_theme.font(Theme::Size::Body);
    if (withRule || !finding.cause.empty()) {
        auto* head = new QHBoxLayout;
        head->setSpacing(m_theme.px(8));
        auto* cause = label(finding.cause.empty() ? toText(finding.rule) : tr("Likely cause"),
                            small, true, parent);
        if (withRule)
            head->addWidget(new SeverityMark(finding, m_theme, &parent));
        head->addWidget(cause, 1);
        QLabel* rule = cause;
        if (withRule && !finding.cause.empty()) {
            rule = label(toText(finding.rule), small, true, parent);
            rule->setWordWrap(false);
            head->addWidget(rule);
        }
        if (withRule)
            m_rules.push_back(rule);
        column.addLayout(head);
    }
    if (!finding.cause.empty()) {
        column.addWidget(label(toText(finding.cause), body, false, parent));
        column.addSpacing(m_theme.px(4));
    }
    if (finding.advice.empty() && finding.snippet.empty())
        return;
    auto* head = new QHBoxLayout;
    head->addWidget(label(tr("Way out"), small, true, parent), 1);
    const QString toCopy = toText(finding.snippet.empty() ? finding.advice : finding.snippet);
    auto* copy = new QToolButton(&parent);
    copy->setText(tr("Copy"));
    copy->setAutoRaise(true);
    copy->setFont(m_theme.font(Theme::Size::Small, true));
    QPalette link = copy->palette();
    link.setColor(QPalette::ButtonText, m_theme.tokens().accent);
    copy->setPalette(link);
    copy->setFocusPolicy(Qt::StrongFocus);
    copy->setAccessibleName(tr("Copy the way out of %1").arg(toText(finding.rule)));
    connect(copy, &QToolButton::clicked, copy, [copy, toCopy] {
        QGuiApplication::clipboard()->setText(toCopy);
        copy->setText(tr("Copied"));
        QTimer::singleShot(copiedMs, copy, [copy] { copy->setText(tr("Copy")); });
    });
    head->addWidget(copy);
    column.addLayout(head);
    // What can be pasted comes first: in a low window the prose may need scrolling.
    if (!finding.snippet.empty())
        addSnippet(finding, column, parent);
    if (!finding.advice.empty())
        column.addWidget(label(toText(finding.advice), body, false, parent));
}

void AdviceView::addSnippet(const Finding& finding, QVBoxLayout& column, QWidget& parent) {
    const QString text = toText(finding.snippet).trimmed();
    auto* snippet = new QPlainTextEdit(text, &parent);
    snippet->setReadOnly(true);
    snippet->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    snippet->setFrameShape(QFrame::NoFrame);
    snippet->setLineWrapMode(QPlainTextEdit::NoWrap);
    snippet->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    snippet->setTabChangesFocus(true);
    snippet->setFont(m_theme.mono());
    snippet->document()->setDocumentMargin(m_theme.px(8));
    snippet->setAccessibleName(tr("Configuration for %1").arg(toText(finding.rule)));
    QPalette raised = snippet->palette();
    raised.setColor(QPalette::Base, m_theme.tokens().raised);
    snippet->setPalette(raised);
    const QFontMetricsF metrics(m_theme.mono());
    const auto lines = text.count(u'\n') + 1;
    const int high =
        static_cast<int>(std::ceil(metrics.lineSpacing() * static_cast<double>(lines))) +
        2 * m_theme.px(8);
    snippet->setFixedHeight(high + m_theme.px(2));
    // A long line scrolls; its bar must not cover the last line.
    connect(snippet->horizontalScrollBar(), &QScrollBar::rangeChanged, snippet,
            [snippet, high, this](int, int most) {
                const int bar = most > 0 ? snippet->horizontalScrollBar()->sizeHint().height() : 0;
                snippet->setFixedHeight(high + bar + m_theme.px(2));
            });
    column.addWidget(snippet);
    column.addSpacing(m_theme.px(4));
}

} // namespace sightglass::ui
