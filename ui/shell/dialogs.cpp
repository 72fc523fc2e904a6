// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/dialogs.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSlider>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextCursor>
#include <QTextList>
#include <QTextTable>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/look/format.h"
#include "ui/pages/start/start_card.h"
#include "ui/shell/commands.h"
#include "ui/shell/preferences.h"

namespace sightglass::ui {

AddTargetDialog::AddTargetDialog(EngineBridge& bridge, const Theme& theme, QWidget* parent)
    : QDialog(parent), m_bridge(bridge) {
    setWindowTitle(tr("Add target"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* column = new QVBoxLayout(this);
    column->addWidget(
        new Label(tr("Scrape a page"), theme, Theme::Size::Pane, true, Label::Ink::Text, this));
    m_field = new QLineEdit(this);
    m_field->setPlaceholderText(tr("8889, host:9100 or a URL"));
    m_field->setAccessibleName(tr("Target to scrape"));
    m_field->setMinimumWidth(theme.px(420));
    column->addWidget(m_field);
    m_hint = new Label({}, theme, Theme::Size::Small, false, Label::Ink::Text2, this);
    m_hint->setWordWrap(true);
    m_hint->setMinimumHeight(m_hint->fontMetrics().lineSpacing() * 2);
    m_hint->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    column->addWidget(m_hint);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_add = buttons->addButton(tr("Add target"), QDialogButtonBox::AcceptRole);
    m_add->setDefault(true);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &AddTargetDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &AddTargetDialog::reject);
    connect(m_field, &QLineEdit::textEdited, this, &AddTargetDialog::showMeaning);
    for (QPushButton* button : findChildren<QPushButton*>())
        button->setAccessibleName(button->text().remove('&'));
    showMeaning({});
}

void AddTargetDialog::showMeaning(const QString& typed) {
    const QString meaning = targetMeaning(typed);
    m_hint->setInk(Label::Ink::Text2);
    m_hint->setText(meaning.isEmpty() ? tr("8889 means http://127.0.0.1:8889/metrics")
                                      : tr("%1 means %2").arg(typed.trimmed(), meaning));
    m_add->setEnabled(!typed.trimmed().isEmpty());
}

void AddTargetDialog::accept() {
    const Result<QString> added = m_bridge.addTarget(m_field->text());
    if (added) {
        QDialog::accept();
        return;
    }
    m_hint->setInk(Label::Ink::Error);
    m_hint->setText(QString::fromStdString(added.error().text()));
    m_field->setFocus();
    m_field->selectAll();
}

SettingsDialog::SettingsDialog(EngineBridge& bridge, Theme& theme, Preferences& preferences,
                               QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Settings"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* column = new QVBoxLayout(this);
    auto* form = new QFormLayout;
    column->addLayout(form);

    auto* mode = new QComboBox(this);
    mode->addItems({tr("As the system"), tr("Light"), tr("Dark")});
    mode->setCurrentIndex(static_cast<int>(theme.mode()));
    mode->setAccessibleName(tr("Theme"));
    form->addRow(tr("&Theme"), mode);
    connect(mode, &QComboBox::currentIndexChanged, this, [&theme, &preferences](int index) {
        theme.setMode(static_cast<Theme::Mode>(index));
        preferences.setThemeMode(theme.mode());
    });

    auto* size = new QSlider(Qt::Horizontal, this);
    size->setRange(10, 20);
    size->setPageStep(2);
    size->setValue(theme.textPercent() / 10);
    size->setMinimumWidth(theme.px(180));
    size->setAccessibleName(tr("Text size in percent"));
    auto* percent = new QLabel(this);
    const auto showPercent = [percent, size, &theme] {
        percent->setText(tr("%1 %").arg(theme.textPercent()));
        size->setValue(theme.textPercent() / 10);
    };
    showPercent();
    auto* line = new QHBoxLayout;
    line->addWidget(size, 1);
    line->addWidget(percent);
    form->addRow(tr("Te&xt size"), line);
    qobject_cast<QLabel*>(form->labelForField(line))->setBuddy(size);
    connect(size, &QSlider::valueChanged, this, [&theme, &preferences](int tens) {
        theme.setTextPercent(tens * 10);
        preferences.setTextPercent(theme.textPercent());
    });
    connect(&theme, &Theme::changed, this, showPercent);

    auto* memory = new QLabel(this);
    const auto showMemory = [memory, &bridge] {
        const EngineStatus& status = *bridge.status();
        memory->setText(tr("%1 of %2 used; --memory sets the limit at the start")
                            .arg(formatBytes(status.memoryUsed), formatBytes(status.memoryLimit)));
    };
    showMemory();
    connect(&bridge, &EngineBridge::statusChanged, this, showMemory);
    form->addRow(tr("Memory"), memory);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &SettingsDialog::reject);
    column->addWidget(buttons);
    for (QPushButton* button : buttons->findChildren<QPushButton*>())
        button->setAccessibleName(button->text().remove('&'));
}

namespace {

QString plain(const char* text) {
    return QString::fromUtf8(text).remove('&').remove(QStringLiteral("…"));
}

} // namespace

ShortcutSheet::ShortcutSheet(const Theme& theme, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Shortcuts"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* column = new QVBoxLayout(this);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(tr("Shortcuts"));
    column->addWidget(scroll);
    auto* sheet = new QWidget(scroll);
    scroll->setWidget(sheet);
    auto* grid = new QGridLayout(sheet);
    grid->setHorizontalSpacing(theme.px(16));
    grid->setVerticalSpacing(theme.px(4));

    // Menus in three columns, or two where the window is narrow for its text.
    const bool wide = !parent || parent->width() >= theme.px(960);
    const auto beginsColumn = [wide](const QByteArray& menu) {
        return menu == "&Chart" || (wide && menu == "&View");
    };
    int row = 0;
    int side = 0;
    QByteArray menu;
    auto scope = CommandInfo::Scope::Window;
    const auto note = [&](const QString& text) {
        grid->addWidget(new Label(text, theme, Theme::Size::Small, false, Label::Ink::Text2, sheet),
                        row++, side * 3, 1, 2);
    };
    for (const CommandInfo& info : commandTable()) {
        if (menu != info.menu) {
            menu = info.menu;
            if (beginsColumn(menu)) {
                ++side;
                row = 0;
            }
            if (row > 0)
                grid->setRowMinimumHeight(row++, theme.px(12));
            grid->addWidget(new Label(plain(info.menu), theme, Theme::Size::Pane, true,
                                      Label::Ink::Text, sheet),
                            row++, side * 3, 1, 2);
            scope = CommandInfo::Scope::Window;
        }
        if (info.scope == CommandInfo::Scope::Chart && scope != CommandInfo::Scope::Chart)
            note(tr("while the chart has the focus"));
        else if (info.scope != CommandInfo::Scope::Chart && scope == CommandInfo::Scope::Chart)
            note(tr("anywhere"));
        scope = info.scope;
        QStringList keys;
        for (const QKeySequence& key : shortcutsOf(info))
            keys << key.toString(QKeySequence::NativeText);
        grid->addWidget(
            new Label(plain(info.text), theme, Theme::Size::Body, false, Label::Ink::Text, sheet),
            row, side * 3);
        grid->addWidget(new Label(keys.join(tr(" or ")), theme, Theme::Size::Body, false,
                                  Label::Ink::Text2, sheet),
                        row++, side * 3 + 1);
    }
    for (int gap = 0; gap < side; ++gap)
        grid->setColumnMinimumWidth(gap * 3 + 2, theme.px(32));
    grid->setRowStretch(100, 1);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &ShortcutSheet::reject);
    for (QPushButton* button : buttons->findChildren<QPushButton*>())
        button->setAccessibleName(button->text().remove('&'));
    column->addWidget(buttons);
    const QSize wanted = sheet->sizeHint() + QSize(theme.px(48), theme.px(96));
    const QSize most = parent ? parent->size() - QSize(theme.px(16), theme.px(16)) : wanted;
    resize(wanted.boundedTo(most));
}

namespace {

/// Qt measures Markdown's margins and code font in points, which fonts in pixels do not have.
void spaceOut(QTextDocument& document, const Theme& theme) {
    QTextCursor cursor(&document);
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        cursor.setPosition(block.position());
        QTextBlockFormat format = block.blockFormat();
        const bool heading = format.headingLevel() > 0;
        const bool tight = block.textList() || cursor.currentTable();
        format.setTopMargin(heading && block.position() > 0 ? theme.px(12) : 0);
        const bool lastOfList = block.textList() && !block.next().textList();
        format.setBottomMargin(theme.px(heading ? 4 : tight && !lastOfList ? 2 : 8));
        cursor.setBlockFormat(format);
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            const QTextFragment fragment = it.fragment();
            if (!fragment.charFormat().fontFixedPitch())
                continue;
            cursor.setPosition(fragment.position());
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
            QTextCharFormat code;
            code.setFontFamilies({theme.mono().family()});
            cursor.mergeCharFormat(code);
        }
    }
}

} // namespace

ManualWindow::ManualWindow(const Theme& theme, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Manual"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* column = new QVBoxLayout(this);
    auto* page = new QTextBrowser(this);
    page->setAccessibleName(tr("Manual"));
    page->setFrameShape(QFrame::NoFrame);
    page->setOpenLinks(false);
    page->document()->setDocumentMargin(theme.px(16));
    const auto open = [page, &theme](const QString& name) {
        QFile file(QStringLiteral(":/manual/%1").arg(name));
        if (!file.open(QIODevice::ReadOnly))
            return;
        page->setMarkdown(QString::fromUtf8(file.readAll()));
        spaceOut(*page->document(), theme);
        page->moveCursor(QTextCursor::Start);
    };
    connect(page, &QTextBrowser::anchorClicked, this,
            [open](const QUrl& link) { open(link.fileName()); });
    open(QStringLiteral("index.md"));
    column->addWidget(page);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* contents = buttons->addButton(tr("Contents"), QDialogButtonBox::ActionRole);
    connect(contents, &QPushButton::clicked, this, [open] { open(QStringLiteral("index.md")); });
    connect(buttons, &QDialogButtonBox::rejected, this, &ManualWindow::reject);
    for (QPushButton* button : buttons->findChildren<QPushButton*>())
        button->setAccessibleName(button->text().remove('&'));
    column->addWidget(buttons);
    resize(theme.px(640), theme.px(560));
}

} // namespace sightglass::ui
