// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

#include <functional>

// The keys that every pane with a list understands alike.
namespace sightglass::ui {

/// Ctrl+C and Ctrl+Shift+C of one widget: what is selected, as text and as JSON. Child of the
/// widget. It takes the keys before any shortcut of the window does, so an Edit menu may name the
/// same ones. GUI thread only.
class CopyKeys : public QObject {
    Q_OBJECT
  public:
    CopyKeys(QWidget* widget, std::function<void()> copyText, std::function<void()> copyJson);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    std::function<void()> m_copyText, m_copyJson;
};

/// A filter without a frame, above the list it filters. Esc clears it first and only then goes on
/// to the window; Down and Enter go to the list. GUI thread only.
class FilterField : public QLineEdit {
    Q_OBJECT
  public:
    explicit FilterField(QWidget* parent = nullptr);

  signals:
    void listWanted(); ///< Down or Enter: the list should take the focus

  protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace sightglass::ui
