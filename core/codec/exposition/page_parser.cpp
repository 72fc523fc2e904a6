// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/exposition/page_parser.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <new>
#include <system_error>

#include "core/codec/exposition/float_text.h"
#include "core/model/utf8.h"

namespace sightglass {

namespace {

enum CharClass : std::uint8_t { Letter = 1, Digit = 2, Colon = 4 };

constexpr std::array<std::uint8_t, 256> charClasses = [] {
    std::array<std::uint8_t, 256> classes{};
    for (int c = 'a'; c <= 'z'; ++c)
        classes[static_cast<std::size_t>(c)] = classes[static_cast<std::size_t>(c - 32)] = Letter;
    for (int c = '0'; c <= '9'; ++c)
        classes[static_cast<std::size_t>(c)] = Digit;
    classes['_'] = Letter;
    classes[':'] = Colon;
    return classes;
}();

bool is(char c, unsigned classes) {
    return (charClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

/// Whether `text` stands at `at`, where there are at least as many bytes: what is compared here is
/// short, and the call of memcmp would cost more than the comparison.
bool sameBytes(const char* at, std::string_view text) {
    const auto load = [](const char* from) {
        std::uint64_t word;
        std::memcpy(&word, from, 8);
        return word;
    };
    const std::size_t size = text.size();
    if (size < 8) {
        for (std::size_t i = 0; i < size; ++i) {
            if (at[i] != text[i])
                return false;
        }
        return true;
    }
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
        if (load(at + i) != load(text.data() + i))
            return false;
    }
    return load(at + size - 8) == load(text.data() + size - 8);
}

/// The first '"', backslash or byte above 0x7F at or after `at`, eight bytes at a time.
const char* findQuoteOrOdd(const char* at, const char* end) {
    if constexpr (std::endian::native == std::endian::little) {
        constexpr std::uint64_t ones = 0x0101010101010101u;
        constexpr std::uint64_t tops = 0x8080808080808080u;
        const auto zeroBytes = [](std::uint64_t w) { return (w - ones) & ~w; };
        while (end - at >= 8) {
            std::uint64_t word;
            std::memcpy(&word, at, 8);
            const std::uint64_t hits =
                (zeroBytes(word ^ (ones * '"')) | zeroBytes(word ^ (ones * '\\')) | word) & tops;
            if (hits != 0)
                return at + std::countr_zero(hits) / 8;
            at += 8;
        }
    }
    while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) < 0x80)
        ++at;
    return at;
}

/// `\\`, `\n` and, in labels, `\"`; any other backslash stands for itself, as in Prometheus.
std::string_view unescape(std::string_view text, bool isLabel, TextArena& arena) {
    char* const begin = arena.allocate(text.size());
    char* out = begin;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (next == '\\' || next == 'n' || (isLabel && next == '"')) {
            *out++ = next == 'n' ? '\n' : next;
            ++i;
        } else {
            *out++ = text[i];
        }
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

struct TypeWord {
    std::string_view word;
    MetricType type;
};
constexpr std::array typeWords = std::to_array<TypeWord>({
    {"counter", MetricType::Sum},
    {"gauge", MetricType::Gauge},
    {"histogram", MetricType::Histogram},
    {"summary", MetricType::Summary},
    {"untyped", MetricType::Unknown},
});

/// For an error message: on one line, and not longer than one reads.
std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 40;
    std::string out;
    appendJsonString(out, text.substr(0, longest));
    if (text.size() > longest)
        out.insert(out.size() - 1, "...");
    return out;
}

} // namespace

PageParser::PageParser(Batch& batch, Page& page, const ExpositionOptions& options)
    : m_batch(batch),
      m_page(page),
      m_options(options),
      m_begin(batch.body->data()),
      m_end(m_begin + batch.body->size()),
      m_at(m_begin),
      m_lineBegin(m_begin) {
    // A sample with labels rarely takes less than a hundred bytes.
    const std::size_t guess = batch.body->size() / 96 + 8;
    m_page.samples.reserve(guess);
    m_batch.attributes.reserve(guess * 4);
    m_seen.resize(std::bit_ceil(guess * 2));
}

std::optional<Error> PageParser::run() {
    while (!atEnd()) {
        m_lineBegin = m_at;
        m_firstLabel = static_cast<std::uint32_t>(m_batch.attributes.size());
        if (readLine())
            continue;
        if (!m_options.skipBadLines)
            return placed();
        reject("invalid-line");
        const char* const next = std::find(m_lineBegin, m_end, '\n');
        m_at = next == m_end ? m_end : next + 1;
    }
    return std::nullopt;
}

bool PageParser::readLine() {
    skipBlanks();
    if (atEnd())
        return true;
    if (*m_at == '\n') {
        ++m_at;
        return true;
    }
    return *m_at == '#' ? readComment() : readSample();
}

bool PageParser::readComment() {
    ++m_at;
    // Only with a blank behind the '#' can it be more than a comment.
    if (isBlank(*m_at)) {
        skipBlanks();
        const std::string_view rest(m_at, static_cast<std::size_t>(m_end - m_at));
        const bool isHelp = rest.starts_with("HELP");
        if ((isHelp || rest.starts_with("TYPE")) && isBlank(m_at[4])) {
            m_at += 4;
            return readMetadata(isHelp);
        }
    }
    const char* const newline = std::find(m_at, m_end, '\n');
    m_at = newline == m_end ? m_end : newline + 1;
    return true;
}

bool PageParser::readMetadata(bool isHelp) {
    skipBlanks();
    std::string_view name;
    const char* const nameBegin = m_at;
    if (*m_at == '"') {
        if (!readQuoted(name))
            return false;
    } else if (is(*m_at, Letter | Colon)) {
        while (is(*m_at, Letter | Digit | Colon))
            ++m_at;
        name = {nameBegin, static_cast<std::size_t>(m_at - nameBegin)};
    } else {
        return fail(std::string("expected a metric name after ") + (isHelp ? "HELP" : "TYPE") +
                    ", found " + found());
    }
    if (name.size() > m_options.limits.nameBytes) {
        m_at = nameBegin;
        return fail("the metric name is too long", ErrorCode::TooLarge);
    }
    // One byte parts name and text, whichever it is; further blanks belong to the text.
    const char* const newline = std::find(m_at, m_end, '\n');
    const char* const textBegin = std::min(m_at + 1, newline);
    const std::string_view text(textBegin, static_cast<std::size_t>(newline - textBegin));
    if (isHelp) {
        if (const std::size_t bad = findInvalidUtf8(text); bad != std::string_view::npos) {
            m_at = textBegin + bad;
            return fail("the help text is not valid UTF-8");
        }
        const std::uint32_t id = m_page.intern(name);
        const bool isBlankText = text.find_first_not_of(" \t") == std::string_view::npos;
        const bool hasEscape = text.find('\\') != std::string_view::npos;
        m_page.names[id].help = isBlankText ? std::string_view()
                                : hasEscape ? unescape(text, false, m_batch.arena)
                                            : text;
    } else {
        const auto* const word =
            std::find_if(typeWords.begin(), typeWords.end(),
                         [text](const TypeWord& candidate) { return candidate.word == text; });
        if (word == typeWords.end()) {
            m_at = textBegin;
            return fail("invalid metric type " + quoted(text));
        }
        PageName& entry = m_page.names[m_page.intern(name)];
        entry.type = word->type;
        entry.typed = true;
    }
    m_at = newline == m_end ? m_end : newline + 1;
    return true;
}

bool PageParser::readSample() {
    m_hasName = false;
    m_hash = 0;
    m_allKnown = true;
    if (*m_at == '{') {
        const char* const brace = m_at++;
        if (!readLabels(true))
            return false;
        if (!m_hasName) {
            m_at = brace;
            return fail("the sample has no metric name");
        }
    } else {
        if (!readMetricName())
            return false;
        skipBlanks();
        if (*m_at == '{') {
            ++m_at;
            if (!readLabels(false))
                return false;
        }
    }
    PageSample sample;
    skipBlanks();
    if (!readValue(sample.value))
        return false;
    sample.time = m_batch.receivedAt;
    skipBlanks();
    if (is(*m_at, Digit)) {
        if (!readTimestamp(sample))
            return false;
        skipBlanks();
        if (!atEnd() && *m_at != '\n')
            return fail("expected the end of the line after the timestamp, found " + found());
    } else if (!atEnd() && *m_at != '\n') {
        return fail("expected a timestamp or the end of the line, found " + found());
    }
    if (!atEnd())
        ++m_at;
    sample.name = m_name;
    sample.hash = m_hash;
    sample.labels = {m_firstLabel,
                     static_cast<std::uint32_t>(m_batch.attributes.size()) - m_firstLabel};
    return keepSample(sample);
}

bool PageParser::readMetricName() {
    // Most lines are of the metric of the line before.
    const auto left = static_cast<std::size_t>(m_end - m_at);
    if (!m_lastName.empty() && left > m_lastName.size() && sameBytes(m_at, m_lastName) &&
        !is(m_at[m_lastName.size()], Letter | Digit | Colon)) {
        m_at += m_lastName.size();
        m_name = m_lastNameId;
        return true;
    }
    const char* const begin = m_at;
    if (!is(*m_at, Letter | Colon)) {
        if (*m_at == '\0' && !atEnd())
            return fail("a NUL byte, at which Prometheus would stop reading");
        return fail("expected a metric name, a comment or an empty line, found " + found());
    }
    while (is(*m_at, Letter | Digit | Colon))
        ++m_at;
    if (!setName({begin, static_cast<std::size_t>(m_at - begin)}))
        return false;
    m_lastName = {begin, static_cast<std::size_t>(m_at - begin)};
    m_lastNameId = m_name;
    return true;
}

bool PageParser::setName(std::string_view name) {
    if (name.size() > m_options.limits.nameBytes)
        return fail("the metric name is too long", ErrorCode::TooLarge);
    m_name = m_page.intern(name);
    m_hasName = true;
    return true;
}

bool PageParser::readLabels(bool nameInside) {
    for (std::size_t position = 0;;) {
        skipBlanks();
        if (*m_at == '}') {
            ++m_at;
            return true;
        }
        if (*m_at == '"') {
            const char* const begin = m_at;
            std::string_view text;
            if (!readQuoted(text))
                return false;
            skipBlanks();
            if (*m_at == ',' || *m_at == '}') {
                const char* const behind = m_at;
                m_at = begin;
                if (!nameInside || m_hasName)
                    return fail("the metric name is given twice");
                if (text.empty())
                    return fail("the metric name is empty");
                if (!setName(text))
                    return false;
                m_at = behind + (*behind == ',' ? 1 : 0);
                continue;
            }
            if (*m_at != '=')
                return fail("expected '=' after the label name, found " + found());
            ++m_at;
            skipBlanks();
            std::string_view value;
            if (!readLabelValue(value) || !addLabel(text, keyHash(text), value))
                return false;
        } else if (!readLabel(position)) {
            return false;
        }
        ++position;
        // A missing comma is let pass, a doubled one is not: so does Prometheus.
        skipBlanks();
        if (*m_at == ',')
            ++m_at;
    }
}

bool PageParser::readLabel(std::size_t position) {
    std::string_view value;
    const auto left = static_cast<std::size_t>(m_end - m_at);
    if (position < m_knownKeys.size()) {
        const KnownKey& known = m_knownKeys[position];
        if (known.standsAt(m_at, left)) {
            m_at += known.spelled.size() - 1;
            return readLabelValue(value) &&
                   (value.empty() || keepLabel(known.key, known.hash, value));
        }
    }
    const char* const begin = m_at;
    if (!is(*m_at, Letter))
        return fail("expected a label name, found " + found());
    while (is(*m_at, Letter | Digit))
        ++m_at;
    const std::string_view key(begin, static_cast<std::size_t>(m_at - begin));
    skipBlanks();
    if (*m_at != '=')
        return fail("expected '=' after the label name, found " + found());
    ++m_at;
    skipBlanks();
    const std::uint64_t hashOfKey = keyHash(key);
    const char* const valueBegin = m_at;
    if (!readLabelValue(value))
        return false;
    if (!addLabel(key, hashOfKey, value))
        return false;
    if (valueBegin == begin + key.size() + 1)
        learnKey(position, KnownKey({begin, key.size() + 2}, hashOfKey));
    return true;
}

PageParser::KnownKey::KnownKey(std::string_view spelledKey, std::uint64_t hashOfKey)
    : spelled(spelledKey), key(spelledKey.substr(0, spelledKey.size() - 2)), hash(hashOfKey) {
    const std::size_t first = std::min<std::size_t>(spelled.size(), 8);
    std::memcpy(&word, spelled.data(), first);
    std::memset(&mask, 0xFF, first);
}

/// `left` bytes may be read at `at`.
bool PageParser::KnownKey::standsAt(const char* at, std::size_t left) const {
    // Empty where the line before had a quoted name.
    if (spelled.empty() || left < 8 || left <= spelled.size())
        return false;
    std::uint64_t there;
    std::memcpy(&there, at, 8);
    if (((there ^ word) & mask) != 0)
        return false;
    return spelled.size() <= 8 || sameBytes(at + 8, spelled.substr(8));
}

void PageParser::learnKey(std::size_t position, const KnownKey& known) {
    // Further positions are not worth knowing, nor comparing with each other.
    constexpr std::size_t mostKnown = 32;
    if (position >= mostKnown || known.key == "__name__")
        return;
    if (position >= m_knownKeys.size())
        m_knownKeys.resize(position + 1);
    m_knownKeys[position] = known;
    m_knownDiffer = true;
    for (std::size_t i = 0; i < m_knownKeys.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (m_knownKeys[i].key == m_knownKeys[k].key)
                m_knownDiffer = false;
        }
    }
}

/// A label whose name is not the known one of its position: the name is checked in full.
bool PageParser::addLabel(std::string_view key, std::uint64_t hashOfKey, std::string_view value) {
    m_allKnown = false;
    if (value.empty())
        return true;
    if (key.size() > m_options.limits.nameBytes)
        return fail("the label name is too long", ErrorCode::TooLarge);
    if (key.empty())
        return fail("the label name is empty");
    if (key == "__name__")
        return fail("label name " + quoted(key) + " is given twice");
    return keepLabel(key, hashOfKey, value);
}

bool PageParser::mayKeep(std::string_view key) {
    const auto labels = std::span(m_batch.attributes).subspan(m_firstLabel);
    if (labels.size() >= m_options.limits.labels)
        return fail("the sample has more than " + std::to_string(m_options.limits.labels) +
                        " labels",
                    ErrorCode::TooLarge);
    if (std::any_of(labels.begin(), labels.end(),
                    [key](const Attribute& label) { return label.key == key; }))
        return fail("label name " + quoted(key) + " is given twice");
    return true;
}

bool PageParser::keepLabel(std::string_view key, std::uint64_t hashOfKey, std::string_view value) {
    // Names that stand where they are known to stand differ from each other.
    const bool isSure = m_allKnown && m_knownDiffer &&
                        m_batch.attributes.size() - m_firstLabel < m_options.limits.labels;
    if (!isSure && !mayKeep(key))
        return false;
    // Made in its place: a Value that is copied right after its parts were written stalls the
    // processor for as long as all the rest of a label takes.
    Attribute& label = m_batch.attributes.emplace_back();
    ::new (static_cast<void*>(&label)) Attribute{key, Value::string(value)};
    m_hash += labelHash(hashOfKey, value);
    return true;
}

bool PageParser::readQuoted(std::string_view& out) {
    const char* const begin = m_at;
    if (!readLabelValue(out))
        return false;
    if (static_cast<std::size_t>(m_at - begin) > m_options.limits.nameBytes + 2) {
        m_at = begin;
        return fail("the name is too long", ErrorCode::TooLarge);
    }
    return true;
}

bool PageParser::readLabelValue(std::string_view& out) {
    if (*m_at != '"')
        return fail("expected a label value in quotes, found " + found());
    const char* const begin = m_at + 1;
    const char* const at = findQuoteOrOdd(begin, m_end);
    // There is a NUL at the end.
    if (*at != '"')
        return readOddLabelValue(at, out);
    out = {begin, static_cast<std::size_t>(at - begin)};
    m_at = at + 1;
    return true;
}

/// A value with escapes or beyond ASCII, or without end; `at` is the first byte that is not plain.
bool PageParser::readOddLabelValue(const char* at, std::string_view& out) {
    const char* const begin = m_at + 1;
    bool hasEscape = false, isAscii = true;
    while (at != m_end && *at != '"') {
        if (*at == '\\') {
            hasEscape = true;
            if (m_end - at < 2 || at[1] == '\n') {
                m_at = at;
                return fail("a backslash at the end of the line within quotes");
            }
            isAscii = isAscii && static_cast<unsigned char>(at[1]) < 0x80;
            ++at;
        } else {
            isAscii = isAscii && static_cast<unsigned char>(*at) < 0x80;
        }
        ++at;
    }
    if (at == m_end)
        return fail("the quote is never closed");
    out = {begin, static_cast<std::size_t>(at - begin)};
    if (!isAscii) {
        if (const std::size_t bad = findInvalidUtf8(out); bad != std::string_view::npos) {
            m_at = begin + bad;
            return fail("the text in quotes is not valid UTF-8");
        }
    }
    if (hasEscape)
        out = unescape(out, true, m_batch.arena);
    m_at = at + 1;
    return true;
}

bool PageParser::readValue(double& value) {
    // Whole numbers of up to fifteen digits are exact as they are summed up.
    const char* const begin = m_at;
    const bool negative = *m_at == '-';
    const char* at = m_at + (negative ? 1 : 0);
    const char* const digits = at;
    std::int64_t whole = 0;
    while (is(*at, Digit) && at - digits < 15)
        whole = whole * 10 + (*at++ - '0');
    if (at != digits && (*at == '\n' || *at == ' ')) {
        value = static_cast<double>(whole);
        // Also for zero: -0 is a value of its own.
        if (negative)
            value = -value;
        m_at = at;
        return true;
    }
    while (at != m_end && *at != '\n' && *at != ' ' && *at != '\t' && *at != '{')
        ++at;
    const std::string_view text(begin, static_cast<std::size_t>(at - begin));
    if (text.empty())
        return fail("expected a value after the metric, found " + found());
    const std::optional<double> parsed = parsePrometheusFloat(text);
    if (!parsed)
        return fail("expected a number as value, found " + quoted(text));
    value = *parsed;
    m_at = at;
    return true;
}

bool PageParser::readTimestamp(PageSample& sample) {
    std::int64_t ms = 0;
    const auto [stop, ec] = std::from_chars(m_at, m_end, ms);
    if (ec != std::errc())
        return fail("the timestamp does not fit 64 bits");
    m_at = stop;
    sample.hasTime = true;
    constexpr std::int64_t last = std::numeric_limits<TimeNs>::max() / nsPerMs;
    // keepSample() refuses what lies beyond the year 2262.
    sample.time = ms > last ? std::numeric_limits<TimeNs>::max() : ms * nsPerMs;
    return true;
}

bool PageParser::keepSample(const PageSample& sample) {
    const char* const behind = m_at;
    m_at = m_lineBegin;
    const ExpositionLimits& limits = m_options.limits;
    if (static_cast<std::size_t>(behind - m_lineBegin) > limits.lineBytes)
        return fail("the line is longer than " + std::to_string(limits.lineBytes) + " bytes",
                    ErrorCode::TooLarge);
    if (m_page.samples.size() >= limits.samples)
        return fail("the page has more than " + std::to_string(limits.samples) + " samples",
                    ErrorCode::TooLarge);
    ++m_batch.sampleLines;
    if (sample.hasTime && sample.time == std::numeric_limits<TimeNs>::max()) {
        fail("the timestamp lies beyond the year 2262");
        reject("timestamp-out-of-range");
        m_at = behind;
        return true;
    }
    if (isDuplicate(sample)) {
        fail("a series of " + quoted(m_page.names[sample.name].text) + " stands there twice");
        reject("duplicate-sample");
        m_at = behind;
        return true;
    }
    m_at = behind;
    const auto index = static_cast<std::uint32_t>(m_page.samples.size());
    m_page.samples.push_back(sample);
    std::vector<Slice>& runs = m_page.names[sample.name].runs;
    if (!runs.empty() && runs.back().begin + runs.back().count == index)
        ++runs.back().count;
    else
        runs.push_back({index, 1});
    return true;
}

namespace {

std::size_t slotOf(const PageSample& sample) {
    std::uint64_t h = sample.hash + sample.name * 0x9E3779B97F4A7C15u;
    if (sample.hasTime)
        h += static_cast<std::uint64_t>(sample.time);
    h *= 0xD6E8FEB86659FD93u;
    return static_cast<std::size_t>(h ^ h >> 32);
}

} // namespace

bool PageParser::isDuplicate(const PageSample& sample) {
    if (m_page.samples.size() * 2 >= m_seen.size())
        growSeen();
    const std::size_t mask = m_seen.size() - 1;
    const auto labels = m_batch.attributesOf(sample.labels);
    std::size_t slot = slotOf(sample) & mask;
    for (; m_seen[slot] != 0; slot = (slot + 1) & mask) {
        const PageSample& other = m_page.samples[m_seen[slot] - 1];
        if (other.hash == sample.hash && other.name == sample.name &&
            other.hasTime == sample.hasTime && other.time == sample.time &&
            sameLabels(labels, noLabel, m_batch.attributesOf(other.labels), noLabel))
            return true;
    }
    m_seen[slot] = static_cast<std::uint32_t>(m_page.samples.size()) + 1;
    return false;
}

void PageParser::growSeen() {
    std::vector<std::uint32_t> wider(m_seen.size() * 2);
    const std::size_t mask = wider.size() - 1;
    for (std::size_t i = 0; i < m_page.samples.size(); ++i) {
        std::size_t slot = slotOf(m_page.samples[i]) & mask;
        while (wider[slot] != 0)
            slot = (slot + 1) & mask;
        wider[slot] = static_cast<std::uint32_t>(i) + 1;
    }
    m_seen = std::move(wider);
}

/// Counts what m_error says of the line, and forgets the line's labels.
void PageParser::reject(std::string_view reason) {
    // Finding the line's number takes a walk over the page: only the first case is told.
    const bool isFirst = std::none_of(m_batch.rejections.begin(), m_batch.rejections.end(),
                                      [reason](const Rejection& r) { return r.reason == reason; });
    m_batch.reject(reason, 1, isFirst ? placed().text() : std::string());
    m_batch.attributes.resize(m_firstLabel);
}

bool PageParser::fail(std::string message, ErrorCode code) {
    m_error = {code, std::move(message), {}};
    return false;
}

std::string PageParser::found() const {
    if (atEnd())
        return "the end of the page";
    if (*m_at == '\n')
        return "the end of the line";
    if (*m_at == '\r')
        return "a carriage return (lines must end in a line feed alone)";
    const std::string_view rest(m_at, static_cast<std::size_t>(m_end - m_at));
    return quoted(rest.substr(0, std::max<std::size_t>(1, utf8SequenceLength(rest))));
}

Error PageParser::placed() const {
    Error error = m_error;
    const char* const lineBegin =
        std::find(std::reverse_iterator(m_at), std::reverse_iterator(m_begin), '\n').base();
    error.place.byte = static_cast<std::uint64_t>(m_at - m_begin);
    error.place.line = 1 + static_cast<std::uint32_t>(std::count(m_begin, lineBegin, '\n'));
    error.place.column = 1 + static_cast<std::uint32_t>(m_at - lineBegin);
    return error;
}

} // namespace sightglass
