// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/system_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFileInfo>

#include <optional>

namespace sightglass::ui {

namespace {

constexpr auto service = "org.freedesktop.portal.Desktop";
constexpr auto path = "/org/freedesktop/portal/desktop";
constexpr auto interface = "org.freedesktop.portal.Settings";
constexpr auto appearance = "org.freedesktop.appearance";
constexpr auto colorScheme = "color-scheme";

/// XDG portal, Settings: 0 no preference, 1 dark, 2 light. Read() wraps its answer twice.
std::optional<bool> darkFrom(QVariant value) {
    for (int depth = 0; depth < 3 && value.canConvert<QDBusVariant>(); ++depth)
        value = value.value<QDBusVariant>().variant();
    switch (value.toUInt()) {
    case 1:
        return true;
    case 2:
        return false;
    default:
        return std::nullopt;
    }
}

/// Without an address libdbus would start a bus of its own, and wait for it.
bool busIsThere() {
    if (!qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS"))
        return true;
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !runtime.isEmpty() && QFileInfo::exists(runtime + QStringLiteral("/bus"));
}

} // namespace

void SystemScheme::watch() {
    if (!busIsThere())
        return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(service, path, interface, QStringLiteral("SettingChanged"), this,
                SLOT(portalSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage read =
        QDBusMessage::createMethodCall(service, path, interface, QStringLiteral("Read"));
    read << QString::fromLatin1(appearance) << QString::fromLatin1(colorScheme);
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(read, 3000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        watcher->deleteLater();
        if (reply.isError())
            return;
        if (const auto dark = darkFrom(reply.value().variant()))
            emit answered(*dark);
    });
}

void SystemScheme::portalSettingChanged(const QString& space, const QString& key,
                                        const QDBusVariant& value) {
    if (space != QLatin1String(appearance) || key != QLatin1String(colorScheme))
        return;
    if (const auto dark = darkFrom(value.variant()))
        emit answered(*dark);
}

} // namespace sightglass::ui
