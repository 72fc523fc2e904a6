// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/plot_family.h"

#include <algorithm>
#include <limits>

#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

const QString mimeType = QStringLiteral("application/x-sightglass-metric");

} // namespace

PlotFamily plotFamilyOf(const Family& family, OriginId reference, const EngineBridge& bridge) {
    PlotFamily plot;
    plot.name = toText(family.name);
    for (const FamilyPath& from : family.paths) {
        PlotPath path;
        path.origin = from.origin;
        path.number = EngineBridge::pathNumber(from.origin);
        path.name = toText(bridge.origin(from.origin).shortName());
        path.arrived = std::numeric_limits<TimeNs>::max();
        for (const auto& metric : from.metrics) {
            path.metrics.push_back(metric->info->id);
            path.arrived = std::min(path.arrived, metric->firstSeen);
        }
        plot.paths.push_back(std::move(path));
    }
    std::stable_partition(plot.paths.begin(), plot.paths.end(),
                          [&](const PlotPath& path) { return path.origin == reference; });
    return plot;
}

QString unitWord(const UnitStyle& style) {
    QString word = style.suffix;
    switch (style.kind) {
    case UnitStyle::Kind::Bytes:
        word = QStringLiteral("bytes");
        break;
    case UnitStyle::Kind::Seconds:
        word = QStringLiteral("seconds");
        break;
    case UnitStyle::Kind::Percent:
        word = QStringLiteral("percent");
        break;
    case UnitStyle::Kind::Plain:
        break;
    }
    if (!style.perSecond)
        return word;
    return word.isEmpty() ? QStringLiteral("per second") : word + QStringLiteral("/s");
}

std::unique_ptr<QMimeData> familiesAsMime(const QStringList& names) {
    auto data = std::make_unique<QMimeData>();
    data->setData(mimeType, names.join(u'\n').toUtf8());
    data->setText(names.join(u'\n'));
    return data;
}

QStringList familiesIn(const QMimeData* data) {
    if (data == nullptr || !data->hasFormat(mimeType))
        return {};
    return QString::fromUtf8(data->data(mimeType)).split(u'\n', Qt::SkipEmptyParts);
}

} // namespace sightglass::ui
