// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QScreen>
#include <QTimer>

#include <cstdio>
#include <memory>

#include "app/window/options.h"
#include "app/window/session.h"

namespace {

using sightglass::Session;
using sightglass::WindowOptions;
using sightglass::ui::Preferences;
using sightglass::ui::Theme;

void print(std::FILE* to, const QString& text) {
    std::fputs(text.toLocal8Bit().constData(), to);
}

/// False if there is nothing to draw on. A screenshot needs no display.
bool findPlatform(bool screenshot) {
#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
    const auto set = [](const char* name) { return !qEnvironmentVariableIsEmpty(name); };
    if (set("QT_QPA_PLATFORM") || set("DISPLAY") || set("WAYLAND_DISPLAY"))
        return true;
    if (screenshot)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    return screenshot;
#else
    Q_UNUSED(screenshot);
    return true;
#endif
}

/// The sessions of one run, one after the other.
class Run : public QObject {
  public:
    Run(const WindowOptions& options, Theme& theme) : m_options(options), m_theme(theme) {
        begin(options.demo ? Session::Kind::Demo : Session::Kind::Ordinary);
        for (const QString& file : options.files)
            m_session->window().openDump(file);
        m_session->window().showCharts(options.charts);
    }

    sightglass::ui::MainWindow& window() { return m_session->window(); }

  private:
    void begin(Session::Kind kind) {
        const bool traceless = kind == Session::Kind::Demo || !m_options.screenshot.isEmpty();
        m_kind = kind;
        m_session = std::make_unique<Session>(kind, m_options.engine, m_theme,
                                              traceless ? Preferences::Memory::Nothing
                                                        : Preferences::Memory::Kept);
        connect(m_session.get(), &Session::otherWanted, this, &Run::change, Qt::QueuedConnection);
        if (!m_options.size.isEmpty())
            m_session->window().resize(m_options.size);
        m_session->window().show();
    }

    /// From demo to ordinary or back. The old session ends before the new one begins, so that its
    /// ports are free.
    void change() {
        const bool demo = m_kind == Session::Kind::Demo;
        const QByteArray geometry = m_session->window().saveGeometry();
        QApplication::setQuitOnLastWindowClosed(false);
        m_session->window().close();
        m_session.reset();
        begin(demo ? Session::Kind::Ordinary : Session::Kind::Demo);
        m_session->window().restoreGeometry(geometry);
        QApplication::setQuitOnLastWindowClosed(true);
    }

    const WindowOptions& m_options;
    Theme& m_theme;
    Session::Kind m_kind = Session::Kind::Ordinary;
    std::unique_ptr<Session> m_session;
};

void takeScreenshot(Run& run, const WindowOptions& options) {
    QTimer::singleShot(static_cast<int>(options.afterSeconds * 1000), &run, [&run, &options] {
        const bool saved = run.window().grab().save(options.screenshot, "PNG");
        if (!saved)
            print(stderr,
                  QStringLiteral("sightglass: %1 cannot be written\n").arg(options.screenshot));
        QApplication::exit(saved ? 0 : 1);
    });
}

} // namespace

int main(int argc, char** argv) {
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    QCoreApplication::setApplicationName(QStringLiteral("sightglass"));
    QCoreApplication::setApplicationVersion(QStringLiteral(SIGHTGLASS_VERSION));
    const sightglass::ParsedOptions parsed = sightglass::parseOptions(arguments);
    if (!parsed.options) {
        print(parsed.exitCode == 0 ? stdout : stderr, parsed.message);
        return parsed.exitCode;
    }
    const WindowOptions& options = *parsed.options;
    if (!findPlatform(!options.screenshot.isEmpty())) {
        print(stderr, QStringLiteral("sightglass: there is no display. \"sightglass --screenshot "
                                     "OUT.png\" draws the window into a file, \"sightglass-cli "
                                     "serve\" needs none.\n"));
        return 1;
    }

    QApplication app(argc, argv);
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Sightglass"));
    QGuiApplication::setDesktopFileName(QStringLiteral("sightglass"));
    Theme theme;
    {
        const bool traceless = options.demo || !options.screenshot.isEmpty();
        const Preferences remembered(traceless ? Preferences::Memory::Nothing
                                               : Preferences::Memory::Kept);
        theme.setMode(options.theme.value_or(remembered.themeMode()));
        theme.setTextPercent(options.textPercent.value_or(remembered.textPercent()));
    }
    Run run(options, theme);
    if (!options.screenshot.isEmpty())
        takeScreenshot(run, options);
    return QApplication::exec();
}
