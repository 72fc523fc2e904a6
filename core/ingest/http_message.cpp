// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/http_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace sightglass {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equalsIgnoringCase(std::string_view text, std::string_view lowerText) {
    return std::equal(text.begin(), text.end(), lowerText.begin(), lowerText.end(),
                      [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool isPort(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size();
}

// Four decimal numbers only: what else inet_aton takes ("0x7f.1") a browser has rewritten.
bool isIpv4Loopback(std::string_view host) {
    std::array<std::uint8_t, 4> octets{};
    const char* at = host.data();
    const char* const end = host.data() + host.size();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i > 0 && (at == end || *at++ != '.'))
            return false;
        const auto [next, error] = std::from_chars(at, end, octets[i]);
        if (error != std::errc())
            return false;
        at = next;
    }
    return at == end && octets[0] == 127;
}

} // namespace

std::string_view HttpRequest::header(std::string_view lowerName) const {
    for (const auto& [name, value] : headers) {
        if (name == lowerName)
            return value;
    }
    return {};
}

bool isMediaType(std::string_view contentType, std::string_view mediaType) {
    return equalsIgnoringCase(trimmed(contentType.substr(0, contentType.find(';'))), mediaType);
}

bool isLoopbackHost(std::string_view host) {
    host = trimmed(host);
    std::string_view name = host;
    if (host.starts_with('[')) {
        const auto close = host.find(']');
        if (close == std::string_view::npos)
            return false;
        name = host.substr(1, close - 1);
        const std::string_view rest = host.substr(close + 1);
        if (!rest.empty() && (rest.front() != ':' || !isPort(rest.substr(1))))
            return false;
        return name == "::1" || name == "0:0:0:0:0:0:0:1";
    }
    if (const auto colon = host.rfind(':'); colon != std::string_view::npos) {
        if (!isPort(host.substr(colon + 1)))
            return false;
        name = host.substr(0, colon);
    }
    if (name.ends_with('.'))
        name.remove_suffix(1);
    constexpr std::string_view suffix = ".localhost";
    return equalsIgnoringCase(name, "localhost") || isIpv4Loopback(name) ||
           (name.size() > suffix.size() &&
            equalsIgnoringCase(name.substr(name.size() - suffix.size()), suffix));
}

TargetParts splitTarget(std::string_view target) {
    TargetParts parts;
    if (const auto scheme = target.find("://");
        scheme != std::string_view::npos && !target.starts_with('/')) {
        target.remove_prefix(scheme + 3);
        const auto end = std::min(target.find_first_of("/?"), target.size());
        parts.authority = target.substr(0, end);
        target.remove_prefix(end);
    }
    target = target.substr(0, target.find('#'));
    const auto question = std::min(target.find('?'), target.size());
    parts.path = question == 0 ? std::string_view("/") : target.substr(0, question);
    parts.query = target.substr(std::min(question + 1, target.size()));
    return parts;
}

std::string_view reasonPhrase(int status) {
    switch (status) {
    case 100:
        return "Continue";
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 411:
        return "Length Required";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Unknown";
    }
}

} // namespace sightglass
