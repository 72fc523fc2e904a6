// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPixmap>
#include <QPointer>
#include <QSvgRenderer>

#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

/// Draws one SVG of resources/icons in the theme's colours, asked for at every paint: an icon set
/// on a button or action needs no change when the theme does. GUI thread only.
class ThemedIconEngine final : public QIconEngine {
  public:
    ThemedIconEngine(QByteArray svg, const Theme& theme) : m_svg(std::move(svg)), m_theme(&theme) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const double scale = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, rendered(rect.size() * scale, mode));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        return rendered(size, mode);
    }

    [[nodiscard]] QIconEngine* clone() const override { return new ThemedIconEngine(*this); }

  private:
    [[nodiscard]] QColor color(QIcon::Mode mode) const {
        if (!m_theme)
            return Qt::gray;
        const Tokens& tokens = m_theme->tokens();
        switch (mode) {
        case QIcon::Disabled:
            return tokens.control;
        case QIcon::Selected:
        case QIcon::Active:
            return tokens.text;
        case QIcon::Normal:
            break;
        }
        return tokens.text2;
    }

    QPixmap rendered(const QSize& size, QIcon::Mode mode) {
        const QColor ink = color(mode);
        const QString key =
            QStringLiteral("%1 %2 %3").arg(size.width()).arg(size.height()).arg(ink.rgb());
        if (const auto known = m_cache.constFind(key); known != m_cache.constEnd())
            return *known;
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QSvgRenderer svg(QByteArray(m_svg).replace("currentColor", ink.name().toLatin1()));
        QPainter painter(&pixmap);
        svg.render(&painter);
        painter.end();
        // Sizes and colours are few, but a user may walk through all text sizes.
        if (m_cache.size() > 16)
            m_cache.clear();
        m_cache.insert(key, pixmap);
        return pixmap;
    }

    QByteArray m_svg;
    QPointer<const Theme> m_theme;
    QHash<QString, QPixmap> m_cache;
};

} // namespace

QIcon themedIcon(const QString& name, const Theme& theme) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QIcon(new ThemedIconEngine(file.readAll(), theme));
}

} // namespace sightglass::ui
