// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/options.h"

#include <QCommandLineParser>

#include "core/engine/option_text.h"

namespace sightglass {

namespace {

std::optional<QSize> parseWindowSize(const QString& text) {
    const QStringList parts = text.split('x');
    if (parts.size() != 2)
        return std::nullopt;
    const QSize size(parts[0].toInt(), parts[1].toInt());
    const bool sane = size.width() >= 320 && size.height() >= 240 && size.width() <= 8192 &&
                      size.height() <= 8192;
    return sane ? std::optional(size) : std::nullopt;
}

} // namespace

ParsedOptions parseOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Shows what telemetry really flows, and where its paths disagree."));
    const auto option = [&parser](const char* name, const char* text, const char* value = nullptr) {
        QCommandLineOption made(QString::fromLatin1(name), QString::fromUtf8(text));
        if (value)
            made.setValueName(QString::fromLatin1(value));
        parser.addOption(made);
        return made;
    };
    QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")},
                            QStringLiteral("Say this and leave."));
    parser.addOption(help);
    QCommandLineOption version({QStringLiteral("v"), QStringLiteral("version")},
                               QStringLiteral("Say the version and leave."));
    parser.addOption(version);
    const auto demo = option("demo", "Play the built-in demo; remembers nothing.");
    const auto screenshot =
        option("screenshot", "Draw the window into a PNG file and leave.", "OUT.png");
    const auto after =
        option("after", "Seconds to wait before the screenshot (default 1).", "SECONDS");
    const auto size = option("size", "Size of the window, as 1280x800.", "WxH");
    const auto otlpGrpc =
        option("otlp-grpc", "Where to take OTLP by gRPC (default port 4317); \"off\" for nowhere.",
               "ADDR");
    const auto otlpHttp =
        option("otlp-http", "Where to take OTLP by HTTP (default port 4318); \"off\" for nowhere.",
               "ADDR");
    const auto api = option(
        "api", "Where to answer the HTTP API (default port 19090); \"off\" for nowhere.", "ADDR");
    const auto scrape = option(
        "scrape",
        "A page to scrape; 8889 means http://127.0.0.1:8889/metrics. May be given several times.",
        "URL");
    const auto interval =
        option("scrape-interval", "Time between scrapes (default 5s).", "DURATION");
    const auto originLabel =
        option("origin-label", "The label that says by which path a series came (default origin).",
               "NAME");
    const auto memory = option("memory", "How much to keep (default 512MiB).", "SIZE");
    const auto seriesPerMetric =
        option("series-per-metric",
               "Series that one metric of one origin may have (default 100000).", "N");
    const auto series =
        option("series", "Series in all (default as many as the memory holds).", "N");
    const auto chart = option(
        "chart", "A metric to draw, by its Prometheus name; more of them get charts below it.",
        "METRIC");
    const auto theme = option("theme", "light or dark, for this run.", "NAME");
    const auto text = option("text", "Size of text, 100 to 200, for this run.", "PERCENT");
    parser.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("Dumps to open."),
                                 QStringLiteral("[FILE...]"));

    ParsedOptions parsed;
    const auto wrong = [&parsed](const QString& why) {
        parsed.options.reset();
        parsed.exitCode = 2;
        parsed.message = QStringLiteral("sightglass: %1\n").arg(why);
        return parsed;
    };
    if (!parser.parse(arguments))
        return wrong(parser.errorText());
    if (parser.isSet(help)) {
        parsed.message = parser.helpText();
        // There is no application object yet to take the name from.
        parsed.message.replace(QStringLiteral("<executable_name>"), QStringLiteral("sightglass"));
        return parsed;
    }
    if (parser.isSet(version)) {
        parsed.message = QStringLiteral("sightglass " SIGHTGLASS_VERSION "\n");
        return parsed;
    }

    WindowOptions& options = parsed.options.emplace();
    options.files = parser.positionalArguments();
    options.charts = parser.values(chart);
    options.demo = parser.isSet(demo);
    options.screenshot = parser.value(screenshot);
    ReceiverFlags flags;
    flags.otlpGrpc = parser.value(otlpGrpc).toStdString();
    flags.otlpHttp = parser.value(otlpHttp).toStdString();
    flags.api = parser.value(api).toStdString();
    for (const QString& url : parser.values(scrape))
        flags.targets.push_back(url.toStdString());
    flags.scrapeInterval = parser.value(interval).toStdString();
    flags.memory = parser.value(memory).toStdString();
    flags.seriesPerMetric = parser.value(seriesPerMetric).toStdString();
    flags.series = parser.value(series).toStdString();
    if (parser.isSet(originLabel))
        flags.originLabel = parser.value(originLabel).toStdString();
    Result<EngineOptions> engine = engineOptions(flags);
    if (!engine)
        return wrong(QString::fromStdString(engine.error().text()));
    options.engine = std::move(*engine);
    if (parser.isSet(after)) {
        bool isNumber = false;
        options.afterSeconds = parser.value(after).toDouble(&isNumber);
        if (!isNumber || options.afterSeconds < 0 || options.afterSeconds > 86400)
            return wrong(
                QStringLiteral("--after takes seconds, not \"%1\"").arg(parser.value(after)));
    }
    if (parser.isSet(size)) {
        const auto wanted = parseWindowSize(parser.value(size));
        if (!wanted)
            return wrong(
                QStringLiteral("--size takes WIDTHxHEIGHT, not \"%1\"").arg(parser.value(size)));
        options.size = *wanted;
    }
    if (parser.isSet(theme)) {
        const QString name = parser.value(theme);
        if (name != QLatin1String("light") && name != QLatin1String("dark"))
            return wrong(QStringLiteral("--theme takes light or dark, not \"%1\"").arg(name));
        options.theme =
            name == QLatin1String("dark") ? ui::Theme::Mode::Dark : ui::Theme::Mode::Light;
    }
    if (parser.isSet(text)) {
        bool isNumber = false;
        const int percent = parser.value(text).toInt(&isNumber);
        if (!isNumber || percent < 100 || percent > 200)
            return wrong(
                QStringLiteral("--text takes 100 to 200, not \"%1\"").arg(parser.value(text)));
        options.textPercent = percent;
    }
    return parsed;
}

} // namespace sightglass
