// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/findings/finding_detail.h"

#include <QFrame>
#include <QGridLayout>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

#include "core/diagnose/rule.h"
#include "ui/look/format.h"
#include "ui/look/label.h"
#include "ui/look/marks.h"
#include "ui/models/path_facts.h"
#include "ui/pages/findings/advice_view.h"

namespace sightglass::ui {

namespace {

constexpr std::size_t labelsShown = 40;

/// A path's number as a widget of its own.
class PathMark : public QWidget {
  public:
    PathMark(int number, const Theme& theme, QWidget* parent)
        : QWidget(parent), m_number(number), m_theme(theme) {
        setFixedSize(theme.px(16), theme.px(16));
        setAccessibleName(FindingDetail::tr("path %1").arg(number));
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintPathMark(painter, rect(), m_number, m_theme);
    }

  private:
    int m_number;
    const Theme& m_theme;
};

const RuleInfo* infoOf(const std::string& rule) {
    for (const Rule* known : allRules()) {
        if (known->info().id == rule)
            return &known->info();
    }
    return nullptr;
}

struct Fact {
    QString key, value;
    friend bool operator==(const Fact&, const Fact&) = default;
};

/// What a path said, fact by fact.
std::vector<Fact> factsOf(const Evidence& evidence) {
    std::vector<Fact> facts;
    const auto add = [&](const QString& key, const std::string& value) {
        if (!value.empty())
            facts.push_back({key, toText(value)});
    };
    if (!evidence.type.empty())
        facts.push_back({FindingDetail::tr("type"), typeInWords(evidence.type)});
    add(FindingDetail::tr("temporality"), evidence.temporality);
    add(FindingDetail::tr("unit"), evidence.unit);
    add(FindingDetail::tr("help"), evidence.help);
    std::size_t shown = 0;
    for (const auto& [key, value] : evidence.labels) {
        if (++shown > labelsShown) {
            facts.push_back(
                {{}, FindingDetail::tr("and %1 more").arg(evidence.labels.size() - labelsShown)});
            break;
        }
        add(toText(key), value);
    }
    add({}, evidence.text);
    return facts;
}

bool sayTheSame(const Finding& a, const Finding& b) {
    return a.key() == b.key() && a.resolved == b.resolved && a.message == b.message &&
           std::equal(
               a.evidence.begin(), a.evidence.end(), b.evidence.begin(), b.evidence.end(),
               [](const Evidence& x, const Evidence& y) { return factsOf(x) == factsOf(y); });
}

} // namespace

FindingDetail::FindingDetail(EngineBridge& bridge, const Theme& theme, QWidget* parent)
    : QScrollArea(parent), m_bridge(bridge), m_theme(theme) {
    setAccessibleName(tr("Finding in full"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(&theme, &Theme::changed, this, &FindingDetail::rebuild);
    rebuild();
}

void FindingDetail::show(std::shared_ptr<const Finding> finding) {
    const bool same =
        finding == m_finding || (finding && m_finding && sayTheSame(*finding, *m_finding));
    m_finding = std::move(finding);
    if (!same)
        rebuild();
}

void FindingDetail::rebuild() {
    m_across = across();
    auto* page = new QWidget;
    page->setAutoFillBackground(true);
    page->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(page);
    const int gap = m_theme.px(16);
    column->setContentsMargins(gap, gap, gap, gap);
    column->setSpacing(m_theme.px(4));
    const auto paragraph = [&](const QString& text, Theme::Size size, bool strong, Label::Ink ink) {
        auto* label = new Label(text, m_theme, size, strong, ink, page);
        label->setWordWrap(true);
        column->addWidget(label);
    };
    if (!m_finding) {
        paragraph(
            tr("Select a finding to read what it means, what each path says, and the way out."),
            Theme::Size::Body, false, Label::Ink::Text2);
        column->addStretch(1);
        setWidget(page);
        return;
    }
    auto* head = new QHBoxLayout;
    head->setSpacing(m_theme.px(8));
    head->addWidget(new SeverityMark(*m_finding, m_theme, page));
    head->addWidget(new Label(toText(m_finding->rule), m_theme, Theme::Size::Pane, true,
                              Label::Ink::Text, page),
                    1);
    column->addLayout(head);
    paragraph(toText(m_finding->message), Theme::Size::Body, false, Label::Ink::Text);
    if (m_finding->resolved)
        paragraph(tr("Resolved: it is no longer so."), Theme::Size::Small, false, Label::Ink::Ok);
    if (const RuleInfo* info = infoOf(m_finding->rule)) {
        column->addSpacing(m_theme.px(8));
        paragraph(tr("What it means"), Theme::Size::Small, false, Label::Ink::Text2);
        paragraph(toText(info->explanation), Theme::Size::Body, false, Label::Ink::Text);
    }
    if (!m_finding->evidence.empty())
        addEvidence(*column, *page);
    column->addSpacing(m_theme.px(12));
    auto* advice = new AdviceView(m_theme, page);
    advice->show({m_finding});
    column->addWidget(advice);
    column->addStretch(1);
    setWidget(page);
}

/// Evidence is the sender's own words: in mono, never markup.
QLabel* FindingDetail::monoText(const QString& text, bool key, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setFont(m_theme.mono());
    if (key) {
        label->setForegroundRole(QPalette::PlaceholderText);
    } else {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    return label;
}

int FindingDetail::across() const {
    return viewport()->width() >= m_theme.px(480) ? 2 : 1;
}

void FindingDetail::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    if (m_finding && across() != m_across)
        rebuild();
}

void FindingDetail::addEvidence(QVBoxLayout& column, QWidget& parent) {
    column.addSpacing(m_theme.px(8));
    column.addWidget(
        new Label(tr("Evidence"), m_theme, Theme::Size::Small, false, Label::Ink::Text2, &parent));
    // Side by side where two fit, so that lines meet their like.
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(m_theme.px(8));
    grid->setVerticalSpacing(m_theme.px(8));
    for (std::size_t i = 0; i < m_finding->evidence.size(); ++i) {
        const Evidence& evidence = m_finding->evidence[i];
        const Origin origin = m_bridge.origin(evidence.origin);
        auto* box = new QWidget(&parent);
        box->setAutoFillBackground(true);
        box->setBackgroundRole(QPalette::Window);
        QPalette raised = box->palette();
        raised.setColor(QPalette::Window, m_theme.tokens().raised);
        box->setPalette(raised);
        auto* inner = new QVBoxLayout(box);
        inner->setContentsMargins(m_theme.px(8), m_theme.px(8), m_theme.px(8), m_theme.px(8));
        inner->setSpacing(m_theme.px(4));
        auto* head = new QHBoxLayout;
        head->setSpacing(m_theme.px(6));
        head->addWidget(new PathMark(EngineBridge::pathNumber(origin.id), m_theme, box));
        auto* name = new Label(toText(origin.shortName()), m_theme, Theme::Size::Small, true,
                               Label::Ink::Text, box);
        name->setElided(true);
        name->setToolTip(plainToolTip(toText(origin.name())));
        head->addWidget(name, 1);
        if (evidence.time != 0) {
            head->addWidget(new Label(formatClock(evidence.time), m_theme, Theme::Size::Tiny, false,
                                      Label::Ink::Text2, box));
        }
        inner->addLayout(head);
        auto* facts = new QGridLayout;
        facts->setHorizontalSpacing(m_theme.px(12));
        facts->setVerticalSpacing(m_theme.px(2));
        facts->setColumnStretch(1, 1);
        int row = 0;
        for (const Fact& fact : factsOf(evidence)) {
            facts->addWidget(monoText(fact.key, true, box), row, 0, Qt::AlignTop);
            facts->addWidget(monoText(fact.value, false, box), row, 1);
            ++row;
        }
        inner->addLayout(facts);
        inner->addStretch(1);
        const int at = static_cast<int>(i);
        grid->addWidget(box, at / m_across, at % m_across);
    }
    for (int i = 0; i < std::min<int>(m_across, static_cast<int>(m_finding->evidence.size())); ++i)
        grid->setColumnStretch(i, 1);
    column.addLayout(grid);
}

} // namespace sightglass::ui
