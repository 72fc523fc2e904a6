// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/inflate/inflate.h"

#include <algorithm>
#include <cctype>
#include <memory>

#include <zlib.h>
#include <zstd.h>

namespace sightglass {

namespace {

Error corrupt(std::string_view format, std::string_view what, std::size_t byte) {
    Error error{ErrorCode::InvalidArgument, "corrupt " + std::string(format), {}};
    if (!what.empty())
        error.message += " (" + std::string(what) + ")";
    error.place.byte = byte;
    return error;
}

Error truncated(std::string_view format, std::size_t byte) {
    Error error{ErrorCode::InvalidArgument, std::string(format) + " data ends early", {}};
    error.place.byte = byte;
    return error;
}

Error tooLarge(std::size_t limit) {
    return {ErrorCode::TooLarge, "more than " + std::to_string(limit) + " bytes once inflated", {}};
}

/// The output of a decoder, grown as it fills and never past the limit by more than the one byte
/// that shows that there was more.
class BoundedOutput {
  public:
    BoundedOutput(std::size_t inputSize, std::size_t limit) : m_limit(limit) {
        grow(std::max<std::size_t>(inputSize * 4, 4096));
    }

    [[nodiscard]] char* free() { return m_text.data() + m_used; }
    [[nodiscard]] std::size_t freeSize() const { return m_text.size() - m_used; }
    /// Takes `n` bytes written at free() and makes room for more; false past the limit.
    [[nodiscard]] bool take(std::size_t n) {
        m_used += n;
        if (m_used > m_limit)
            return false;
        if (freeSize() == 0)
            grow(m_text.size() * 2);
        return true;
    }
    [[nodiscard]] std::string finish() && {
        m_text.resize(m_used);
        return std::move(m_text);
    }

  private:
    void grow(std::size_t wanted) {
        const std::size_t most = m_limit == std::string::npos ? m_limit : m_limit + 1;
        const std::size_t size = std::min(wanted, most);
        // resize() alone may double the capacity past the limit.
        m_text.reserve(size);
        m_text.resize(size);
    }

    std::size_t m_limit;
    std::size_t m_used = 0;
    std::string m_text;
};

struct InflateEnd {
    void operator()(z_stream* stream) const { inflateEnd(stream); }
};

// Gzip and zlib differ only in their frame, which zlib tells apart by the window bits.
Result<std::string> inflateDeflate(std::string_view bytes, std::size_t limit, bool gzip) {
    constexpr int largestWindow = 15;
    constexpr int gzipFrame = 16;
    const std::string_view format = gzip ? "gzip" : "zlib";

    z_stream stream{};
    if (inflateInit2(&stream, largestWindow + (gzip ? gzipFrame : 0)) != Z_OK)
        return Error{ErrorCode::ResourceExhausted, "no memory to inflate", {}};
    const std::unique_ptr<z_stream, InflateEnd> end(&stream);

    // zlib counts in 32 bits and takes no const input, though it does not write to it.
    std::size_t given = 0;
    const auto position = [&] { return given - stream.avail_in; };
    const auto giveInput = [&] {
        if (stream.avail_in > 0)
            return;
        const std::size_t n = std::min<std::size_t>(bytes.size() - given, 1u << 30);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + given));
        stream.avail_in = static_cast<uInt>(n);
        given += n;
    };

    BoundedOutput out(bytes.size(), limit);
    for (;;) {
        giveInput();
        const std::size_t room = std::min<std::size_t>(out.freeSize(), 1u << 30);
        stream.next_out = reinterpret_cast<Bytef*>(out.free());
        stream.avail_out = static_cast<uInt>(room);
        const int status = ::inflate(&stream, Z_NO_FLUSH);
        const std::size_t written = room - stream.avail_out;
        if (!out.take(written))
            return tooLarge(limit);
        switch (status) {
        case Z_OK:
            break;
        case Z_STREAM_END:
            if (position() == bytes.size())
                return std::move(out).finish();
            // RFC 1952, 2.2: members simply follow one another.
            if (!gzip || encodingOf(bytes.substr(position())) != Encoding::Gzip)
                return corrupt(format, "bytes after its end", position());
            inflateReset(&stream);
            break;
        case Z_BUF_ERROR: // no progress was possible: there was room, so there was no input
            return truncated(format, bytes.size());
        case Z_NEED_DICT:
            return corrupt(format, "it wants a preset dictionary", position());
        case Z_MEM_ERROR:
            return Error{ErrorCode::ResourceExhausted, "no memory to inflate", {}};
        default:
            return corrupt(format, stream.msg != nullptr ? stream.msg : "", position());
        }
    }
}

struct ZstdFree {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

Result<std::string> inflateZstd(std::string_view bytes, std::size_t limit) {
    const std::unique_ptr<ZSTD_DCtx, ZstdFree> context(ZSTD_createDCtx());
    if (!context)
        return Error{ErrorCode::ResourceExhausted, "no memory to inflate", {}};
    // A frame names its own window, and the decoder allocates it: 8 MiB is what RFC 8878 asks
    // every decoder to support.
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 23);

    BoundedOutput out(bytes.size(), limit);
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    for (;;) {
        ZSTD_outBuffer output{out.free(), out.freeSize(), 0};
        const std::size_t before = input.pos;
        const std::size_t wanted = ZSTD_decompressStream(context.get(), &output, &input);
        if (!out.take(output.pos))
            return tooLarge(limit);
        if (ZSTD_isError(wanted))
            return corrupt("zstd", ZSTD_getErrorName(wanted), input.pos);
        if (input.pos < input.size)
            continue;
        if (wanted == 0)
            return std::move(out).finish();
        if (output.pos == 0 && input.pos == before)
            return truncated("zstd", bytes.size());
    }
}

} // namespace

Encoding encodingOf(std::string_view bytes) {
    if (bytes.starts_with("\x1f\x8b"))
        return Encoding::Gzip;
    if (bytes.starts_with("\x28\xb5\x2f\xfd"))
        return Encoding::Zstd;
    // RFC 1950, 2.2: method 8 in a window of 32 KiB, no dictionary, and the two bytes are a
    // multiple of 31. "x^", the one case in text, begins no page and no JSON.
    if (bytes.size() >= 2 && bytes[0] == 0x78) {
        const unsigned flags = static_cast<unsigned char>(bytes[1]);
        if ((0x7800u + flags) % 31 == 0 && (flags & 0x20u) == 0)
            return Encoding::Zlib;
    }
    return Encoding::Identity;
}

Result<Encoding> encodingNamed(std::string_view name) {
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower.empty() || lower == "identity")
        return Encoding::Identity;
    if (lower == "gzip" || lower == "x-gzip")
        return Encoding::Gzip;
    if (lower == "deflate")
        return Encoding::Zlib;
    if (lower == "zstd")
        return Encoding::Zstd;
    return Error{ErrorCode::Unsupported, "unknown content encoding \"" + lower + "\"", {}};
}

Result<std::string> inflate(std::string_view bytes, Encoding encoding, std::size_t limit) {
    switch (encoding) {
    case Encoding::Gzip:
        return inflateDeflate(bytes, limit, true);
    case Encoding::Zlib:
        return inflateDeflate(bytes, limit, false);
    case Encoding::Zstd:
        return inflateZstd(bytes, limit);
    case Encoding::Identity:
        break;
    }
    if (bytes.size() > limit)
        return tooLarge(limit);
    return std::string(bytes);
}

} // namespace sightglass
