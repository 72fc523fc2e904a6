// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/preferences.h"

#include <algorithm>

namespace sightglass::ui {

Preferences::Preferences(Memory memory) {
    if (memory == Memory::Kept)
        m_settings =
            std::make_unique<QSettings>(QStringLiteral("sightglass"), QStringLiteral("sightglass"));
}

QVariant Preferences::value(const QString& key, const QVariant& otherwise) const {
    return m_settings ? m_settings->value(key, otherwise) : otherwise;
}

void Preferences::set(const QString& key, const QVariant& value) {
    if (m_settings)
        m_settings->setValue(key, value);
}

Theme::Mode Preferences::themeMode() const {
    const QString mode = value(QStringLiteral("theme")).toString();
    if (mode == QLatin1String("light"))
        return Theme::Mode::Light;
    return mode == QLatin1String("dark") ? Theme::Mode::Dark : Theme::Mode::System;
}

void Preferences::setThemeMode(Theme::Mode mode) {
    set(QStringLiteral("theme"), mode == Theme::Mode::Light  ? QStringLiteral("light")
                                 : mode == Theme::Mode::Dark ? QStringLiteral("dark")
                                                             : QStringLiteral("system"));
}

int Preferences::textPercent() const {
    return std::clamp(value(QStringLiteral("textPercent"), 100).toInt(), 100, 200);
}

void Preferences::setTextPercent(int percent) {
    set(QStringLiteral("textPercent"), percent);
}

QStringList Preferences::targets() const {
    return value(QStringLiteral("targets")).toStringList();
}

void Preferences::addTarget(const QString& url) {
    QStringList all = targets();
    if (all.contains(url))
        return;
    all << url;
    set(QStringLiteral("targets"), all);
}

void Preferences::removeTarget(const QString& url) {
    QStringList all = targets();
    if (all.removeAll(url) > 0)
        set(QStringLiteral("targets"), all);
}

QByteArray Preferences::geometry() const {
    return value(QStringLiteral("window/geometry")).toByteArray();
}

void Preferences::setGeometry(const QByteArray& geometry) {
    set(QStringLiteral("window/geometry"), geometry);
}

QByteArray Preferences::layout() const {
    return value(QStringLiteral("window/layout")).toByteArray();
}

void Preferences::setLayout(const QByteArray& layout) {
    set(QStringLiteral("window/layout"), layout);
}

Grouping Preferences::grouping() const {
    const QString grouping = value(QStringLiteral("explorer/grouping")).toString();
    if (grouping == QLatin1String("path"))
        return Grouping::Path;
    return grouping == QLatin1String("name") ? Grouping::Name : Grouping::Service;
}

void Preferences::setGrouping(Grouping grouping) {
    set(QStringLiteral("explorer/grouping"), grouping == Grouping::Path ? QStringLiteral("path")
                                             : grouping == Grouping::Name
                                                 ? QStringLiteral("name")
                                                 : QStringLiteral("service"));
}

QByteArray Preferences::charts() const {
    return value(QStringLiteral("window/charts")).toByteArray();
}

void Preferences::setCharts(const QByteArray& charts) {
    set(QStringLiteral("window/charts"), charts);
}

} // namespace sightglass::ui
