// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/dump_source.h"

#include <curl/curl.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "core/codec/inflate/inflate.h"

namespace sightglass {

namespace {

Error tooLarge(std::size_t limit) {
    return {ErrorCode::TooLarge, "larger than " + std::to_string(limit >> 20) + " MiB", {}};
}

Result<std::string> readStream(std::FILE* stream, std::size_t limit) {
    constexpr std::size_t step = 65536;
    std::string bytes;
    for (;;) {
        const std::size_t before = bytes.size();
        bytes.resize(before + step);
        const std::size_t got = std::fread(bytes.data() + before, 1, step, stream);
        bytes.resize(before + got);
        if (bytes.size() > limit)
            return tooLarge(limit);
        if (got == step)
            continue;
        if (std::ferror(stream) != 0)
            return Error{ErrorCode::Io, std::generic_category().message(errno), {}};
        return bytes;
    }
}

Result<std::string> readFile(const std::string& path, std::size_t limit) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return Error{ErrorCode::Io, "is a directory", {}};
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (!file)
        return Error{errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                     std::generic_category().message(errno),
                     {}};
    return readStream(file.get(), limit);
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

Result<std::string> fetch(const std::string& url, const SourceLimits& limits) {
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
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &takeBytes);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &fetched);
    const CURLcode code = curl_easy_perform(curl.get());
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

Result<Source> readSource(const std::string& input, const SourceLimits& limits) {
    Source source;
    source.kind = isUrl(input) ? OriginKind::Scrape : OriginKind::File;
    source.detail = input;
    Result<std::string> bytes = isUrl(input)   ? fetch(input, limits)
                                : input == "-" ? readStream(stdin, limits.bytes)
                                               : readFile(input, limits.bytes);
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
