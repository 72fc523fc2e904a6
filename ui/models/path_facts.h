// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>
#include <QVector>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/families.h"
#include "core/diagnose/comparison.h"
#include "core/engine/engine.h"
#include "core/model/descriptor.h"

// What the paths of one family say of it, in the form that rows and marks need. Pure functions.
namespace sightglass::ui {

/// One square of a row: a type that some path says.
struct TypeBadge {
    MetricType type = MetricType::Unknown;
    bool monotonic = false;
    bool delta = false;
    bool odd = false; ///< disagrees with the reference path
    friend bool operator==(const TypeBadge&, const TypeBadge&) = default;
};

/// What compares the paths of this analysis; made here if the analysis was made by hand.
[[nodiscard]] std::shared_ptr<const PathComparer> comparerOf(const Analysis& analysis);

/// The path that the others are compared with: `chosen` if the family comes by it, else the one
/// with most resource labels, else the first. Invalid if the family has no path.
[[nodiscard]] OriginId referencePath(const Family& family, const PathComparer& comparer,
                                     OriginId chosen);

/// The types of a family, the reference's first: one square where all agree, else one a type.
[[nodiscard]] QVector<TypeBadge> typeBadges(const Family& family, OriginId reference);

/// "error: gauge on path 1, counter on path 3" without the severity: each type with its paths.
[[nodiscard]] QString typesInWords(const Family& family);

/// A word of typeWord(), or several with commas, as shown to people: "up-down sum".
[[nodiscard]] QString typeInWords(std::string_view word);

/// The first descriptor of a family on its reference path, for unit and help.
[[nodiscard]] const Descriptor* referenceDescriptor(const Family& family, OriginId reference);

[[nodiscard]] inline QString toText(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// A tool tip of text that came over the network: wrapped, and never taken for markup.
[[nodiscard]] QString plainToolTip(const QString& text);

/// Appends `text` in lower case, ASCII letters only.
void appendFolded(std::string& out, std::string_view text);
/// Whether `text` contains `needle`, which is in lower case. Only ASCII letters are folded: names,
/// keys and messages are ASCII but for the odd help text.
[[nodiscard]] bool containsFolded(std::string_view text, std::string_view needle);
/// The words of a filter in lower case; all must be found.
[[nodiscard]] std::vector<std::string> filterWords(const QString& filter);

} // namespace sightglass::ui

Q_DECLARE_METATYPE(sightglass::ui::TypeBadge)
