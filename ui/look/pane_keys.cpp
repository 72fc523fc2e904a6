// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/pane_keys.h"

#include <QKeyEvent>

#include <utility>

namespace sightglass::ui {

namespace {

bool isCopyJson(const QKeyEvent& event) {
    return event.key() == Qt::Key_C &&
           event.modifiers() == (Qt::ControlModifier | Qt::ShiftModifier);
}

} // namespace

CopyKeys::CopyKeys(QWidget* widget, std::function<void()> copyText, std::function<void()> copyJson)
    : QObject(widget), m_copyText(std::move(copyText)), m_copyJson(std::move(copyJson)) {
    widget->installEventFilter(this);
}

bool CopyKeys::eventFilter(QObject*, QEvent* event) {
    if (event->type() != QEvent::ShortcutOverride && event->type() != QEvent::KeyPress)
        return false;
    auto& key = static_cast<QKeyEvent&>(*event);
    const bool json = isCopyJson(key);
    if (!json && !key.matches(QKeySequence::Copy))
        return false;
    if (event->type() == QEvent::KeyPress)
        (json ? m_copyJson : m_copyText)();
    event->accept();
    return true;
}

FilterField::FilterField(QWidget* parent) : QLineEdit(parent) {
    setFrame(false);
    setClearButtonEnabled(true);
}

bool FilterField::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && !text().isEmpty()) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void FilterField::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Escape:
        if (text().isEmpty())
            event->ignore();
        else
            clear();
        return;
    case Qt::Key_Down:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit listWanted();
        return;
    default:
        QLineEdit::keyPressEvent(event);
    }
}

} // namespace sightglass::ui
