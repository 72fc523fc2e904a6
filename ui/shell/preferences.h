// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QStringList>

#include <memory>

#include "ui/look/theme.h"
#include "ui/models/family_outline.h"

namespace sightglass::ui {

/// What the window remembers from one start to the next. A session that shall leave no trace (the
/// demo, a screenshot) reads nothing and writes nothing. Owned by app/window; GUI thread only.
class Preferences {
  public:
    enum class Memory { Kept, Nothing };
    explicit Preferences(Memory memory);

    [[nodiscard]] bool remembers() const { return m_settings != nullptr; }

    [[nodiscard]] Theme::Mode themeMode() const;
    void setThemeMode(Theme::Mode mode);
    [[nodiscard]] int textPercent() const;
    void setTextPercent(int percent);
    [[nodiscard]] QStringList targets() const;
    void addTarget(const QString& url);
    void removeTarget(const QString& url);
    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    /// Sizes of the Metrics page's panes, as MetricsPage::saveLayout() gave them.
    [[nodiscard]] QByteArray layout() const;
    void setLayout(const QByteArray& layout);
    /// What the explorer groups by.
    [[nodiscard]] Grouping grouping() const;
    void setGrouping(Grouping grouping);
    /// The charts of the Metrics page, as MetricsPage::saveCharts() gave them.
    [[nodiscard]] QByteArray charts() const;
    void setCharts(const QByteArray& charts);

  private:
    [[nodiscard]] QVariant value(const QString& key, const QVariant& otherwise = {}) const;
    void set(const QString& key, const QVariant& value);

    std::unique_ptr<QSettings> m_settings; ///< null: remembers nothing
};

} // namespace sightglass::ui
