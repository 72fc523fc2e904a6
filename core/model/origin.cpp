// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/origin.h"

namespace sightglass {

namespace {

/// ":9100" of "http://127.0.0.1:9100/metrics"; the host where it is not this machine, and the
/// path where it is not the usual one.
std::string shortUrl(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
        url.remove_prefix(scheme + 3);
    const std::size_t slash = url.find('/');
    std::string_view host = url.substr(0, slash);
    const std::string_view path =
        slash == std::string_view::npos ? std::string_view() : url.substr(slash);
    for (const std::string_view local : {"127.0.0.1:", "localhost:", "[::1]:"}) {
        if (host.starts_with(local)) {
            host.remove_prefix(local.size() - 1);
            break;
        }
    }
    std::string out(host);
    if (path != "/metrics" && path != "/")
        out += path;
    return out;
}

} // namespace

std::string Origin::name() const {
    switch (kind) {
    case OriginKind::OtlpGrpc:
        return detail.empty() ? "otlp-grpc" : "otlp-grpc " + detail;
    case OriginKind::OtlpHttp:
        return detail.empty() ? "otlp-http" : "otlp-http " + detail;
    case OriginKind::Scrape:
        return "scrape " + detail;
    case OriginKind::RemoteWrite:
        return "remote-write " + detail;
    case OriginKind::File:
        break;
    }
    return "file " + detail;
}

std::string Origin::shortName() const {
    if (kind == OriginKind::Scrape)
        return "scrape " + shortUrl(detail);
    if (kind == OriginKind::File)
        return detail.substr(detail.find_last_of('/') + 1);
    return name();
}

OriginId OriginTable::intern(OriginKind kind, std::string_view detail) {
    MutexLock lock(m_mutex);
    const auto [it, isNew] = m_ids.try_emplace({kind, std::string(detail)});
    if (isNew) {
        it->second = OriginId{static_cast<std::uint32_t>(m_origins.size())};
        m_origins.push_back({it->second, kind, std::string(detail)});
    }
    return it->second;
}

Origin OriginTable::origin(OriginId id) const {
    MutexLock lock(m_mutex);
    return m_origins.at(id.value);
}

std::vector<Origin> OriginTable::all() const {
    MutexLock lock(m_mutex);
    return {m_origins.begin(), m_origins.end()};
}

} // namespace sightglass
