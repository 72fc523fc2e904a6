// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/path_facts.h"

#include <QStringList>

#include <algorithm>

#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::shared_ptr<const PathComparer> comparerOf(const Analysis& analysis) {
    return analysis.comparer ? analysis.comparer
                             : std::make_shared<PathComparer>(*analysis.catalog);
}

OriginId referencePath(const Family& family, const PathComparer& comparer, OriginId chosen) {
    OriginId best;
    std::size_t most = 0;
    for (const FamilyPath& path : family.paths) {
        if (chosen.valid() && path.origin == chosen)
            return chosen;
        const std::size_t labels =
            family.paths.size() > 1 ? comparer.resourceLabels(path).size() : 0;
        if (!best.valid() || labels > most) {
            best = path.origin;
            most = labels;
        }
    }
    return best;
}

const Descriptor* referenceDescriptor(const Family& family, OriginId reference) {
    const Descriptor* first = nullptr;
    for (const FamilyPath& path : family.paths) {
        if (path.metrics.empty())
            continue;
        if (path.origin == reference)
            return &path.metrics.front()->info->descriptor;
        if (first == nullptr)
            first = &path.metrics.front()->info->descriptor;
    }
    return first;
}

QVector<TypeBadge> typeBadges(const Family& family, OriginId reference) {
    std::vector<const Descriptor*> distinct;
    const auto add = [&](const Descriptor& descriptor) {
        for (const Descriptor*& known : distinct) {
            if (isSameType(*known, descriptor)) {
                // Unknown agrees with all; the first path that knows better speaks for both.
                if (known->type == MetricType::Unknown)
                    known = &descriptor;
                return;
            }
        }
        distinct.push_back(&descriptor);
    };
    for (const bool ofReference : {true, false}) {
        for (const FamilyPath& path : family.paths) {
            if ((path.origin == reference) != ofReference)
                continue;
            for (const auto& metric : path.metrics)
                add(metric->info->descriptor);
        }
    }
    QVector<TypeBadge> badges;
    for (const Descriptor* descriptor : distinct) {
        badges.push_back({descriptor->type, descriptor->monotonic,
                          descriptor->temporality == Temporality::Delta, !badges.isEmpty()});
    }
    return badges;
}

QString typesInWords(const Family& family) {
    struct Said {
        QString type;
        QStringList paths;
    };
    std::vector<Said> all;
    for (const FamilyPath& path : family.paths) {
        for (const auto& metric : path.metrics) {
            const Descriptor& descriptor = metric->info->descriptor;
            const QString type = typeText(descriptor.type, descriptor.monotonic);
            const QString number = QString::number(path.origin.value + 1);
            auto known = std::find_if(all.begin(), all.end(),
                                      [&](const Said& said) { return said.type == type; });
            if (known == all.end())
                known = all.insert(all.end(), Said{type, {}});
            if (!known->paths.contains(number))
                known->paths.push_back(number);
        }
    }
    QStringList parts;
    for (const Said& said : all) {
        parts.push_back(QStringLiteral("%1 on path%2 %3")
                            .arg(said.type, said.paths.size() > 1 ? QStringLiteral("s") : QString(),
                                 said.paths.join(QStringLiteral(" and "))));
    }
    return parts.join(QStringLiteral(", "));
}

QString typeInWords(std::string_view word) {
    QString text = toText(word);
    text.replace(QStringLiteral("up_down_sum"), QStringLiteral("up-down sum"));
    return text.replace(u'_', u' ');
}

QString plainToolTip(const QString& text) {
    if (text.isEmpty())
        return {};
    QString escaped = text.toHtmlEscaped();
    return QStringLiteral("<qt>%1</qt>").arg(escaped.replace(u'\n', QStringLiteral("<br>")));
}

void appendFolded(std::string& out, std::string_view text) {
    const std::size_t from = out.size();
    out.append(text);
    std::transform(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
                   out.begin() + static_cast<std::ptrdiff_t>(from), lower);
}

bool containsFolded(std::string_view text, std::string_view needle) {
    if (needle.empty())
        return true;
    if (needle.size() > text.size())
        return false;
    const char first = needle.front();
    const std::size_t last = text.size() - needle.size();
    for (std::size_t i = 0; i <= last; ++i) {
        if (lower(text[i]) != first)
            continue;
        std::size_t k = 1;
        while (k < needle.size() && lower(text[i + k]) == needle[k])
            ++k;
        if (k == needle.size())
            return true;
    }
    return false;
}

std::vector<std::string> filterWords(const QString& filter) {
    std::vector<std::string> words;
    for (const QString& word : filter.split(u' ', Qt::SkipEmptyParts)) {
        std::string folded = word.toStdString();
        std::transform(folded.begin(), folded.end(), folded.begin(), lower);
        words.push_back(std::move(folded));
    }
    return words;
}

} // namespace sightglass::ui
