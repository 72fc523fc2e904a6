// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/analysis_builder.h"
#include "ui/models/family_model.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::AnalysisBuilder;
using sightglass::test::FoundingStory;

namespace {

/// The shown tree, a line a row, set in by depth: "demo-app 27".
QStringList outline(const FamilyModel& model, const QModelIndex& above = {}, int depth = 0) {
    QStringList lines;
    for (int row = 0; row < model.rowCount(above); ++row) {
        const QModelIndex index = model.index(row, 0, above);
        QString line = QString(depth, u' ') + index.data().toString();
        if (!model.familyAt(index))
            line += QStringLiteral(" %1").arg(index.data(FamilyModel::CountRole).toInt());
        lines << line << outline(model, index, depth + 1);
    }
    return lines;
}

QVector<TypeBadge> badgesOf(const FamilyModel& model, const QString& family) {
    return model.indexOfFamily(family).data(FamilyModel::BadgesRole).value<QVector<TypeBadge>>();
}

} // namespace

class FamilyModelTest : public QObject {
    Q_OBJECT

  private slots:
    void groupsByServiceAndPrefix() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        const OriginId page = builder.page("http://127.0.0.1:9100/metrics");
        for (const char* name :
             {"shop_cart_items", "shop_cart_size", "shop_cart_total", "shop_http_errors",
              "shop_http_requests", "shop_http_time", "shop_uptime"})
            builder.addToPage(page, name, MetricType::Gauge, false, "", {{"service_name", "shop"}});
        builder.addToPage(page, "up", MetricType::Gauge, false, "", {}, true);
        FamilyModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAnalysis(builder.build());
        QCOMPARE(outline(model), QStringList({"shop 7", " shop_cart_ 3", "  items", "  size",
                                              "  total", " shop_http_ 3", "  errors", "  requests",
                                              "  time", " shop_uptime", "scraping 1", " up"}));
        QCOMPARE(model.familyCount(), 7);
    }

    void keepsOneGroupWhereWordsDoNotSplitIt() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory(builder).exposeApp();
        FamilyModel model;
        model.setAnalysis(builder.build());
        QCOMPARE(model.rowCount(), 1);
        const QModelIndex service = model.index(0, 0);
        QCOMPARE(model.rowCount(service), 1);
        QCOMPARE(model.index(0, 0, service).data().toString(), "demo_app_go_");
        QCOMPARE(model.rowCount(model.index(0, 0, service)), 27);
    }

    void showsOneBadgeWhilePathsAgree() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory story(builder);
        story.pushOtlp();
        story.exposeApp();
        FamilyModel model;
        model.setAnalysis(builder.build());
        QCOMPARE(model.familyCount(), 27);
        // An up-down sum of OTLP is the gauge of a page: nothing to report.
        QCOMPARE(badgesOf(model, "demo_app_go_heap_alloc").size(), 1);
        QVERIFY(!badgesOf(model, "demo_app_go_heap_alloc").front().odd);
    }

    void marksTheGroupWithWhatAllItsFamiliesHave() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory story(builder);
        story.pushOtlp();
        story.exposeApp();
        story.exposeCollector();
        FamilyModel model;
        model.setAnalysis(builder.build());
        const QModelIndex group = model.index(0, 0, model.index(0, 0));
        QCOMPARE(group.data(FamilyModel::MarkRole).toInt(), static_cast<int>(Severity::Error));
        const QModelIndex family = model.indexOfFamily("demo_app_go_heap_alloc");
        QVERIFY(family.isValid());
        QVERIFY(!family.data(FamilyModel::MarkRole).isValid());
        const auto badges = badgesOf(model, "demo_app_go_heap_alloc");
        QCOMPARE(badges.size(), 2);
        QVERIFY(!badges[0].odd);
        QVERIFY(badges[1].odd);
        QCOMPARE(badges[1].monotonic, true);
        QCOMPARE(family.data(FamilyModel::SeriesRole).toInt(), 3);
    }

    void marksTheRowWhereOnlySomeHaveIt() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory story(builder);
        story.exposeApp();
        const OriginId relay = builder.page("http://127.0.0.1:8889/metrics");
        for (const std::string& name : FoundingStory::names()) {
            const bool odd = name == "sys";
            builder.addToPage(relay, "demo_app_go_" + name,
                              odd ? MetricType::Sum : MetricType::Gauge, odd,
                              FoundingStory::help(name), {{"app_name", "demo-app"}});
        }
        FamilyModel model;
        model.setAnalysis(builder.build());
        const QModelIndex group = model.index(0, 0, model.index(0, 0));
        QVERIFY(!group.data(FamilyModel::MarkRole).isValid());
        QCOMPARE(group.data(FamilyModel::WorstRole).toInt(), static_cast<int>(Severity::Error));
        QCOMPARE(model.indexOfFamily("demo_app_go_sys").data(FamilyModel::MarkRole).toInt(),
                 static_cast<int>(Severity::Error));
        QVERIFY(!model.indexOfFamily("demo_app_go_frees").data(FamilyModel::MarkRole).isValid());
        const QString spoken =
            model.indexOfFamily("demo_app_go_sys").data(Qt::AccessibleTextRole).toString();
        QCOMPARE(spoken, "sys, error: gauge on path 1, counter on path 2");
    }

    void saysUnitsAsPeopleDo() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        const OriginId otlp = builder.otlp();
        builder.addOtlp(otlp, "pool.size", MetricType::Gauge, false, "By", "", {});
        builder.addOtlp(otlp, "pool.users", MetricType::Gauge, false, "{user}", "", {});
        FamilyModel model;
        model.setAnalysis(builder.build());
        QCOMPARE(model.indexOfFamily("pool_size_bytes").data(FamilyModel::UnitRole).toString(),
                 "bytes");
        QCOMPARE(model.indexOfFamily("pool_users").data(FamilyModel::UnitRole).toString(), "user");
    }

    void keepsIndexesWhenMoreArrives() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory story(builder);
        story.exposeApp();
        FamilyModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAnalysis(builder.build());
        const QPersistentModelIndex kept = model.indexOfFamily("demo_app_go_next_gc");
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy moved(&model, &QAbstractItemModel::layoutChanged);
        const OriginId page = builder.page("http://127.0.0.1:17000/metrics");
        const MetricId extra = builder.addToPage(page, "demo_app_go_extra", MetricType::Gauge,
                                                 false, "", {{"service_name", "demo-app"}});
        model.setAnalysis(builder.build());
        QCOMPARE(resets.count(), 0);
        QCOMPARE(moved.count(), 1);
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data(FamilyModel::NameRole).toString(), "demo_app_go_next_gc");
        builder.remove(extra);
        model.setAnalysis(builder.build());
        QCOMPARE(resets.count(), 0);
        QCOMPARE(model.familyCount(), 27);
        QCOMPARE(kept.data(FamilyModel::NameRole).toString(), "demo_app_go_next_gc");
    }

    void filters_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<int>("shown");
        QTest::newRow("nothing") << "" << 27;
        QTest::newRow("name") << "heap" << 6;
        QTest::newRow("any case") << "HEAP" << 6;
        QTest::newRow("two words, both") << "heap alloc" << 1;
        QTest::newRow("label key") << "telemetry_sdk" << 27;
        QTest::newRow("help") << "figure sys" << 7;
        QTest::newRow("no such") << "zebra" << 0;
    }
    void filters() {
        QFETCH(QString, filter);
        QFETCH(int, shown);
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory(builder).exposeApp();
        FamilyModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAnalysis(builder.build());
        model.setFilter(filter);
        QCOMPARE(model.shownCount(), shown);
        QCOMPARE(model.rowCount(), shown == 0 ? 0 : 1);
        model.setFilter({});
        QCOMPARE(model.shownCount(), 27);
    }

    void takesTheUsersReference() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory story(builder);
        story.exposeApp();
        story.exposeCollector();
        FamilyModel model;
        model.setAnalysis(builder.build());
        model.setReference(builder.page("http://127.0.0.1:8889/metrics"));
        const auto badges = badgesOf(model, "demo_app_go_sys");
        QCOMPARE(badges.size(), 2);
        QVERIFY(badges[0].monotonic);
        QVERIFY(badges[1].odd);
        QVERIFY(!badges[1].monotonic);
    }

    void saysOnlyWhatLooksAnother() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory(builder).exposeApp();
        FamilyModel model;
        model.setAnalysis(builder.build());
        QSignalSpy moved(&model, &QAbstractItemModel::layoutChanged);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        builder.seen("demo_app_go_sys");
        model.setAnalysis(builder.build());
        QCOMPARE(changed.count(), 0);
        builder.addSeries("demo_app_go_sys");
        model.setAnalysis(builder.build());
        QCOMPARE(moved.count(), 0);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].toModelIndex().data(FamilyModel::NameRole).toString(),
                 "demo_app_go_sys");
        QCOMPARE(model.indexOfFamily("demo_app_go_sys").data(FamilyModel::SeriesRole).toInt(), 2);
    }

    void groupsByPath() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory story(builder);
        story.exposeApp();
        story.exposeCollector();
        FamilyModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setGrouping(Grouping::Path);
        model.setAnalysis(builder.build());
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, 0).data().toString(), "scrape :17000");
        QCOMPARE(model.index(1, 0).data(FamilyModel::PathRole).toInt(), 2);
        QCOMPARE(model.index(1, 0).data(Qt::AccessibleTextRole).toString(),
                 "path 2, scrape http://127.0.0.1:8889/metrics, 27 metrics, worst: error");
        QCOMPARE(model.familyCount(), 27);
        QCOMPARE(model.shownCount(), 27);
        // Each row says what its own path says.
        const OriginId relay = builder.page("http://127.0.0.1:8889/metrics");
        const QModelIndex there = model.indexOfFamily("demo_app_go_sys", relay);
        const auto badges = there.data(FamilyModel::BadgesRole).value<QVector<TypeBadge>>();
        QCOMPARE(badges.size(), 1);
        QVERIFY(badges[0].monotonic);
        QVERIFY(badges[0].odd);
        QVERIFY(!badgesOf(model, "demo_app_go_sys").front().odd);
        QCOMPARE(there.data(FamilyModel::SeriesRole).toInt(), 1);
        QVERIFY(model.sparklineKey(there) !=
                model.sparklineKey(model.indexOfFamily("demo_app_go_sys")));
        model.setFilter("heap");
        QCOMPARE(model.shownCount(), 6);
        QCOMPARE(model.index(1, 0).data(FamilyModel::CountRole).toInt(), 6);
    }

    void groupsByTheWordsOfNames() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        const OriginId page = builder.page("http://127.0.0.1:9100/metrics");
        int service = 0;
        for (const char* name :
             {"http_client_calls", "http_client_errors", "http_client_time", "http_server_calls",
              "http_server_errors", "http_server_time_a", "http_server_time_b",
              "http_server_time_c", "http_proxy_a", "http_proxy_b", "http_open", "http_shut",
              "http_idle", "http_busy", "jvm_gc_a", "jvm_gc_b", "jvm_gc_c", "shop_a", "uptime"})
            builder.addToPage(page, name, MetricType::Gauge, false, "",
                              {{"service_name", "s" + std::to_string(service++ % 3)}});
        FamilyModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setGrouping(Grouping::Name);
        model.setAnalysis(builder.build());
        QCOMPARE(
            outline(model),
            QStringList({"http_ 14", " client_ 3", "  calls",  "  errors", "  time",   " server_ 5",
                         "  calls",  "  errors",   "  time_a", "  time_b", "  time_c", " busy",
                         " idle",    " open",      " proxy_a", " proxy_b", " shut",    "jvm_gc_ 3",
                         " a",       " b",         " c",       "shop_a",   "uptime"}));
        QCOMPARE(model.index(0, 0, model.index(0, 0)).data(FamilyModel::NameRole).toString(),
                 "http_client_");
    }

    void keepsIndexesFromGroupingToFilterAndBack() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory(builder).exposeApp();
        FamilyModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAnalysis(builder.build());
        const QPersistentModelIndex kept = model.indexOfFamily("demo_app_go_heap_sys");
        for (const Grouping grouping : {Grouping::Name, Grouping::Path, Grouping::Service}) {
            model.setGrouping(grouping);
            model.setFilter("heap");
            QCOMPARE(model.shownCount(), 6);
            model.setFilter({});
            QCOMPARE(kept.data(FamilyModel::NameRole).toString(), "demo_app_go_heap_sys");
        }
    }

    void oneHundredThousandFamilies_data() {
        QTest::addColumn<QString>("step");
        for (const char* step : {"first", "again", "filter", "unfilter"})
            QTest::newRow(step) << step;
    }
    void oneHundredThousandFamilies() {
        QFETCH(QString, step);
        static OriginTable origins;
        static AnalysisBuilder builder(origins);
        static const auto analyses = [] {
            const OriginId page = builder.page("http://127.0.0.1:1/metrics");
            for (int i = 0; i < 100'000; ++i) {
                builder.addToPage(page,
                                  "app" + std::to_string(i / 1000) + "_part" +
                                      std::to_string(i % 1000 / 20) + "_metric_" +
                                      std::to_string(i),
                                  MetricType::Gauge, false, "What this figure says, in a sentence.",
                                  {{"service_name", "svc"}, {"host_name", "h"}, {"region", "r"}});
            }
            auto first = builder.build();
            builder.addToPage(page, "app5_part1_new", MetricType::Gauge, false, "", {});
            return std::pair(first, builder.build());
        }();
        // What the caller waits for is only the asking; the rows come from a worker.
        FamilyModel model;
        const auto timed = [&](const auto& ask) {
            QBENCHMARK_ONCE {
                ask();
            }
            QTRY_VERIFY(model.upToDate());
        };
        if (step == "first") {
            timed([&] { model.setAnalysis(analyses.first); });
        } else {
            model.setAnalysis(analyses.first);
            QTRY_VERIFY(model.upToDate());
        }
        QVERIFY(!model.opensByItself(model.index(0, 0, model.index(0, 0))));
        if (step == "again") {
            timed([&] { model.setAnalysis(analyses.second); });
        } else if (step == "filter") {
            timed([&] { model.setFilter("metric_777"); });
            QCOMPARE(model.shownCount(), 111);
            QVERIFY(model.opensByItself(model.index(0, 0, model.index(0, 0))));
        } else if (step == "unfilter") {
            model.setFilter("metric_777");
            timed([&] { model.setFilter({}); });
        }
        QCOMPARE(model.familyCount(), step == "again" ? 100'001 : 100'000);
    }
};

QTEST_GUILESS_MAIN(FamilyModelTest)
#include "family_model_test.moc"
