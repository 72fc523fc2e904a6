// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/bridge/engine_bridge.h"
#include "ui/look/label.h"
#include "ui/look/theme.h"

class QComboBox;
class QLineEdit;
class QPushButton;
class QSlider;

// The window's small dialogs. All are opened without waiting (no nested event loop), owned by the
// window and destroyed when closed; GUI thread only.
namespace sightglass::ui {

class Preferences;

/// Asks for a URL to scrape, says what a short form means, and stays open with the reason if it
/// cannot be taken.
class AddTargetDialog : public QDialog {
    Q_OBJECT
  public:
    AddTargetDialog(EngineBridge& bridge, const Theme& theme, QWidget* parent);

    void accept() override;

  private:
    void showMeaning(const QString& typed);

    EngineBridge& m_bridge;
    QLineEdit* m_field;
    Label* m_hint;
    QPushButton* m_add;
};

/// Theme, text size, and how much memory the ring may take. Changes hold at once.
class SettingsDialog : public QDialog {
    Q_OBJECT
  public:
    SettingsDialog(EngineBridge& bridge, Theme& theme, Preferences& preferences, QWidget* parent);
};

/// Every command and its keys, in the order of the menus.
class ShortcutSheet : public QDialog {
    Q_OBJECT
  public:
    ShortcutSheet(const Theme& theme, QWidget* parent);
};

/// The manual: pages of resources/manual, which link to each other.
class ManualWindow : public QDialog {
    Q_OBJECT
  public:
    ManualWindow(const Theme& theme, QWidget* parent);
};

} // namespace sightglass::ui
