// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics/first_selection.h"

#include <array>

#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

constexpr std::size_t suspectsLookedAt = 64;
constexpr TimeNs lookBack = 300 * nsPerSecond;
constexpr int lookEveryMs = 500;

} // namespace

QString mostFalseResets(const SeriesReader& reader, const FalseCounters& counters) {
    QString worst;
    std::uint32_t most = 0;
    for (const auto& [family, metric] : counters.suspects) {
        std::uint32_t resets = 0;
        for (const SeriesInfo& series : reader.seriesOf(metric)) {
            std::array<Column, 1> all;
            reader.columns(series.id, Field::Value, counters.range, all);
            resets += all[0].resets;
        }
        if (resets > most) {
            most = resets;
            worst = family;
        }
    }
    return worst;
}

FirstSelection::FirstSelection(EngineBridge& bridge, Selection& selection, QObject* parent)
    : QObject(parent),
      m_bridge(bridge),
      m_selection(selection),
      m_harm([&reader = bridge.reader()](
                 const FalseCounters& counters) { return mostFalseResets(reader, counters); },
             [this](const QString& family) {
                 if (!family.isEmpty())
                     suggest(Step::Harm, family);
             }) {
    m_look.setSingleShot(true);
    m_look.setInterval(lookEveryMs);
    connect(&m_look, &QTimer::timeout, this, &FirstSelection::lookForHarm);
    connect(&bridge, &EngineBridge::samplesArrived, this, [this] {
        if (m_step == Step::Error && !m_look.isActive())
            m_look.start();
    });
    connect(&bridge, &EngineBridge::analysisChanged, this, [this] { show(m_bridge.analysis()); });
    show(bridge.analysis());
}

void FirstSelection::suggest(Step step, const QString& family) {
    if (step <= m_step || m_selection.userHasChosen())
        return;
    m_step = step;
    m_selection.suggest(family);
}

void FirstSelection::show(const std::shared_ptr<const Analysis>& analysis) {
    m_analysis = analysis;
    if (m_selection.userHasChosen())
        return;
    // Findings come worst first; the last step wins, so the order here is that of the steps.
    for (const auto& family : analysis->families) {
        if (!family->synthetic) {
            suggest(Step::Metric, toText(family->name));
            break;
        }
    }
    for (const auto& finding : analysis->findings->findings) {
        if (finding->resolved || finding->metric.empty())
            continue;
        suggest(finding->severity == Severity::Error     ? Step::Error
                : finding->severity == Severity::Warning ? Step::Warning
                                                         : Step::Note,
                toText(finding->metric));
        break;
    }
}

void FirstSelection::lookForHarm() {
    if (m_step != Step::Error || m_selection.userHasChosen())
        return;
    FalseCounters counters;
    const TimeNs now = m_bridge.engine().clock().now();
    counters.range = {now - lookBack, now};
    // Both lists may be long; a family is looked up only for the few findings that are looked at.
    for (const auto& finding : m_analysis->findings->findings) {
        if (counters.suspects.size() >= suspectsLookedAt)
            break;
        if (finding->resolved || finding->rule != "type-mismatch")
            continue;
        for (const auto& family : m_analysis->families) {
            if (family->name != finding->metric)
                continue;
            for (const FamilyPath& path : family->paths) {
                for (const auto& metric : path.metrics) {
                    const Descriptor& descriptor = metric->info->descriptor;
                    if (descriptor.type == MetricType::Sum && descriptor.monotonic &&
                        descriptor.temporality != Temporality::Delta)
                        counters.suspects.emplace_back(toText(family->name), metric->info->id);
                }
            }
            break;
        }
    }
    if (!counters.suspects.empty())
        m_harm.ask(std::move(counters));
}

} // namespace sightglass::ui
