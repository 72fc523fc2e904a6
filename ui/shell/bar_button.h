// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QVector>

#include <optional>

#include "core/model/finding.h"
#include "ui/look/theme.h"

namespace sightglass::ui {

/// A flat button of the page bar or status bar: words and severity lamps in a row. Its accessible
/// name is what it shows, in words. GUI thread only; `theme` outlives it.
class BarButton : public QAbstractButton {
    Q_OBJECT
  public:
    enum class Kind {
        Page,   ///< in the page bar; checked: bold, with an accent line below
        Bar,    ///< in the page bar
        Status, ///< in the status bar, small
    };
    enum class Ink { Normal, Quiet, Accent, Error, Warning, Note };

    struct Part {
        QString text;
        Ink ink = Ink::Normal;
        bool semiBold = false;
        std::optional<Severity> lamp; ///< painted before the text
        QString spoken;               ///< for screen readers instead of `text`
        enum class Mark { None, DotFilled, DotHollow, Chevron } mark = Mark::None;
    };

    BarButton(Kind kind, const Theme& theme, QWidget* parent = nullptr);

    void setParts(const QVector<Part>& parts);
    [[nodiscard]] const QVector<Part>& parts() const { return m_parts; }
    /// One part of plain words.
    void setWords(const QString& text, Ink ink = Ink::Normal);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    [[nodiscard]] QFont partFont(const Part& part) const;
    [[nodiscard]] int partWidth(const Part& part, bool widest) const;
    [[nodiscard]] int contentWidth(bool widest) const;
    [[nodiscard]] int lampSide() const;
    [[nodiscard]] QColor color(Ink ink) const;

    const Theme& m_theme;
    Kind m_kind;
    QVector<Part> m_parts;
};

/// Lamps for open findings: one part a severity that has any.
[[nodiscard]] QVector<BarButton::Part> lampParts(const FindingsSnapshot& findings);

} // namespace sightglass::ui
