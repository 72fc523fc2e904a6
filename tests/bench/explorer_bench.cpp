// SPDX-License-Identifier: GPL-3.0-or-later
// The explorer with a hundred thousand metrics: what the worker needs to group them anew, to lay
// them out and to filter them, and how long the GUI thread is taken by each thing that it does with
// them, while points come in. QT_QPA_PLATFORM=offscreen explorer_bench
//
// A GUI step is the longest turn of the event loop, in processor time of the GUI thread, from the
// act until its result is shown and painted.
#include <benchmark/benchmark.h>

#include <QApplication>
#include <QLineEdit>
#include <QPixmap>
#include <QScrollBar>
#include <QThread>
#include <QTimer>
#include <QTreeView>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>

#include "core/catalog/families.h"
#include "ui/models/family_outline.h"
#include "ui/pages/metrics/explorer_pane.h"
#include "ui/shell/find_index.h"

namespace sightglass::ui {

namespace {

constexpr int metricCount = 100'000;

/// A catalog of a hundred thousand metrics of one page and twenty services, and what an engine
/// would publish of it each second.
class Source {
  public:
    explicit Source(OriginTable& origins)
        : m_page(origins.intern(OriginKind::Scrape, "http://127.0.0.1:9100/metrics")),
          m_catalog(origins) {
        for (int i = 0; i < metricCount; ++i)
            add(i);
    }

    void add(int i) {
        auto info = std::make_shared<MetricInfo>();
        info->id = MetricId{static_cast<std::uint32_t>(m_infos.size())};
        info->origin = m_page;
        auto resource = std::make_shared<Resource>();
        resource->isTarget = true;
        info->resource = std::move(resource);
        info->scope = std::make_shared<const Scope>();
        info->descriptor.name = "app" + std::to_string(i / 1000) + "_part" +
                                std::to_string(i % 1000 / 20) + "_metric_" + std::to_string(i) +
                                "_total";
        info->descriptor.description = "What this figure counts, said in a sentence of its own.";
        info->descriptor.type = MetricType::Sum;
        info->descriptor.monotonic = true;
        info->descriptor.temporality = Temporality::Cumulative;
        m_catalog.metricChanged(info, m_now);
        const std::string service = "service-" + std::to_string(i / 5000);
        const Attribute labels[] = {
            {"service_name", Value::string(service)},
            {"host_name", Value::string("workbench")},
            {"region", Value::string("north")},
        };
        const std::vector<Attribute> list(std::begin(labels), std::end(labels));
        m_catalog.seriesAdded({SeriesId{static_cast<std::uint32_t>(m_infos.size())}, info,
                               std::make_shared<const AttributeSet>(list)},
                              m_now);
        m_catalog.pointsWritten(info->id, m_now);
        m_infos.push_back(std::move(info));
    }

    /// A second later: a thousand points came, and one new metric.
    std::shared_ptr<const Analysis> next() {
        m_now += 2 * nsPerSecond;
        for (int i = 0; i < 1000; ++i) {
            m_at = (m_at + 97) % m_infos.size();
            m_catalog.pointsWritten(m_infos[m_at]->id, m_now);
        }
        add(metricCount + ++m_added);
        auto out = std::make_shared<Analysis>();
        out->generation = ++m_generation;
        out->catalog = m_catalog.snapshot();
        out->families = m_grouper.update(out->catalog);
        out->findings = std::make_shared<FindingsSnapshot>();
        out->comparer = m_comparer ? m_comparer : std::make_shared<PathComparer>(*out->catalog);
        m_comparer = out->comparer;
        // As the engine's analyst does: what was published goes on the thread that made it.
        std::erase_if(m_retired, [](const auto& retired) { return retired.use_count() == 1; });
        m_retired.push_back(out);
        return out;
    }

    [[nodiscard]] std::shared_ptr<const CatalogSnapshot> snapshot() const {
        return m_catalog.snapshot();
    }

  private:
    OriginId m_page;
    Catalog m_catalog;
    FamilyGrouper m_grouper;
    std::shared_ptr<const PathComparer> m_comparer;
    std::vector<std::shared_ptr<const MetricInfo>> m_infos;
    std::vector<std::shared_ptr<const Analysis>> m_retired;
    std::size_t m_at = 0;
    int m_added = 0;
    std::uint64_t m_generation = 0;
    TimeNs m_now = 1'700'000'000 * nsPerSecond;
};

struct Bench {
    Engine engine{EngineOptions{}};
    EngineBridge bridge{engine};
    Selection selection;
    Theme theme;
    Source source{engine.origins()};
};

/// main()'s: it ends before the application does.
Bench* theBench = nullptr;
Bench& bench() {
    return *theBench;
}

double threadMs() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Runs `act` in the event loop and on until `done`; the longest turn, in ms.
double longestTurn(const std::function<void()>& act, const std::function<bool()>& done) {
    double begun = threadMs();
    act();
    double longest = threadMs() - begun;
    for (int quiet = 0; quiet < 3;) {
        begun = threadMs();
        QCoreApplication::processEvents();
        longest = std::max(longest, threadMs() - begun);
        quiet = done() ? quiet + 1 : 0;
        QThread::usleep(500);
    }
    return longest;
}

void reportTurn(benchmark::State& state, double longest) {
    state.counters["gui_step_ms"] =
        std::max(longest, static_cast<double>(state.counters["gui_step_ms"]));
}

/// A pane in the size of the page at 1280x800, with everything shown.
struct Shown {
    ExplorerPane pane{bench().bridge, bench().selection, bench().theme};
    QTreeView& tree = *pane.findChild<QTreeView*>();
    QLineEdit& filter = *pane.findChild<QLineEdit*>();
    double opening = 0;

    explicit Shown(Grouping grouping = Grouping::Service) {
        pane.setGrouping(grouping);
        pane.resize(288, 734);
        pane.QWidget::show();
        const auto analysis = bench().source.next();
        opening = longestTurn([&] { pane.show(analysis); },
                              [this] { return pane.model().familyCount() >= metricCount; });
    }
    [[nodiscard]] std::function<bool()> upToDate() {
        return [this] { return pane.model().upToDate(); };
    }
};

void worker_groupsAll(benchmark::State& state) {
    const auto snapshot = bench().source.snapshot();
    for (auto _ : state)
        benchmark::DoNotOptimize(groupFamilies(*snapshot));
}

void worker_groupsTheNextSecond(benchmark::State& state) {
    FamilyGrouper grouper;
    grouper.update(bench().source.next()->catalog);
    for (auto _ : state) {
        state.PauseTiming();
        const auto analysis = bench().source.next();
        state.ResumeTiming();
        benchmark::DoNotOptimize(grouper.update(analysis->catalog));
    }
}

void worker_laysOutTheNextSecond(benchmark::State& state) {
    OutlineBuilder builder;
    OutlineBuilder::Request request;
    request.grouping = static_cast<Grouping>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        request.analysis = bench().source.next();
        state.ResumeTiming();
        benchmark::DoNotOptimize(builder.build(request));
    }
}

void worker_filters(benchmark::State& state) {
    OutlineBuilder builder;
    OutlineBuilder::Request request;
    request.analysis = bench().source.next();
    request.words = {"metric_7"};
    benchmark::DoNotOptimize(builder.build(request));
    int number = 0;
    for (auto _ : state) {
        request.words = {"metric_7" + std::to_string(number++ % 10)};
        benchmark::DoNotOptimize(builder.build(request));
    }
}

void worker_findIndex(benchmark::State& state) {
    const auto analysis = bench().source.next();
    for (auto _ : state)
        benchmark::DoNotOptimize(FindIndex(analysis));
}

void worker_finds(benchmark::State& state) {
    const FindIndex index(bench().source.next());
    for (auto _ : state)
        benchmark::DoNotOptimize(index.find(QStringLiteral("metric_99"), 50));
}

void gui_opens(benchmark::State& state) {
    for (auto _ : state) {
        const Shown shown(static_cast<Grouping>(state.range(0)));
        reportTurn(state, shown.opening);
    }
}

void gui_takesTheNextSecond(benchmark::State& state) {
    Shown shown;
    for (auto _ : state) {
        state.PauseTiming();
        const auto analysis = bench().source.next();
        state.ResumeTiming();
        reportTurn(state, longestTurn([&] { shown.pane.show(analysis); }, shown.upToDate()));
    }
}

void gui_filtersAsOneTypes(benchmark::State& state) {
    Shown shown;
    for (auto _ : state) {
        for (const char* typed : {"m", "me", "metric_7", "metric_77", ""}) {
            reportTurn(state, longestTurn([&] { shown.filter.setText(QString::fromLatin1(typed)); },
                                          shown.upToDate()));
        }
    }
}

void gui_regroups(benchmark::State& state) {
    Shown shown;
    for (auto _ : state) {
        for (const Grouping grouping : {Grouping::Path, Grouping::Name, Grouping::Service}) {
            reportTurn(state,
                       longestTurn([&] { shown.pane.setGrouping(grouping); }, shown.upToDate()));
        }
    }
}

void gui_selects(benchmark::State& state) {
    Shown shown;
    int number = 0;
    for (auto _ : state) {
        const int i = number++ % 900 * 101;
        const QString name =
            QStringLiteral("app%1_part%2_metric_%3_total").arg(i / 1000).arg(i % 1000 / 20).arg(i);
        reportTurn(state, longestTurn([&] { bench().selection.select(name); }, shown.upToDate()));
    }
}

void gui_scrollsAndPaints(benchmark::State& state) {
    Shown shown;
    // About as many open rows as open by themselves.
    shown.filter.setText(QStringLiteral("metric_77"));
    longestTurn([] {}, shown.upToDate());
    QPixmap picture(shown.pane.size());
    QScrollBar& bar = *shown.tree.verticalScrollBar();
    for (auto _ : state) {
        bar.setValue((bar.value() + 333) % std::max(bar.maximum(), 1));
        shown.pane.render(&picture);
    }
}

/// The worst that a user can ask for: all hundred thousand rows open.
void gui_opensAllBranches(benchmark::State& state) {
    Shown shown(Grouping::Name);
    for (auto _ : state) {
        reportTurn(state, longestTurn([&] { shown.tree.expandAll(); }, shown.upToDate()));
        shown.tree.collapseAll();
    }
}

BENCHMARK(worker_groupsAll)->Unit(benchmark::kMillisecond);
BENCHMARK(worker_groupsTheNextSecond)->Unit(benchmark::kMillisecond)->Iterations(20);
BENCHMARK(worker_laysOutTheNextSecond)
    ->Unit(benchmark::kMillisecond)
    ->DenseRange(0, 2)
    ->Iterations(8);
BENCHMARK(worker_filters)->Unit(benchmark::kMillisecond);
BENCHMARK(worker_findIndex)->Unit(benchmark::kMillisecond);
BENCHMARK(worker_finds)->Unit(benchmark::kMillisecond);
BENCHMARK(gui_opens)->Unit(benchmark::kMillisecond)->DenseRange(0, 2)->Iterations(3);
BENCHMARK(gui_takesTheNextSecond)->Unit(benchmark::kMillisecond)->Iterations(8);
BENCHMARK(gui_filtersAsOneTypes)->Unit(benchmark::kMillisecond)->Iterations(4);
BENCHMARK(gui_regroups)->Unit(benchmark::kMillisecond)->Iterations(3);
BENCHMARK(gui_selects)->Unit(benchmark::kMillisecond)->Iterations(50);
BENCHMARK(gui_scrollsAndPaints)->Unit(benchmark::kMillisecond);
BENCHMARK(gui_opensAllBranches)->Unit(benchmark::kMillisecond)->Iterations(3);

} // namespace

} // namespace sightglass::ui

int main(int argc, char** argv) {
    const QApplication application(argc, argv);
    sightglass::ui::Bench bench;
    sightglass::ui::theBench = &bench;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
