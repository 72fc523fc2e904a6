// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QFontInfo>
#include <QPalette>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "ui/look/style.h"
#include "ui/look/system_scheme.h"

// Q_INIT_RESOURCE must be called from outside any namespace.
static void initLookResource() {
    Q_INIT_RESOURCE(look);
}

namespace sightglass::ui {

namespace {

constexpr int bodyAt100 = 13;

int pixelsAt100(Theme::Size size) {
    switch (size) {
    case Theme::Size::Tiny:
        return 11;
    case Theme::Size::Small:
        return 12;
    case Theme::Size::Body:
        return bodyAt100;
    case Theme::Size::Pane:
        return 15;
    case Theme::Size::Subject:
        return 18;
    case Theme::Size::Start:
        return 24;
    }
    return bodyAt100;
}

/// The size the user's desktop asks for. Platforms without a desktop have a default that nobody
/// chose.
int systemBodyPx() {
    const QString platform = QGuiApplication::platformName();
    if (platform == QLatin1String("offscreen") || platform.startsWith(QLatin1String("minimal")))
        return bodyAt100;
    return QFontInfo(QGuiApplication::font()).pixelSize();
}

void loadFonts() {
    QFontDatabase::addApplicationFont(QStringLiteral(":/fonts/OpenSans-Regular.ttf"));
    QFontDatabase::addApplicationFont(QStringLiteral(":/fonts/OpenSans-Semibold.ttf"));
    // JetBrains Mono joins "://", "->" and "!=" into one sign each: right for an editor, wrong for
    // a label's value. Qt 6.4 cannot switch that feature off (OpenType tag "calt"), so the font is
    // loaded without it: a tag nobody asks for takes its place.
    QFile file(QStringLiteral(":/fonts/JetBrainsMono-Regular.ttf"));
    if (file.open(QIODevice::ReadOnly))
        QFontDatabase::addApplicationFontFromData(file.readAll().replace("calt", "xxxx"));
}

QPalette paletteOf(const Tokens& t) {
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.window);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.text2);
    p.setColor(QPalette::Button, t.surface);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.error);
    p.setColor(QPalette::Highlight, t.selected);
    p.setColor(QPalette::HighlightedText, t.text);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::Light, t.surface);
    p.setColor(QPalette::Midlight, t.raised);
    p.setColor(QPalette::Mid, t.border);
    p.setColor(QPalette::Dark, t.control);
    p.setColor(QPalette::Shadow, t.border);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText,
                            QPalette::HighlightedText, QPalette::ToolTipText})
        p.setColor(QPalette::Disabled, role, t.control);
    return p;
}

} // namespace

Theme::Theme(QObject* parent) : QObject(parent) {
    initLookResource();
    loadFonts();
    const QPalette before = QGuiApplication::palette();
    m_systemIsDark =
        before.color(QPalette::Window).lightness() < before.color(QPalette::WindowText).lightness();
    m_bodyPx = std::max(bodyAt100, systemBodyPx());
    QApplication::setStyle(new Style);
    apply();
    watchSystem();
}

Theme::~Theme() = default;

const Tokens& Theme::tokens() const {
    return isDark() ? Tokens::dark() : Tokens::light();
}

bool Theme::isDark() const {
    return m_mode == Mode::System ? m_systemIsDark : m_mode == Mode::Dark;
}

void Theme::setMode(Mode mode) {
    if (mode == m_mode)
        return;
    const bool wasDark = isDark();
    m_mode = mode;
    if (isDark() != wasDark)
        apply();
}

void Theme::setTextPercent(int percent) {
    percent = std::clamp(percent, 100, 200);
    if (percent == m_textPercent)
        return;
    m_textPercent = percent;
    apply();
}

int Theme::px(int at100) const {
    return static_cast<int>(
        std::lround(static_cast<double>(at100) * m_bodyPx * m_textPercent / (bodyAt100 * 100.0)));
}

QFont Theme::font(Size size, bool semiBold) const {
    QFont font(QStringLiteral("Open Sans"));
    font.setPixelSize(px(pixelsAt100(size)));
    font.setWeight(semiBold ? QFont::DemiBold : QFont::Normal);
    return font;
}

QFont Theme::mono() const {
    QFont font(QStringLiteral("JetBrains Mono"));
    font.setPixelSize(px(12));
    font.setStyleHint(QFont::Monospace);
    return font;
}

void Theme::apply() {
    if (auto* style = qobject_cast<Style*>(QApplication::style()))
        style->setLook(tokens(),
                       static_cast<double>(m_bodyPx) * m_textPercent / (bodyAt100 * 100.0));
    const QPalette palette = paletteOf(tokens());
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    const QFont body = font(Size::Body);
    QApplication::setFont(body);
    QToolTip::setFont(body);
    emit changed();
}

void Theme::watchSystem() {
    auto* system = new SystemScheme(this);
    connect(system, &SystemScheme::answered, this, [this](bool dark) {
        if (dark == m_systemIsDark)
            return;
        m_systemIsDark = dark;
        if (m_mode == Mode::System)
            apply();
    });
    system->watch();
}

} // namespace sightglass::ui
