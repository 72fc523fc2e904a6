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

/// What a path said, one fact a line, in the words of its configuration.
QString evidenceText(const Evidence& evidence) {
    QStringList lines;
    const auto add = [&](const char* key, const std::string& value) {
        if (!value.empty())
            lines.push_back(
                QStringLiteral("%1  %2").arg(QLatin1String(key), -11).arg(toText(value)));
    };
    add("type", typeInWords(evidence.type).toStdString());
    add("unit", evidence.unit);
    add("temporality", evidence.temporality);
    add("help", evidence.help);
    std::size_t shown = 0;
    for (const auto& [key, value] : evidence.labels) {
        if (++shown > labelsShown) {
            lines.push_back(
                FindingDetail::tr("and %1 more").arg(evidence.labels.size() - labelsShown));
            break;
        }
        lines.push_back(QStringLiteral("%1=\"%2\"").arg(toText(key), toText(value)));
    }
    if (!evidence.text.empty())
        lines.push_back(toText(evidence.text));
    return lines.join(u'\n');
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
        finding == m_finding ||
        (finding && m_finding && finding->key() == m_finding->key() &&
         finding->resolved == m_finding->resolved && finding->message == m_finding->message &&
         finding->evidence.size() == m_finding->evidence.size() &&
         std::equal(
             finding->evidence.begin(), finding->evidence.end(), m_finding->evidence.begin(),
             [](const auto& a, const auto& b) { return evidenceText(a) == evidenceText(b); }));
    m_finding = std::move(finding);
    if (!same)
        rebuild();
}

void FindingDetail::rebuild() {
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

void FindingDetail::addEvidence(QVBoxLayout& column, QWidget& parent) {
    column.addSpacing(m_theme.px(8));
    column.addWidget(
        new Label(tr("Evidence"), m_theme, Theme::Size::Small, false, Label::Ink::Text2, &parent));
    // Side by side where two fit, so that lines meet their like.
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(m_theme.px(8));
    grid->setVerticalSpacing(m_theme.px(8));
    constexpr int across = 2;
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
        auto* said = new QLabel(evidenceText(evidence), box);
        said->setTextFormat(Qt::PlainText);
        said->setFont(m_theme.mono());
        said->setWordWrap(true);
        said->setTextInteractionFlags(Qt::TextSelectableByMouse);
        inner->addWidget(said);
        inner->addStretch(1);
        const int at = static_cast<int>(i);
        grid->addWidget(box, at / across, at % across);
    }
    for (int i = 0; i < std::min<int>(across, static_cast<int>(m_finding->evidence.size())); ++i)
        grid->setColumnStretch(i, 1);
    column.addLayout(grid);
}

} // namespace sightglass::ui
