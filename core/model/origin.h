// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/mutex.h"

namespace sightglass {

enum class OriginKind : std::uint8_t { OtlpGrpc, OtlpHttp, Scrape, RemoteWrite, File };

/// The path by which data came. Every series belongs to one.
struct Origin {
    OriginId id;
    OriginKind kind = OriginKind::File;
    std::string detail; ///< the URL, tenant or file path; empty for the OTLP receivers

    /// As users and the API name it: "otlp-grpc", "scrape http://127.0.0.1:9100/metrics",
    /// "file a.prom".
    [[nodiscard]] std::string name() const;
    /// For narrow places: "otlp-grpc", "scrape :9100", "a.prom".
    [[nodiscard]] std::string shortName() const;
};

/// All origins seen, numbered in the order they first appeared. Owned by the engine (or by a
/// command of the CLI); any thread may call. Origins are never removed, so ids stay good.
class OriginTable {
  public:
    OriginId intern(OriginKind kind, std::string_view detail = {}) SG_EXCLUDES(m_mutex);
    /// A copy; `id` must come from this table.
    [[nodiscard]] Origin origin(OriginId id) const SG_EXCLUDES(m_mutex);
    [[nodiscard]] std::vector<Origin> all() const SG_EXCLUDES(m_mutex);

  private:
    mutable Mutex m_mutex;
    std::deque<Origin> m_origins SG_GUARDED_BY(m_mutex);
    std::map<std::pair<OriginKind, std::string>, OriginId> m_ids SG_GUARDED_BY(m_mutex);
};

} // namespace sightglass
