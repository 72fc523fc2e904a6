// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/start/start_card.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/look/marks.h"

namespace sightglass::ui {

namespace {

/// A tick, an error octagon or a waiting ring before a line.
class StateMark final : public QWidget {
  public:
    enum class State { Good, Bad, Waiting };
    StateMark(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {}
    void setState(State state) {
        m_state = state;
        update();
    }
    [[nodiscard]] QSize sizeHint() const override { return {m_theme.px(16), m_theme.px(20)}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const int side = m_theme.px(16);
        const QRectF box((width() - side) / 2.0, (height() - side) / 2.0, side, side);
        switch (m_state) {
        case State::Good:
            paintResolved(painter, box, m_theme);
            break;
        case State::Bad:
            paintSeverity(painter, box, Severity::Error, m_theme);
            break;
        case State::Waiting:
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(m_theme.tokens().control, 1.5, Qt::DotLine));
            painter.drawEllipse(box.adjusted(2, 2, -2, -2));
            break;
        }
    }

  private:
    const Theme& m_theme;
    State m_state = State::Waiting;
};

/// Configuration as it is typed: mono on a raised ground, can be selected.
class Snippet final : public QLabel {
  public:
    Snippet(const Theme& theme, QWidget* parent) : QLabel(parent), m_theme(theme) {
        setTextFormat(Qt::PlainText);
        setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        setFocusPolicy(Qt::ClickFocus);
        setCursor(Qt::IBeamCursor);
        const auto apply = [this] {
            setFont(m_theme.mono());
            const int pad = m_theme.px(8);
            setContentsMargins(pad, m_theme.px(6), pad, m_theme.px(6));
            update();
        };
        apply();
        connect(&theme, &Theme::changed, this, apply);
    }

  protected:
    void paintEvent(QPaintEvent* event) override {
        {
            QPainter painter(this);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.tokens().raised);
            painter.drawRoundedRect(rect(), m_theme.px(4), m_theme.px(4));
        }
        QLabel::paintEvent(event);
    }

  private:
    const Theme& m_theme;
};

/// The surface the card lies on, with its border.
class Sheet final : public QWidget {
  public:
    Sheet(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {}

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(m_theme.tokens().border);
        painter.setBrush(m_theme.tokens().surface);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(4),
                                m_theme.px(4));
    }

  private:
    const Theme& m_theme;
};

} // namespace

/// One receiver: where to send, with Copy; or why not, with a way out.
class StartCard::ReceiverRow : public QWidget {
  public:
    ReceiverRow(ReceiverKind kind, EngineBridge& bridge, const Theme& theme, QWidget* parent)
        : QWidget(parent), m_kind(kind) {
        m_line = new QBoxLayout(QBoxLayout::LeftToRight, this);
        m_line->setContentsMargins(0, 0, 0, 0);
        m_mark = new StateMark(theme, this);
        m_name = new Label(kind == ReceiverKind::OtlpGrpc ? QStringLiteral("OTLP/gRPC")
                                                          : QStringLiteral("OTLP/HTTP"),
                           theme, Theme::Size::Body, true, Label::Ink::Text, this);
        m_state = new Label({}, theme, Theme::Size::Small, false, Label::Ink::Text2, this);
        m_state->setWordWrap(true);
        m_snippet = new Snippet(theme, this);
        m_snippet->setAccessibleName(StartCard::tr("Settings for %1").arg(m_name->text()));
        m_copy = new QPushButton(StartCard::tr("Copy"), this);
        m_copy->setAccessibleName(StartCard::tr("Copy the settings for %1").arg(m_name->text()));
        m_free = new QPushButton(StartCard::tr("Use a free port"), this);
        m_free->setAccessibleName(
            StartCard::tr("Listen for %1 on a free port").arg(m_name->text()));
        auto* words = new QVBoxLayout;
        words->setSpacing(0);
        words->addWidget(m_name);
        words->addWidget(m_state);
        words->addStretch();
        auto* state = new QHBoxLayout;
        state->addWidget(m_mark, 0, Qt::AlignTop);
        state->addLayout(words, 1);
        auto* settings = new QHBoxLayout;
        settings->addWidget(m_snippet, 0, Qt::AlignTop);
        settings->addWidget(m_copy, 0, Qt::AlignTop);
        settings->addWidget(m_free, 0, Qt::AlignTop);
        settings->addStretch();
        m_line->addLayout(state, 1);
        m_line->addLayout(settings);
        connect(m_copy, &QPushButton::clicked, this, [this] {
            QGuiApplication::clipboard()->setText(m_snippet->text());
            m_copy->setText(StartCard::tr("Copied"));
        });
        connect(m_free, &QPushButton::clicked, this, [this, &bridge] {
            m_free->setEnabled(false);
            bridge.rebind(m_kind, QStringLiteral("127.0.0.1:0"));
        });
        connect(&bridge, &EngineBridge::rebound, this, [this] { m_free->setEnabled(true); });
    }

    [[nodiscard]] ReceiverKind kind() const { return m_kind; }
    /// Settings below the state instead of beside it.
    void setNarrow(bool narrow) {
        m_line->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    }

    void show(const ReceiverStatus& status) {
        const bool listens = !status.address.empty();
        m_mark->setState(listens ? StateMark::State::Good : StateMark::State::Bad);
        const QString address = QString::fromStdString(status.address);
        m_state->setInk(listens ? Label::Ink::Text2 : Label::Ink::Error);
        // The way out stands beside it as a button: no flags of the command line here.
        const QString error = QString::fromStdString(status.error);
        m_state->setToolTip(listens ? QString() : error);
        if (!listens)
            m_state->setText(error.section(QStringLiteral("; choose another"), 0, 0)
                                 .section(QStringLiteral(" (address in use)"), 0, 0));
        else if (!status.lastError.empty() && status.points == 0)
            m_state->setText(QString::fromStdString(status.lastError));
        else
            m_state->setText(StartCard::tr("listening on :%1").arg(address.section(':', -1)));
        const QString settings =
            QStringLiteral("OTEL_EXPORTER_OTLP_ENDPOINT=http://%1\n"
                           "OTEL_EXPORTER_OTLP_PROTOCOL=%2")
                .arg(address, m_kind == ReceiverKind::OtlpGrpc ? QStringLiteral("grpc")
                                                               : QStringLiteral("http/protobuf"));
        if (listens && settings != m_snippet->text()) {
            m_snippet->setText(settings);
            m_copy->setText(StartCard::tr("Copy"));
        }
        m_snippet->setVisible(listens);
        m_copy->setVisible(listens);
        m_free->setVisible(!listens);
    }

  private:
    ReceiverKind m_kind;
    QBoxLayout* m_line;
    StateMark* m_mark;
    Label* m_name;
    Label* m_state;
    Snippet* m_snippet;
    QPushButton* m_copy;
    QPushButton* m_free;
};

/// One target already asked for, as long as nothing has come of it.
class StartCard::TargetRow : public QWidget {
  public:
    TargetRow(const Theme& theme, QWidget* parent) : QWidget(parent) {
        auto* line = new QHBoxLayout(this);
        line->setContentsMargins(0, 0, 0, 0);
        m_mark = new StateMark(theme, this);
        m_words = new Label({}, theme, Theme::Size::Small, false, Label::Ink::Text2, this);
        m_words->setWordWrap(true);
        line->addWidget(m_mark, 0, Qt::AlignTop);
        line->addWidget(m_words, 1);
    }

    void show(const TargetStatus& status) {
        using Health = TargetStatus::Health;
        m_mark->setState(status.health == Health::Up     ? StateMark::State::Good
                         : status.health == Health::Down ? StateMark::State::Bad
                                                         : StateMark::State::Waiting);
        const QString url = QString::fromStdString(status.url);
        m_words->setText(
            status.health == Health::Up ? url
            : status.health == Health::Down
                ? QStringLiteral("%1: %2").arg(url, QString::fromStdString(status.lastError))
                : StartCard::tr("%1: waiting").arg(url));
    }

  private:
    StateMark* m_mark;
    Label* m_words;
};

QString targetMeaning(const QString& typed) {
    const QString text = typed.trimmed();
    if (text.isEmpty() || text.contains(QLatin1String("://")))
        return {};
    bool isPort = false;
    const uint port = text.toUInt(&isPort);
    if (isPort)
        return port >= 1 && port <= 65535 ? QStringLiteral("http://127.0.0.1:%1/metrics").arg(port)
                                          : QString();
    return text.contains('/') ? QStringLiteral("http://") + text
                              : QStringLiteral("http://%1/metrics").arg(text);
}

StartCard::StartCard(EngineBridge& bridge, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bridge(bridge), m_theme(theme) {
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* ground = new QWidget(scroll);
    scroll->setWidget(ground);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);

    m_card = new Sheet(theme, ground);
    auto* centred = new QHBoxLayout(ground);
    centred->setContentsMargins(0, theme.px(8), 0, theme.px(8));
    centred->addStretch();
    centred->addWidget(m_card, 0, Qt::AlignVCenter);
    centred->addStretch();

    m_column = new QVBoxLayout(m_card);
    m_column->addWidget(new Label(tr("Waiting for metrics"), theme, Theme::Size::Start, false,
                                  Label::Ink::Text, m_card));

    const auto heading = [&](const QString& text) {
        m_column->addSpacing(theme.px(8));
        m_column->addWidget(
            new Label(text, theme, Theme::Size::Pane, true, Label::Ink::Text, m_card));
    };
    heading(tr("Send here"));
    m_receivers = new QVBoxLayout;
    m_column->addLayout(m_receivers);
    m_noReceiver = new Label(tr("All receivers are off"), theme, Theme::Size::Body, false,
                             Label::Ink::Text2, m_card);
    m_receivers->addWidget(m_noReceiver);

    heading(tr("Scrape a page"));
    auto* field = new QHBoxLayout;
    m_target = new QLineEdit(m_card);
    m_target->setPlaceholderText(tr("8889, host:9100 or a URL"));
    m_target->setAccessibleName(tr("Target to scrape"));
    auto* add = new QPushButton(tr("Add target"), m_card);
    add->setAccessibleName(tr("Add target"));
    field->addWidget(m_target, 1);
    field->addWidget(add);
    m_column->addLayout(field);
    m_targetHint = new Label(tr("8889 means http://127.0.0.1:8889/metrics"), theme,
                             Theme::Size::Small, false, Label::Ink::Text2, m_card);
    m_targetHint->setWordWrap(true);
    m_column->addWidget(m_targetHint);
    m_targets = new QVBoxLayout;
    m_targets->setSpacing(theme.px(4));
    m_column->addLayout(m_targets);
    connect(add, &QPushButton::clicked, this, &StartCard::addTarget);
    connect(m_target, &QLineEdit::returnPressed, this, &StartCard::addTarget);
    connect(m_target, &QLineEdit::textEdited, this, [this](const QString& text) {
        const QString meaning = targetMeaning(text);
        m_targetHint->setInk(Label::Ink::Text2);
        m_targetHint->setText(meaning.isEmpty() ? tr("8889 means http://127.0.0.1:8889/metrics")
                                                : tr("%1 means %2").arg(text.trimmed(), meaning));
    });

    heading(tr("Or open something"));
    auto* buttons = new QHBoxLayout;
    auto* open = new QPushButton(tr("Open a dump…"), m_card);
    open->setIcon(themedIcon(QStringLiteral("open"), theme));
    open->setAccessibleName(tr("Open a dump"));
    auto* demo = new QPushButton(tr("Play the demo"), m_card);
    demo->setIcon(themedIcon(QStringLiteral("play"), theme));
    demo->setAccessibleName(tr("Play the demo"));
    buttons->addWidget(open);
    buttons->addWidget(demo);
    buttons->addStretch();
    m_column->addLayout(buttons);
    connect(open, &QPushButton::clicked, this, &StartCard::openDumpWanted);
    connect(demo, &QPushButton::clicked, this, &StartCard::demoWanted);

    connect(&bridge, &EngineBridge::statusChanged, this, &StartCard::showStatus);
    connect(&bridge, &EngineBridge::rebound, this, [this](const QString& error) {
        if (error.isEmpty())
            m_bridge.poll();
    });
    connect(&theme, &Theme::changed, this, &StartCard::applyTheme);
    showStatus();
    applyTheme();
}

StartCard::~StartCard() = default;

void StartCard::applyTheme() {
    fitCard();
    const int pad = m_theme.px(24);
    m_column->setContentsMargins(pad, pad, pad, pad);
    m_column->setSpacing(m_theme.px(8));
    m_receivers->setSpacing(m_theme.px(8));
    update();
}

/// As wide as it wants to be, as narrow as the window makes it.
void StartCard::fitCard() {
    const int wanted = m_theme.px(680);
    const int room = width() - m_theme.px(24);
    m_narrow = room < wanted;
    m_card->setFixedWidth(std::clamp(room, m_theme.px(320), wanted));
    for (ReceiverRow* row : m_receiverRows)
        row->setNarrow(m_narrow);
}

void StartCard::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitCard();
}

void StartCard::showStatus() {
    const EngineStatus& status = *m_bridge.status();
    // One row a kind: the first that listens, else the first that could not.
    QVector<const ReceiverStatus*> shown;
    for (const ReceiverStatus& receiver : status.receivers) {
        // One that was switched off has neither address nor error.
        if (receiver.kind == ReceiverKind::Api ||
            (receiver.address.empty() && receiver.error.empty()))
            continue;
        const auto same =
            std::find_if(shown.begin(), shown.end(),
                         [&](const ReceiverStatus* other) { return other->kind == receiver.kind; });
        if (same == shown.end())
            shown.push_back(&receiver);
        else if ((*same)->address.empty() && !receiver.address.empty())
            *same = &receiver;
    }
    for (const ReceiverStatus* receiver : shown) {
        const auto row = std::find_if(m_receiverRows.begin(), m_receiverRows.end(),
                                      [&](ReceiverRow* r) { return r->kind() == receiver->kind; });
        ReceiverRow* to = row != m_receiverRows.end() ? *row : nullptr;
        if (!to) {
            to = new ReceiverRow(receiver->kind, m_bridge, m_theme, m_card);
            to->setNarrow(m_narrow);
            m_receivers->addWidget(to);
            m_receiverRows << to;
        }
        to->show(*receiver);
    }
    m_noReceiver->setVisible(shown.isEmpty());
    while (m_targetRows.size() > static_cast<qsizetype>(status.targets.size()))
        delete m_targetRows.takeLast();
    while (m_targetRows.size() < static_cast<qsizetype>(status.targets.size())) {
        auto* row = new TargetRow(m_theme, m_card);
        m_targets->addWidget(row);
        m_targetRows << row;
    }
    for (std::size_t i = 0; i < status.targets.size(); ++i)
        m_targetRows[static_cast<qsizetype>(i)]->show(status.targets[i]);
}

void StartCard::addTarget() {
    if (m_target->text().trimmed().isEmpty())
        return;
    const Result<QString> added = m_bridge.addTarget(m_target->text());
    m_targetHint->setInk(added ? Label::Ink::Text2 : Label::Ink::Error);
    if (added) {
        m_target->clear();
        m_targetHint->setText(tr("Scraping %1").arg(*added));
    } else {
        m_targetHint->setText(QString::fromStdString(added.error().text()));
    }
}

void StartCard::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), m_theme.tokens().window);
}

} // namespace sightglass::ui
