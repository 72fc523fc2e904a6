// SPDX-License-Identifier: GPL-3.0-or-later
// A live chart under load: 50 series drawn at 1200x700 while otlp_load sends 500,000 points/s into
// the same process by OTLP/gRPC. What the GUI thread is busy with for each frame, and how long a
// frame takes from the question to the ring until it is painted.
//
//     live_frame_bench [SECONDS]      a line of JSON a figure; needs otlp_load beside it
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/engine/engine.h"
#include "ui/bridge/engine_bridge.h"
#include "ui/charts/chart_view.h"
#include "ui/look/theme.h"
#include "ui/models/selection.h"

namespace {

using namespace sightglass;
using namespace sightglass::ui;

constexpr int width = 1200;
constexpr int height = 700;

/// Notes how long each event of a whole application takes, frames among them.
class TimedApplication : public QApplication {
  public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (m_depth++ > 0) {
            const bool done = QApplication::notify(receiver, event);
            --m_depth;
            return done;
        }
        QElapsedTimer timer;
        timer.start();
        const bool done = QApplication::notify(receiver, event);
        events.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
        --m_depth;
        return done;
    }

    std::vector<double> events; ///< ms each

  private:
    int m_depth = 0;
};

double quantile(std::vector<double> values, double q) {
    if (values.empty())
        return -1;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

void report(const char* what, double value) {
    std::printf("{\"what\":\"%s\",\"value\":%.3f}\n", what, value);
}

} // namespace

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    TimedApplication app(argc, argv);
    const int seconds = argc > 1 ? std::max(3, std::atoi(argv[1])) : 10;

    EngineOptions options;
    options.otlpGrpc = "127.0.0.1:0";
    options.otlpHttp = options.api = "off";
    Engine engine(options);
    engine.start();
    QString address;
    for (const ReceiverStatus& receiver : engine.status()->receivers) {
        if (receiver.kind == ReceiverKind::OtlpGrpc)
            address = QString::fromStdString(receiver.address);
    }
    // 10,000 series with 50 points a second each.
    QProcess load;
    load.start(QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("otlp_load")),
               {address, QStringLiteral("--series"), QStringLiteral("10000"),
                QStringLiteral("--rate"), QStringLiteral("500000"), QStringLiteral("--seconds"),
                QString::number(seconds + 3)});

    Theme theme;
    Selection selection;
    EngineBridge bridge(engine);
    ChartView chart(engine.reader(), engine.clock(), selection, theme);
    chart.resize(width, height);
    QObject::connect(&bridge, &EngineBridge::samplesArrived, &chart, &ChartView::lookForSamples);
    // A gauge of a hundred series: 50 of them are drawn.
    QObject::connect(&bridge, &EngineBridge::analysisChanged, &chart, [&] {
        if (!chart.subject().families.empty())
            return;
        for (const auto& family : bridge.analysis()->families) {
            if (family->name != "load_gauge_1")
                continue;
            PlotPath path;
            path.number = 1;
            path.name = QStringLiteral("otlp");
            for (const auto& member : family->paths.front().metrics)
                path.metrics.push_back(member->info->id);
            ChartSubject subject;
            subject.families = {{QString::fromStdString(family->name), {path}}};
            chart.setSubject(subject);
        }
    });
    selection.setSpan(30 * nsPerSecond);
    bridge.setActive(true);
    chart.show();

    int frames = 0;
    std::vector<double> intervals;
    QElapsedTimer sinceFrame;
    bool measuring = false;
    QObject::connect(&chart, &ChartView::frameChanged, &app, [&] {
        if (!measuring)
            return;
        ++frames;
        if (sinceFrame.isValid())
            intervals.push_back(static_cast<double>(sinceFrame.nsecsElapsed()) * 1e-6);
        sinceFrame.start();
    });
    QTimer::singleShot(3000, &app, [&] {
        measuring = true;
        app.events.clear();
    });
    std::uint64_t before = 0;
    QTimer::singleShot(3000, &app, [&] { before = engine.status()->points; });
    QTimer::singleShot(1000 * (seconds + 3), &app, &QApplication::quit);
    app.exec();
    const std::uint64_t taken = engine.status()->points - before;
    load.kill();
    load.waitForFinished();

    // What is quicker than a tenth of a millisecond is no frame.
    std::erase_if(app.events, [](double ms) { return ms < 0.1; });
    report("live, points/s taken in", static_cast<double>(taken) / seconds);
    report("live, frames a second", static_cast<double>(frames) / seconds);
    report("live, GUI thread busy p50, ms", quantile(app.events, 0.5));
    report("live, GUI thread busy p99, ms", quantile(app.events, 0.99));
    report("live, frame to frame p50, ms", quantile(intervals, 0.5));
    report("live, frame to frame p99, ms", quantile(intervals, 0.99));
    engine.stop();
    return frames > 0 && taken > 0 ? 0 : 1;
}
