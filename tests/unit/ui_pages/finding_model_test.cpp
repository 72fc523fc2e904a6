// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/analysis_builder.h"
#include "ui/models/finding_model.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::AnalysisBuilder;
using sightglass::test::FoundingStory;

namespace {

QString cell(const FindingModel& model, int group, int column) {
    return model.index(group, column).data().toString();
}

/// An analysis with nothing but these findings.
std::shared_ptr<const Analysis> only(std::vector<Finding> findings) {
    auto snapshot = std::make_shared<FindingsSnapshot>();
    for (Finding& finding : findings)
        snapshot->findings.push_back(std::make_shared<const Finding>(std::move(finding)));
    auto out = std::make_shared<Analysis>();
    out->catalog = std::make_shared<const CatalogSnapshot>();
    out->findings = std::move(snapshot);
    return out;
}

Finding finding(const std::string& rule, Severity severity, const std::string& metric,
                std::vector<std::uint32_t> origins) {
    Finding out;
    out.rule = rule;
    out.severity = severity;
    out.metric = metric;
    out.message = metric + " is not as it was";
    for (const std::uint32_t origin : origins)
        out.origins.push_back(OriginId{origin});
    return out;
}

} // namespace

class FindingModelTest : public QObject {
    Q_OBJECT

  private slots:
    void groupsTheFoundingStory() {
        OriginTable origins;
        AnalysisBuilder builder(origins);
        FoundingStory story(builder);
        story.pushOtlp();
        story.exposeApp();
        story.exposeCollector();
        FindingModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAnalysis(builder.build());
        QCOMPARE(cell(model, 0, FindingModel::RuleColumn), "type-mismatch");
        QCOMPARE(cell(model, 0, FindingModel::WhatColumn), "27 metrics");
        QCOMPARE(cell(model, 0, FindingModel::DetailColumn), "gauge, then counter");
        QCOMPARE(model.rowCount(model.index(0, 0)), 27);
        const auto paths = model.index(0, 0).data(FindingModel::PathsRole).value<PathMarks>();
        QCOMPARE(paths.from, std::vector<int>({1, 2}));
        QCOMPARE(paths.to, std::vector<int>({3}));
        QCOMPARE(paths.spoken(), "paths 1 and 2 to 3");

        // Two paths have what the third lost: two findings, one row.
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(cell(model, 1, FindingModel::RuleColumn), "missing-resource-labels");
        QCOMPARE(cell(model, 1, FindingModel::WhatColumn), "6 labels, 27 series");
        QCOMPARE(cell(model, 1, FindingModel::DetailColumn), "host_name, name, service_name, +3");
        QCOMPARE(model.index(1, 0).data(FindingModel::PathsRole).value<PathMarks>().spoken(),
                 "paths 1 and 2 to 3");
        QCOMPARE(model.rowCount(model.index(1, 0)), 2);
        QCOMPARE(model.openCount(Severity::Error), 27);
    }

    void aSingleFindingSpeaksForItsGroup() {
        FindingModel model;
        model.setAnalysis(only({finding("help-mismatch", Severity::Note, "queue_size", {0, 1})}));
        QCOMPARE(cell(model, 0, FindingModel::WhatColumn), "queue_size");
        QCOMPARE(cell(model, 0, FindingModel::DetailColumn), "queue_size is not as it was");
    }

    void standsWorstFirstAndResolvedLast() {
        FindingModel model;
        auto gone = finding("type-mismatch", Severity::Error, "gone", {0, 1});
        gone.resolved = true;
        model.setAnalysis(only({gone, finding("help-mismatch", Severity::Note, "a", {0, 1}),
                                finding("unit-mismatch", Severity::Warning, "b", {0, 1}),
                                finding("type-mismatch", Severity::Error, "c", {0, 1})}));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.openCount(), 3);
        QCOMPARE(model.resolvedCount(), 1);
        model.setResolvedShown(true);
        QStringList rules;
        for (int row = 0; row < model.rowCount(); ++row)
            rules << cell(model, row, FindingModel::RuleColumn);
        QCOMPARE(rules,
                 QStringList({"type-mismatch", "unit-mismatch", "help-mismatch", "type-mismatch"}));
        QVERIFY(model.index(3, 0).data(FindingModel::ResolvedRole).toBool());
    }

    void filters_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<int>("groups");
        QTest::newRow("nothing") << "" << 2;
        QTest::newRow("metric") << "QUEUE" << 1;
        QTest::newRow("rule") << "type-mis" << 1;
        QTest::newRow("message") << "not as it was" << 2;
        QTest::newRow("no such") << "zebra" << 0;
    }
    void filters() {
        QFETCH(QString, filter);
        QFETCH(int, groups);
        FindingModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAnalysis(only({finding("help-mismatch", Severity::Note, "queue_size", {0, 1}),
                                finding("type-mismatch", Severity::Error, "heap", {0, 1})}));
        model.setFilter(filter);
        QCOMPARE(model.rowCount(), groups);
        QCOMPARE(model.openCount(), 2);
        model.setFilter({});
        model.setSeverityShown(Severity::Error, false);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(cell(model, 0, FindingModel::RuleColumn), "help-mismatch");
    }

    void keepsIndexesWhenFindingsComeAndGo() {
        FindingModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto heap = finding("type-mismatch", Severity::Error, "heap", {0, 1});
        model.setAnalysis(only({heap}));
        const QPersistentModelIndex kept = model.index(0, 0, model.index(0, 0));
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setAnalysis(only({heap, finding("type-mismatch", Severity::Error, "alloc", {0, 1}),
                                finding("target-down", Severity::Error, "", {2}),
                                finding("help-mismatch", Severity::Note, "heap", {0, 1})}));
        QCOMPARE(resets.count(), 0);
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data().toString(), "heap");
        QCOMPARE(kept.row(), 1);
        const QString key = model.keyOf(kept);
        QCOMPARE(model.indexOfKey(key), QModelIndex(kept));
        model.setAnalysis(only({heap}));
        QCOMPARE(resets.count(), 0);
        QCOMPARE(kept.row(), 0);
    }

    void tellsAges() {
        FindingModel model;
        auto old = finding("type-mismatch", Severity::Error, "heap", {0, 1});
        old.lastSeen = 100 * nsPerSecond;
        model.setAnalysis(only({old}));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setNow(112 * nsPerSecond);
        QCOMPARE(cell(model, 0, FindingModel::LastSeenColumn), "12 s");
        QVERIFY(changed.count() > 0);
    }

    void oneHundredThousandFindings_data() {
        QTest::addColumn<QString>("step");
        for (const char* step : {"first", "again", "filter"})
            QTest::newRow(step) << step;
    }
    void oneHundredThousandFindings() {
        QFETCH(QString, step);
        std::vector<Finding> many;
        many.reserve(100'000);
        for (std::uint32_t i = 0; i < 100'000; ++i)
            many.push_back(finding("type-mismatch", Severity::Error,
                                   "application_part_metric_" + std::to_string(100'000 + i),
                                   {0, 1}));
        const auto first = only(many);
        const auto second = only(many);
        FindingModel model;
        if (step == "first") {
            QBENCHMARK_ONCE {
                model.setAnalysis(first);
            }
        } else {
            model.setAnalysis(first);
        }
        if (step == "again") {
            QBENCHMARK_ONCE {
                model.setAnalysis(second);
            }
        } else if (step == "filter") {
            QBENCHMARK_ONCE {
                model.setFilter("metric_1777");
            }
        }
        QCOMPARE(model.openCount(), 100'000);
    }
};

QTEST_GUILESS_MAIN(FindingModelTest)
#include "finding_model_test.moc"
