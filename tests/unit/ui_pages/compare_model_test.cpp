// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/analysis_builder.h"
#include "ui/models/compare_model.h"

using namespace sightglass;
using namespace sightglass::ui;
using sightglass::test::AnalysisBuilder;
using sightglass::test::FoundingStory;

namespace {

std::shared_ptr<const Family> familyOf(const Analysis& analysis, const std::string& name) {
    for (const auto& family : analysis.families) {
        if (family->name == name)
            return family;
    }
    return nullptr;
}

/// The shown rows, cells set apart by '|'.
QStringList lines(const CompareModel& model) {
    QStringList out;
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells << model.index(row, column).data().toString();
        while (!cells.isEmpty() && cells.last().isEmpty())
            cells.removeLast();
        out << cells.join(u'|');
    }
    return out;
}

struct Story {
    OriginTable origins;
    AnalysisBuilder builder{origins};
    FoundingStory story{builder};
    std::shared_ptr<const Analysis> analysis;

    explicit Story(bool otlp) {
        if (otlp)
            story.pushOtlp();
        story.exposeApp();
        story.exposeCollector();
        analysis = builder.build();
    }
    [[nodiscard]] std::shared_ptr<const Family> family() const {
        return familyOf(*analysis, "demo_app_go_heap_alloc");
    }
};

} // namespace

class CompareModelTest : public QObject {
    Q_OBJECT

  private slots:
    void showsWhatTheCollectorChangedAndLost() {
        const Story story(false);
        CompareModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(story.analysis, story.family(), {}, {});
        QCOMPARE(lines(model).mid(0, 8),
                 QStringList({"Type|gauge|counter", "Resource labels",
                              "host_name|workbench.local|missing", "name|maria|missing",
                              "service_name|demo-app|missing", "telemetry_sdk_language|go|missing",
                              "telemetry_sdk_name|opentelemetry|missing",
                              "telemetry_sdk_version|0.16.0|missing"}));
        QCOMPARE(model.differing(), 7);
        const QModelIndex lost = model.index(2, CompareModel::OtherColumn);
        QVERIFY(lost.data(CompareModel::LostRole).toBool());
        QVERIFY(lost.data(CompareModel::DiffersRole).toBool());
        QVERIFY(!model.index(0, CompareModel::OtherColumn).data(CompareModel::LostRole).toBool());
        QCOMPARE(model.index(0, 0).data(CompareModel::SeverityRole).toInt(),
                 static_cast<int>(Severity::Error));
    }

    void putsTheRichestPathFirstAndTheOddOneBesideIt() {
        const Story story(true);
        CompareModel model;
        model.show(story.analysis, story.family(), {}, {});
        QCOMPARE(model.paths().size(), 3);
        QCOMPARE(model.paths()[0].shortName(), "scrape :17000");
        QCOMPARE(model.paths()[1].shortName(), "scrape :8889");
        QCOMPARE(model.paths()[2].shortName(), "otlp-grpc");
        QCOMPARE(model.index(0, CompareModel::FirstFurtherColumn).data().toString(), "=");
        QVERIFY(!model.index(0, CompareModel::FirstFurtherColumn)
                     .data(CompareModel::DiffersRole)
                     .toBool());
    }

    void readsAgainstThePathThatTheUserPicks() {
        const Story story(true);
        CompareModel model;
        const OriginId otlp = story.analysis->catalog->origins[0].origin.id;
        const OriginId relay = story.analysis->catalog->origins[2].origin.id;
        model.show(story.analysis, story.family(), {}, otlp);
        QCOMPARE(model.paths()[1].id, otlp);
        QCOMPARE(model.index(0, CompareModel::FirstFurtherColumn).data().toString(), "\u2260");
        model.show(story.analysis, story.family(), relay, {});
        QCOMPARE(model.paths()[0].id, relay);
        QCOMPARE(model.index(0, CompareModel::ReferenceColumn).data().toString(), "counter");
    }

    void foldsWhatIsTheSame() {
        const Story story(false);
        CompareModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(story.analysis, story.family(), {}, {});
        const int folded = model.rowCount();
        QVERIFY(model.same() > 0);
        QCOMPARE(model.index(folded - 1, 0).data(CompareModel::KindRole).toInt(),
                 static_cast<int>(CompareModel::RowKind::Fold));
        QVERIFY(model.index(folded - 1, 0)
                    .data()
                    .toString()
                    .endsWith(model.same() == 1 ? "same row" : "same rows"));
        model.setFolded(false);
        QVERIFY(model.rowCount() >= folded + model.same());
        model.setFolded(true);
        QCOMPARE(model.rowCount(), folded);
    }

    void staysAsItIsWhenNothingChanged() {
        Story story(false);
        CompareModel model;
        model.show(story.analysis, story.family(), {}, {});
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        const auto again = story.builder.build();
        model.show(again, familyOf(*again, "demo_app_go_heap_alloc"), {}, {});
        QCOMPARE(resets.count(), 0);
        QCOMPARE(changes.count(), 0);
        model.show(again, nullptr, {}, {});
        QCOMPARE(resets.count(), 1);
        QCOMPARE(model.rowCount(), 0);
    }

    void findsWhatIsWrongWithFamilyAndSourceWorstFirst() {
        const Story story(false);
        CompareModel model;
        model.show(story.analysis, story.family(), {}, {});
        const auto findings = model.findings();
        QCOMPARE(findings.size(), 2);
        QCOMPARE(findings[0]->rule, "type-mismatch");
        QCOMPARE(findings[1]->rule, "missing-resource-labels");
    }

    void copiesTextAndJson() {
        const Story story(false);
        CompareModel model;
        model.show(story.analysis, story.family(), {}, {});
        QCOMPARE(model.asText({0, 1, 2}),
                 "demo_app_go_heap_alloc\tscrape http://127.0.0.1:17000/metrics\tscrape "
                 "http://127.0.0.1:8889/metrics\nType\tgauge\tcounter\n"
                 "host_name\tworkbench.local\tmissing\n");
        const QJsonArray json = model.asJson({2});
        QCOMPARE(json.size(), 1);
        const QJsonObject row = json[0].toObject();
        QCOMPARE(row["key"].toString(), "host_name");
        QCOMPARE(row["values"].toArray()[0].toObject()["value"].toString(), "workbench.local");
        QVERIFY(row["values"].toArray()[1].toObject()["value"].isNull());
    }
};

QTEST_GUILESS_MAIN(CompareModelTest)
#include "compare_model_test.moc"
