// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/sources/sources_model.h"

#include <QSet>

#include <algorithm>
#include <cmath>

#include "ui/look/format.h"

namespace sightglass::ui {

namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

QString receiverName(ReceiverKind kind) {
    switch (kind) {
    case ReceiverKind::OtlpGrpc:
        return QStringLiteral("OTLP/gRPC receiver");
    case ReceiverKind::OtlpHttp:
        return QStringLiteral("OTLP/HTTP receiver");
    case ReceiverKind::Api:
        break;
    }
    return QStringLiteral("HTTP API");
}

/// What the ring keeps of a path.
void addReach(SourcesModel::Row& row, const EngineStatus& status, OriginId origin) {
    if (origin.value >= status.ring.origins.size())
        return;
    row.oldestSample = status.ring.origins[origin.value].oldestSample;
    row.evictedSamples = status.ring.origins[origin.value].evictedSamples;
}

QString reachInWords(const SourcesModel::Row& row, TimeNs now, bool inFull) {
    if (row.oldestSample == 0)
        return {};
    const QString age = formatAge(now - row.oldestSample);
    QString text = age == QLatin1String("now") ? SourcesModel::tr("1 s") : age;
    if (inFull)
        text = SourcesModel::tr("reaches back %1").arg(text);
    if (row.evictedSamples > 0) {
        text += (inFull ? SourcesModel::tr(", %1 samples gone") : SourcesModel::tr(", %1 gone"))
                    .arg(formatCount(row.evictedSamples));
    }
    return text;
}

} // namespace

QVector<SourcesModel::Row> sourceRows(const EngineStatus& status) {
    using Row = SourcesModel::Row;
    using Kind = SourcesModel::Kind;
    using Health = SourcesModel::Health;
    QVector<Row> rows;
    QSet<quint32> shownOrigins;

    for (const ReceiverStatus& receiver : status.receivers) {
        Row row;
        row.kind = Kind::Receiver;
        row.receiver = receiver.kind;
        row.source = receiverName(receiver.kind);
        const bool listens = !receiver.address.empty();
        row.key = QStringLiteral("r%1 %2")
                      .arg(static_cast<int>(receiver.kind))
                      .arg(text(receiver.wanted));
        // One that was switched off has neither address nor error.
        const bool off = !listens && receiver.error.empty();
        row.address = text(listens ? receiver.address : off ? std::string() : receiver.wanted);
        row.health = listens ? Health::Good : off ? Health::Waiting : Health::Bad;
        row.state = listens ? SourcesModel::tr("listening")
                    : off   ? SourcesModel::tr("off")
                            : SourcesModel::tr("not listening");
        row.lastError = text(listens ? receiver.lastError : receiver.error);
        row.lastArrival = receiver.lastArrival;
        row.pointsPerSecond = receiver.pointsPerSecond;
        rows << row;
    }
    for (const TargetStatus& target : status.targets) {
        Row row;
        row.kind = Kind::Target;
        row.source = SourcesModel::tr("Target");
        row.address = text(target.url);
        row.key = QStringLiteral("t") + row.address;
        row.health = target.health == TargetStatus::Health::Up     ? Health::Good
                     : target.health == TargetStatus::Health::Down ? Health::Bad
                                                                   : Health::Waiting;
        row.state = row.health == Health::Good      ? SourcesModel::tr("up")
                    : row.health == Health::Waiting ? SourcesModel::tr("waiting")
                    : target.failures > 1
                        ? SourcesModel::tr("down for %1 scrapes").arg(target.failures)
                        : SourcesModel::tr("down");
        row.lastError = text(target.lastError);
        row.pointsPerSecond = target.pointsPerSecond;
        row.lastArrival = target.lastScrape;
        if (target.origin) {
            row.path = EngineBridge::pathNumber(*target.origin);
            shownOrigins.insert(target.origin->value);
            addReach(row, status, *target.origin);
            for (const OriginStatus& origin : status.origins) {
                if (origin.origin.id == *target.origin) {
                    row.series = origin.series;
                    row.lastArrival = origin.lastArrival;
                }
            }
        }
        rows << row;
    }
    for (const OriginStatus& origin : status.origins) {
        if (shownOrigins.contains(origin.origin.id.value))
            continue;
        Row row;
        row.kind = Kind::Path;
        row.path = EngineBridge::pathNumber(origin.origin.id);
        row.source = origin.origin.kind == OriginKind::File ? SourcesModel::tr("Dump")
                                                            : SourcesModel::tr("Path");
        row.address = origin.origin.kind == OriginKind::File ? text(origin.origin.detail)
                                                             : text(origin.origin.name());
        row.key = QStringLiteral("p%1").arg(origin.origin.id.value);
        const bool failed = !origin.lastError.empty() && origin.points == 0;
        row.health = failed ? Health::Bad : origin.points > 0 ? Health::Good : Health::Waiting;
        row.state = failed                                   ? SourcesModel::tr("unreadable")
                    : origin.origin.kind == OriginKind::File ? SourcesModel::tr("read")
                    : origin.points > 0                      ? SourcesModel::tr("receiving")
                                                             : SourcesModel::tr("waiting");
        row.lastError = text(origin.lastError);
        row.lastArrival = origin.lastArrival;
        row.pointsPerSecond = origin.pointsPerSecond;
        row.series = origin.series;
        addReach(row, status, origin.origin.id);
        rows << row;
    }
    return rows;
}

SourcesModel::SourcesModel(EngineBridge& bridge, QObject* parent)
    : QAbstractTableModel(parent), m_bridge(bridge), m_rows(sourceRows(*bridge.status())) {
    connect(&bridge, &EngineBridge::statusChanged, this, &SourcesModel::refresh);
}

void SourcesModel::refresh() {
    QVector<Row> rows = sourceRows(*m_bridge.status());
    const auto keyed = [](const QVector<Row>& all, const QString& key) {
        return std::any_of(all.begin(), all.end(), [&](const Row& r) { return r.key == key; });
    };
    for (int i = static_cast<int>(m_rows.size()) - 1; i >= 0; --i) {
        if (keyed(rows, m_rows[i].key))
            continue;
        beginRemoveRows({}, i, i);
        m_rows.removeAt(i);
        endRemoveRows();
    }
    // What is left of the old rows stands in the new order; what is new goes between.
    for (int i = 0; i < rows.size(); ++i) {
        if (i < m_rows.size() && m_rows[i].key == rows[i].key) {
            m_rows[i] = rows[i];
            continue;
        }
        beginInsertRows({}, i, i);
        m_rows.insert(i, rows[i]);
        endInsertRows();
    }
    if (!m_rows.isEmpty())
        emit dataChanged(index(0, 0), index(static_cast<int>(m_rows.size()) - 1, columnCount_ - 1));
}

int SourcesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SourcesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columnCount_);
}

QVariant SourcesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[index.row()];
    if (role == Qt::TextAlignmentRole) {
        const bool number = index.column() >= LastArrival && index.column() <= Reach;
        return QVariant(number ? Qt::AlignRight | Qt::AlignVCenter
                               : Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role == Qt::AccessibleTextRole && index.column() == Source)
        return row.path ? tr("%1, path %2").arg(row.source).arg(*row.path) : row.source;
    if (role == Qt::ToolTipRole && index.column() == LastError)
        return row.lastError;
    if (index.column() == Reach && (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole))
        return reachInWords(row, m_bridge.engine().clock().now(), true);
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    switch (index.column()) {
    case Source:
        return row.source;
    case Address:
        return row.address;
    case State:
        return row.state;
    case LastArrival:
        return row.lastArrival > 0 ? formatAge(m_bridge.engine().clock().now() - row.lastArrival)
                                   : QString();
    case Rate:
        return row.lastArrival > 0 ? formatCount(static_cast<quint64>(
                                         std::llround(std::max(row.pointsPerSecond, 0.0))))
                                   : QString();
    case Series:
        return row.series ? formatCount(*row.series) : QString();
    case Reach:
        return reachInWords(row, m_bridge.engine().clock().now(), false);
    case LastError:
        return row.lastError;
    default:
        return {};
    }
}

QVariant SourcesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return data(index(0, section), role).isValid() ? data(index(0, section), role)
                                                       : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Source:
        return tr("Source");
    case Address:
        return tr("Address");
    case State:
        return tr("State");
    case LastArrival:
        return tr("Last arrival");
    case Rate:
        return tr("Points/s");
    case Series:
        return tr("Series");
    case Reach:
        return tr("Reaches back");
    case LastError:
        return tr("Last error");
    default:
        return {};
    }
}

} // namespace sightglass::ui
