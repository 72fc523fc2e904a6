// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFontInfo>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>

#include "ui/look/format.h"
#include "ui/look/label.h"
#include "ui/look/marks.h"
#include "ui/look/theme.h"

using namespace sightglass;
using namespace sightglass::ui;

namespace {

/// Relative luminance and contrast as WCAG 2 defines them.
double luminance(const QColor& color) {
    const auto linear = [](double c) {
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

UnitStyle style(UnitStyle::Kind kind, const QString& suffix = {}, bool perSecond = false) {
    UnitStyle s;
    s.kind = kind;
    s.suffix = suffix;
    s.perSecond = perSecond;
    return s;
}

} // namespace

class LookTest : public QObject {
    Q_OBJECT

  private slots:
    void textCanBeReadOnEveryGround_data();
    void textCanBeReadOnEveryGround();
    void seriesStandOutFromTheSurface();
    void valuesAreShownShort_data();
    void valuesAreShownShort();
    void exactValuesKeepTheirDigits_data();
    void exactValuesKeepTheirDigits();
    void unitsComeFromUnitOrName_data();
    void unitsComeFromUnitOrName();
    void countsBytesAndAgesAreShort_data();
    void countsBytesAndAgesAreShort();
    void axesHaveRoundTicks_data();
    void axesHaveRoundTicks();
    void oddAxesStillHaveTwoEnds();
    void themeSwitchesAtOnce();
    void textGrowsWithoutRestart();
    void fontsAreTheEmbeddedOnes();
    void focusIsARingInTheAccent();
    void iconsFollowTheTheme();
    void marksPaintWhatTheyMean();
    void elidedLabelsTellTheRest();
};

void LookTest::textCanBeReadOnEveryGround_data() {
    QTest::addColumn<QColor>("ink");
    QTest::addColumn<QColor>("ground");
    for (const bool dark : {false, true}) {
        const Tokens& t = dark ? Tokens::dark() : Tokens::light();
        const std::pair<const char*, QColor> inks[] = {{"text", t.text},       {"text2", t.text2},
                                                       {"accent", t.accent},   {"error", t.error},
                                                       {"warning", t.warning}, {"ok", t.ok}};
        const std::pair<const char*, QColor> grounds[] = {
            {"window", t.window},     {"surface", t.surface},      {"raised", t.raised},
            {"selected", t.selected}, {"error tint", t.errorTint}, {"warning tint", t.warningTint},
            {"note tint", t.noteTint}};
        for (const auto& [inkName, ink] : inks) {
            for (const auto& [groundName, ground] : grounds)
                QTest::addRow("%s on %s, %s", inkName, groundName, dark ? "dark" : "light")
                    << ink << ground;
        }
    }
}

void LookTest::textCanBeReadOnEveryGround() {
    QFETCH(QColor, ink);
    QFETCH(QColor, ground);
    const double ratio = contrast(ink, ground);
    QVERIFY2(ratio >= 4.5, qPrintable(QString::number(ratio)));
}

void LookTest::seriesStandOutFromTheSurface() {
    for (const Tokens* t : {&Tokens::light(), &Tokens::dark()}) {
        for (const QColor& series : t->series)
            QVERIFY2(contrast(series, t->surface) >= 3, qPrintable(series.name()));
        QVERIFY(contrast(t->control, t->surface) >= 3);
        QVERIFY(contrast(t->accent, t->window) >= 3);
    }
}

void LookTest::valuesAreShownShort_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<bool>("perSecond");
    QTest::addColumn<QString>("text");
    const double inf = std::numeric_limits<double>::infinity();
    const auto row = [](const char* text, double value, UnitStyle::Kind kind,
                        const char* suffix = "", bool perSecond = false) {
        QTest::addRow("%s", text) << value << static_cast<int>(kind) << suffix << perSecond
                                  << QString::fromUtf8(text);
    };
    using K = UnitStyle::Kind;
    row("3.54 MiB", 3711959.04, K::Bytes);
    row("1 MiB/s", 1048576, K::Bytes, "", true);
    row("1023 KiB", 1023 * 1024, K::Bytes);
    row("1 KiB", 1023.9, K::Bytes);
    row("512 B", 512, K::Bytes);
    row("0 B", 0, K::Bytes);
    row("-2 KiB", -2048, K::Bytes);
    row("12 ms", 0.012, K::Seconds);
    row("1 s", 0.9999, K::Seconds);
    row("1.5 min", 90, K::Seconds);
    row("2 h", 7200, K::Seconds);
    row("3 d", 3 * 86400, K::Seconds);
    row("250 ns", 250e-9, K::Seconds);
    row("0 s", 0, K::Seconds);
    row("43 %", 0.43, K::Percent);
    row("0.5 %", 0.005, K::Percent);
    row("100 %", 1, K::Percent);
    row("1.2 k", 1200, K::Plain);
    row("999", 999, K::Plain);
    row("1 k", 999.9, K::Plain);
    row("1 M", 999'999, K::Plain);
    row("12.3 k/s", 12345, K::Plain, "", true);
    row("1.2 k requests/s", 1200, K::Plain, "requests", true);
    row("7 requests", 7, K::Plain, "requests");
    row("0.00123", 0.001234, K::Plain);
    row("1.23e-07", 1.234e-7, K::Plain);
    row("1e+18", 1e18, K::Plain);
    row("0", 0, K::Plain);
    row("0", -0.0, K::Plain);
    row("NaN", std::nan(""), K::Bytes);
    row("+Inf", inf, K::Seconds);
    row("-Inf", -inf, K::Plain);
}

void LookTest::valuesAreShownShort() {
    QFETCH(double, value);
    QFETCH(int, kind);
    QFETCH(QString, suffix);
    QFETCH(bool, perSecond);
    QTEST(formatValue(value, style(static_cast<UnitStyle::Kind>(kind), suffix, perSecond)), "text");
}

void LookTest::exactValuesKeepTheirDigits_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<UnitStyle>("style");
    QTest::addColumn<QString>("text");
    using K = UnitStyle::Kind;
    QTest::newRow("bytes") << 3711959.0 << style(K::Bytes) << "3711959 B";
    QTest::newRow("plain") << 1234.5678 << style(K::Plain, "requests") << "1234.5678 requests";
    QTest::newRow("percent") << 0.43217 << style(K::Percent) << "43.217 %";
    UnitStyle ms = style(K::Seconds);
    ms.factor = 1e-3;
    QTest::newRow("milliseconds") << 12.3456 << ms << "0.0123456 s";
}

void LookTest::exactValuesKeepTheirDigits() {
    QFETCH(double, value);
    QFETCH(UnitStyle, style);
    QTEST(formatExact(value, style), "text");
}

void LookTest::unitsComeFromUnitOrName_data() {
    QTest::addColumn<QString>("unit");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("factor");
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<bool>("perSecond");
    using K = UnitStyle::Kind;
    const auto row = [](const char* unit, const char* name, K kind, double factor = 1,
                        const char* suffix = "", bool perSecond = false) {
        QTest::addRow("'%s' %s", unit, name)
            << QString::fromUtf8(unit) << QString::fromLatin1(name) << static_cast<int>(kind)
            << factor << QString::fromLatin1(suffix) << perSecond;
    };
    row("By", "a", K::Bytes);
    row("bytes", "a", K::Bytes);
    row("", "process_resident_memory_bytes", K::Bytes);
    row("", "node_network_receive_bytes_total", K::Bytes);
    row("KiBy", "a", K::Bytes, 1024);
    row("By/s", "a", K::Bytes, 1, "", true);
    row("ms", "a", K::Seconds, 1e-3);
    row("\u00b5s", "a", K::Seconds, 1e-6);
    row("", "rpc_duration_seconds", K::Seconds);
    row("", "rpc_duration_seconds_sum", K::Seconds);
    row("", "rpc_duration_seconds_count", K::Plain);
    row("", "node_boot_timestamp_seconds", K::Plain);
    row("%", "a", K::Percent, 0.01);
    row("1", "cache_hit_ratio", K::Percent);
    row("", "cache_hit_ratio", K::Percent);
    row("1", "requests", K::Plain);
    row("{request}", "a", K::Plain, 1, "request");
    row("{request}/s", "a", K::Plain, 1, "request", true);
    row("Cel", "a", K::Plain, 1, "Cel");
    row("", "loops", K::Plain);
    row("", "cpu_s", K::Plain); // one letter says too little
}

void LookTest::unitsComeFromUnitOrName() {
    QFETCH(QString, unit);
    QFETCH(QString, name);
    const UnitStyle made = unitStyle(unit, name, false);
    QTEST(static_cast<int>(made.kind), "kind");
    QTEST(made.factor, "factor");
    QTEST(made.suffix, "suffix");
    QTEST(made.perSecond, "perSecond");
    QVERIFY(unitStyle(unit, name, true).perSecond);
}

void LookTest::countsBytesAndAgesAreShort_data() {
    QTest::addColumn<QString>("made");
    QTest::addColumn<QString>("text");
    const auto row = [](const QString& made, const char* text) {
        QTest::addRow("%s", text) << made << QString::fromUtf8(text);
    };
    row(formatCount(81), "81");
    row(formatCount(1'200), "1.2 k");
    row(formatCount(999'999), "1 M");
    row(formatCount(3'400'000), "3.4 M");
    row(formatCount(123'456), "123 k");
    row(formatBytes(3 << 20), "3 MiB");
    row(formatBytes(std::size_t{512} << 20), "512 MiB");
    row(formatBytes(0), "0 B");
    row(formatAge(nsPerSecond), "now");
    row(formatAge(-5 * nsPerSecond), "now");
    row(formatAge(12 * nsPerSecond), "12 s");
    row(formatAge(4 * 60 * nsPerSecond + 59 * nsPerSecond), "4 min");
    row(formatAge(2 * 3600 * nsPerSecond), "2 h");
    row(formatAge(50 * 3600 * nsPerSecond), "2 d");
    row(formatDuration(250 * nsPerMs), "250 ms");
    row(formatDuration(300 * nsPerSecond), "5 min");
    row(formatClock((14 * 3600 + 2 * 60 + 11) * nsPerSecond), "14:02:11");
}

void LookTest::countsBytesAndAgesAreShort() {
    QFETCH(QString, made);
    QTEST(made, "text");
}

void LookTest::axesHaveRoundTicks_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("most");
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("factor");
    QTest::addColumn<QVector<double>>("ticks");
    using K = UnitStyle::Kind;
    const double mib = 1048576;
    const auto row = [](const char* name, double low, double high, int most, K kind, double factor,
                        QVector<double> ticks) {
        QTest::newRow(name) << low << high << most << static_cast<int>(kind) << factor << ticks;
    };
    row("bytes", 0, 4 * mib, 4, K::Bytes, 1, {0, 2 * mib, 4 * mib});
    row("plain", 0, 10, 6, K::Plain, 1, {0, 2, 4, 6, 8, 10});
    row("ends within", 0.3, 9.7, 5, K::Plain, 1, {2, 4, 6, 8});
    row("below zero", -1, 1, 5, K::Plain, 1, {-1, -0.5, 0, 0.5, 1});
    row("milliseconds", 0, 1000, 5, K::Seconds, 1e-3, {0, 500, 1000});
    row("minutes", 0, 240, 5, K::Seconds, 1, {0, 60, 120, 180, 240});
    row("percent", 0, 1, 3, K::Percent, 1, {0, 0.5, 1});
}

void LookTest::axesHaveRoundTicks() {
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, most);
    QFETCH(int, kind);
    QFETCH(double, factor);
    QFETCH(QVector<double>, ticks);
    UnitStyle s = style(static_cast<UnitStyle::Kind>(kind));
    s.factor = factor;
    const QVector<double> made = axisTicks(low, high, most, s);
    QCOMPARE(made.size(), ticks.size());
    for (qsizetype i = 0; i < made.size(); ++i)
        QVERIFY2(std::abs(made[i] - ticks[i]) < 1e-9 * (high - low),
                 qPrintable(QString::number(made[i])));
}

void LookTest::oddAxesStillHaveTwoEnds() {
    const double inf = std::numeric_limits<double>::infinity();
    const UnitStyle plain;
    QVERIFY(axisTicks(std::nan(""), 1, 5, plain).isEmpty());
    QVERIFY(axisTicks(0, inf, 5, plain).isEmpty());
    for (const auto& [low, high] :
         {std::pair{5.0, 5.0}, {0.0, 0.0}, {1e300, 1.0000001e300}, {0.6, 1.4}, {-1e-300, 1e-300}}) {
        for (const auto kind : {UnitStyle::Kind::Plain, UnitStyle::Kind::Bytes,
                                UnitStyle::Kind::Seconds, UnitStyle::Kind::Percent}) {
            for (int most = 2; most < 8; ++most) {
                const qsizetype count = axisTicks(low, high, most, style(kind)).size();
                QVERIFY(count >= 2);
                QVERIFY(count <= most);
            }
        }
    }
}

void LookTest::themeSwitchesAtOnce() {
    Theme theme;
    QSignalSpy changed(&theme, &Theme::changed);
    theme.setMode(Theme::Mode::Dark);
    QVERIFY(theme.isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Base), Tokens::dark().surface);
    theme.setMode(Theme::Mode::Light);
    QCOMPARE(changed.count(), 2);
    QVERIFY(!theme.isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Base), Tokens::light().surface);
    theme.setMode(Theme::Mode::Light);
    QCOMPARE(changed.count(), 2);
}

void LookTest::textGrowsWithoutRestart() {
    Theme theme;
    QCOMPARE(theme.px(28), 28);
    QCOMPARE(QApplication::font().pixelSize(), 13);
    theme.setTextPercent(200);
    QCOMPARE(theme.px(28), 56);
    QCOMPARE(QApplication::font().pixelSize(), 26);
    QCOMPARE(theme.mono().pixelSize(), 24);
    theme.setTextPercent(950);
    QCOMPARE(theme.textPercent(), 200);
    theme.setTextPercent(0);
    QCOMPARE(theme.textPercent(), 100);
}

void LookTest::fontsAreTheEmbeddedOnes() {
    const Theme theme;
    for (const bool semiBold : {false, true}) {
        const QFontInfo info(theme.font(Theme::Size::Body, semiBold));
        QCOMPARE(info.family(), QStringLiteral("Open Sans"));
        QCOMPARE(info.weight(), static_cast<int>(semiBold ? QFont::DemiBold : QFont::Normal));
    }
    QCOMPARE(QFontInfo(theme.mono()).family(), QStringLiteral("JetBrains Mono"));
}

void LookTest::focusIsARingInTheAccent() {
    Theme theme;
    theme.setMode(Theme::Mode::Light);
    QWidget window;
    window.resize(200, 100);
    QPushButton other(QStringLiteral("Other"), &window);
    other.setGeometry(10, 60, 100, 30);
    QPushButton button(QStringLiteral("Button"), &window);
    button.setGeometry(10, 10, 100, 30);
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    window.activateWindow();
    const auto accentPixels = [&] {
        const QImage image = button.grab().toImage();
        int count = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                count += image.pixelColor(x, y) == Tokens::light().accent ? 1 : 0;
        }
        return count;
    };
    other.setFocus(Qt::TabFocusReason);
    QCOMPARE(accentPixels(), 0);
    button.setFocus(Qt::TabFocusReason);
    const int ring = accentPixels();
    QVERIFY2(ring > 2 * (100 + 30), qPrintable(QString::number(ring)));
}

void LookTest::iconsFollowTheTheme() {
    Theme theme;
    theme.setMode(Theme::Mode::Light);
    const QIcon icon = themedIcon(QStringLiteral("copy"), theme);
    QVERIFY(!icon.isNull());
    const auto darkest = [&] {
        const QImage image = icon.pixmap(QSize(64, 64), 1).toImage();
        QColor strongest;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (image.pixelColor(x, y).alpha() == 255)
                    strongest = image.pixelColor(x, y);
            }
        }
        return strongest;
    };
    QCOMPARE(darkest(), Tokens::light().text2);
    theme.setMode(Theme::Mode::Dark);
    QCOMPARE(darkest(), Tokens::dark().text2);
    QVERIFY(themedIcon(QStringLiteral("no such icon"), theme).isNull());
}

void LookTest::marksPaintWhatTheyMean() {
    Theme theme;
    theme.setMode(Theme::Mode::Light);
    const auto painted = [](auto paint) {
        QImage image(32, 32, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::white);
        QPainter painter(&image);
        paint(painter, QRectF(0, 0, 32, 32));
        return image;
    };
    const auto severity = [&](Severity s) {
        return painted([&](QPainter& p, const QRectF& r) { paintSeverity(p, r, s, theme); });
    };
    // Shapes differ, not only colours: compare them as black and white.
    const auto shape = [](const QImage& image) {
        return image.convertToFormat(QImage::Format_Mono, Qt::MonoOnly | Qt::ThresholdDither);
    };
    QVERIFY(shape(severity(Severity::Error)) != shape(severity(Severity::Warning)));
    QVERIFY(shape(severity(Severity::Warning)) != shape(severity(Severity::Note)));
    const auto badge = [&](bool odd) {
        return painted([&](QPainter& p, const QRectF& r) {
            paintTypeBadge(p, r, MetricType::Sum, true, false, odd, theme);
        });
    };
    QVERIFY(badge(false) != badge(true));
    QCOMPARE(typeLetter(MetricType::Sum, true), QStringLiteral("C"));
    QCOMPARE(typeLetter(MetricType::Sum, false), QStringLiteral("U"));
    QCOMPARE(typeText(MetricType::Sum, false), QStringLiteral("up-down sum"));
    QCOMPARE(severityText(Severity::Error, 2), QStringLiteral("2 errors"));
    QCOMPARE(severityText(Severity::Warning, 1), QStringLiteral("1 warning"));
}

void LookTest::elidedLabelsTellTheRest() {
    const Theme theme;
    ui::Label label(QStringLiteral("a rather long sentence about a metric"), theme);
    label.setElided(true);
    label.resize(60, 20);
    label.grab();
    QCOMPARE(label.toolTip(), label.text());
    label.resize(600, 20);
    label.grab();
    QVERIFY(label.toolTip().isEmpty());
}

QTEST_MAIN(LookTest)
#include "look_test.moc"
