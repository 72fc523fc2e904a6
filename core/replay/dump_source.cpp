// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/dump_source.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/codec/inflate/inflate.h"

namespace sightglass {

namespace {

Error tooLarge(std::size_t limit) {
    return {ErrorCode::TooLarge, "larger than " + std::to_string(limit >> 20) + " MiB", {}};
}

Error cancelled() {
    return {ErrorCode::Cancelled, "reading was broken off", {}};
}

Error systemError(int code) {
    return {code == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
            std::generic_category().message(code),
            {}};
}

/// Reads until the end. A pipe or terminal may stay silent for ever: it is waited for in steps.
Result<std::string> readDescriptor(int descriptor, std::size_t limit, const std::stop_token& stop) {
    constexpr std::size_t step = 65536;
    constexpr int waitMs = 100;
    std::string bytes;
    while (!stop.stop_requested()) {
        pollfd ready{descriptor, POLLIN, 0};
        const int answers = ::poll(&ready, 1, waitMs);
        if (answers == 0 || (answers < 0 && errno == EINTR))
            continue;
        if (answers < 0)
            return systemError(errno);
        const std::size_t before = bytes.size();
        bytes.resize(before + step);
        const ssize_t got = ::read(descriptor, bytes.data() + before, step);
        const int error = errno;
        bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && error != EINTR && error != EAGAIN)
            return systemError(error);
        if (bytes.size() > limit)
            return tooLarge(limit);
        if (got == 0)
            return bytes;
    }
    return cancelled();
}

Result<std::string> readFile(const std::string& path, std::size_t limit,
                             const std::stop_token& stop) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return Error{ErrorCode::Io, "is a directory", {}};
    // Without O_NONBLOCK, opening a named pipe waits for whoever writes to it.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return systemError(errno);
    Result<std::string> bytes = readDescriptor(descriptor, limit, stop);
    ::close(descriptor);
    return bytes;
}

/// The part of a URL between "://" and the path: user, password, host and port.
std::string_view authorityOf(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos)
        return {};
    const std::string_view rest = url.substr(scheme + 3);
    return rest.substr(0, rest.find_first_of("/?#"));
}

bool isLoopbackUrl(std::string_view url) {
    std::string_view host = authorityOf(url);
    host.remove_prefix(host.rfind('@') + 1); // npos + 1 is 0
    if (host.starts_with('['))
        return host.starts_with("[::1]");
    host = host.substr(0, host.find(':'));
    return host == "localhost" || host.starts_with("127.");
}

struct Fetched {
    std::string bytes;
    std::size_t limit = 0;
    bool isTooLarge = false;
};

std::size_t takeBytes(char* data, std::size_t size, std::size_t count, void* into) {
    auto& fetched = *static_cast<Fetched*>(into);
    if (fetched.bytes.size() + size * count > fetched.limit) {
        fetched.isTooLarge = true;
        return 0;
    }
    fetched.bytes.append(data, size * count);
    return size * count;
}

/// curl asks about once a second while nothing comes.
int isStopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

Result<std::string> fetch(const std::string& url, const SourceLimits& limits,
                          std::stop_token stop) {
    const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
    if (!curl)
        return Error{ErrorCode::Internal, "libcurl does not start", {}};
    Fetched fetched;
    fetched.limit = limits.bytes;
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
        curl_slist_append(nullptr, "Accept: text/plain;version=0.0.4;q=1,*/*;q=0.1"),
        &curl_slist_free_all);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS,
                     static_cast<long>(limits.fetchTimeout / nsPerMs));
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    // Left compressed if the server compresses: our own inflate() bounds what comes out.
    curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "sightglass-cli");
    // A proxy meant for the browser would not find this machine's ports.
    if (isLoopbackUrl(url))
        curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    // A name server that does not answer must not hold up a stop.
    curl_easy_setopt(curl.get(), CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &isStopped);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &stop);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &takeBytes);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &fetched);
    const CURLcode code = curl_easy_perform(curl.get());
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return cancelled();
    if (fetched.isTooLarge)
        return tooLarge(limits.bytes);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return Error{ErrorCode::Timeout,
                     "no answer within " + std::to_string(limits.fetchTimeout / nsPerSecond) + " s",
                     {}};
    if (code != CURLE_OK)
        return Error{ErrorCode::Unavailable, curl_easy_strerror(code), {}};
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return Error{ErrorCode::Unavailable, "answered HTTP " + std::to_string(status), {}};
    return std::move(fetched.bytes);
}

} // namespace

bool isUrl(const std::string& input) {
    return input.starts_with("http://") || input.starts_with("https://");
}

std::string shownInput(const std::string& input) {
    if (!isUrl(input))
        return input;
    const std::string_view authority = authorityOf(input);
    const std::size_t at = authority.rfind('@');
    if (at == std::string_view::npos)
        return input;
    std::string shown = input;
    shown.erase(input.find("://") + 3, at + 1);
    return shown;
}

Result<Source> readSource(const std::string& input, const SourceLimits& limits,
                          const std::stop_token& stop) {
    Source source;
    source.kind = isUrl(input) ? OriginKind::Scrape : OriginKind::File;
    source.detail = shownInput(input);
    Result<std::string> bytes = isUrl(input)   ? fetch(input, limits, stop)
                                : input == "-" ? readDescriptor(STDIN_FILENO, limits.bytes, stop)
                                               : readFile(input, limits.bytes, stop);
    if (!bytes)
        return bytes.error();
    if (bytes->empty())
        return Error{ErrorCode::Io, "is empty", {}};
    if (const Encoding encoding = encodingOf(*bytes); encoding != Encoding::Identity) {
        Result<std::string> inflated = inflate(*bytes, encoding, limits.inflated);
        if (!inflated)
            return inflated.error();
        if (inflated->empty())
            return Error{ErrorCode::Io, "is empty once decompressed", {}};
        source.bytes = std::move(*inflated);
    } else {
        source.bytes = std::move(*bytes);
    }
    return source;
}

} // namespace sightglass
