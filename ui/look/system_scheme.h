// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace sightglass::ui {

/// Asks the desktop whether it is dark, and hears when that changes. What is the platform's own
/// lies in the .cpp file. Answers come later or never: until then, and without a desktop that
/// knows, the palette the program was started with decides. GUI thread only.
class SystemScheme : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    /// Begins to ask and to listen. Never waits for the desktop.
    void watch();

  signals:
    void answered(bool dark);

  private slots:
    void portalSettingChanged(const QString& space, const QString& key, const QDBusVariant& value);
};

} // namespace sightglass::ui
