// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/selector.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <re2/re2.h>

namespace sightglass {

namespace {

constexpr std::size_t longestSelector = 64 * 1024;
constexpr std::int64_t expressionMemory = std::int64_t{1} << 20;

/// Reads a selector from left to right; every take function leaves m_at behind what it read.
class SelectorParser {
  public:
    explicit SelectorParser(std::string_view text) : m_text(text) {}

    Result<Selector> parse();

  private:
    static Error failAt(std::size_t at, std::string message,
                        ErrorCode code = ErrorCode::InvalidArgument) {
        Place place;
        place.line = 1;
        place.column = static_cast<std::uint32_t>(at + 1);
        return {code, std::move(message), std::move(place)};
    }
    [[nodiscard]] Error fail(std::string message) const { return failAt(m_at, std::move(message)); }

    void skipSpace() {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0)
            ++m_at;
    }
    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    [[nodiscard]] bool atQuote() const { return peek() == '"' || peek() == '\'' || peek() == '`'; }
    bool take(std::string_view token) {
        if (!m_text.substr(m_at).starts_with(token))
            return false;
        m_at += token.size();
        return true;
    }
    std::string_view takeName(bool colons);
    Result<std::string> takeString();
    Status takeMatchers(Selector& selector);
    Status takeMatcher(Selector& selector);
    Status takeRange(Selector& selector);

    std::string_view m_text;
    std::size_t m_at = 0;
};

std::string_view SelectorParser::takeName(bool colons) {
    const std::size_t begin = m_at;
    while (m_at < m_text.size()) {
        const auto c = static_cast<unsigned char>(m_text[m_at]);
        const bool good = std::isalpha(c) != 0 || c == '_' || (colons && c == ':') ||
                          (m_at > begin && std::isdigit(c) != 0);
        if (!good)
            break;
        ++m_at;
    }
    return m_text.substr(begin, m_at - begin);
}

Result<std::string> SelectorParser::takeString() {
    const std::size_t begin = m_at;
    const char quote = m_text[m_at++];
    std::string out;
    while (m_at < m_text.size()) {
        const char c = m_text[m_at++];
        if (c == quote)
            return out;
        if (c != '\\' || quote == '`') {
            out += c;
            continue;
        }
        if (m_at >= m_text.size())
            break;
        const char escaped = m_text[m_at++];
        static constexpr std::pair<char, char> escapes[] = {
            {'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'\\', '\\'}, {'"', '"'},
            {'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'v', '\v'},  {'\'', '\''},
        };
        const auto* known = std::find_if(std::begin(escapes), std::end(escapes),
                                         [&](const auto& e) { return e.first == escaped; });
        if (known == std::end(escapes))
            return failAt(m_at - 2, std::string("unknown escape sequence \\") + escaped);
        out += known->second;
    }
    return failAt(begin, "unterminated string");
}

Status SelectorParser::takeMatcher(Selector& selector) {
    std::string name;
    if (atQuote()) {
        Result<std::string> quoted = takeString();
        if (!quoted)
            return quoted.error();
        name = std::move(*quoted);
        skipSpace();
        if (peek() == ',' || peek() == '}') {
            // A quoted string alone is the metric's name (UTF-8 names).
            selector.matchers.push_back(
                *LabelMatcher::make(LabelMatcher::Kind::Equal, "__name__", std::move(name)));
            return Done{};
        }
    } else {
        name = std::string(takeName(false));
        if (name.empty())
            return fail("a label name was expected here");
        skipSpace();
    }

    LabelMatcher::Kind kind = LabelMatcher::Kind::Equal;
    if (take("=~"))
        kind = LabelMatcher::Kind::Matches;
    else if (take("!~"))
        kind = LabelMatcher::Kind::MatchesNot;
    else if (take("!="))
        kind = LabelMatcher::Kind::NotEqual;
    else if (!take("="))
        return fail("one of = != =~ !~ was expected here");

    skipSpace();
    if (!atQuote())
        return fail("a quoted label value was expected here");
    const std::size_t valueAt = m_at;
    Result<std::string> value = takeString();
    if (!value)
        return value.error();
    Result<LabelMatcher> matcher = LabelMatcher::make(kind, std::move(name), std::move(*value));
    if (!matcher)
        return failAt(valueAt, matcher.error().message);
    selector.matchers.push_back(std::move(*matcher));
    return Done{};
}

Status SelectorParser::takeMatchers(Selector& selector) {
    skipSpace();
    while (!take("}")) {
        if (Status status = takeMatcher(selector); !status)
            return status;
        skipSpace();
        if (take(",")) {
            skipSpace();
            continue;
        }
        if (peek() != '}')
            return fail(m_at < m_text.size() ? "a comma or } was expected here"
                                             : "the selector ends before its }");
    }
    return Done{};
}

Status SelectorParser::takeRange(Selector& selector) {
    const std::size_t begin = m_at;
    const std::size_t end = m_text.find(']', m_at);
    if (end == std::string_view::npos)
        return fail("the range ends before its ]");
    Result<TimeNs> range = parseDuration(m_text.substr(begin, end - begin));
    if (!range)
        return fail(range.error().message);
    selector.range = *range;
    m_at = end + 1;
    return Done{};
}

Result<Selector> SelectorParser::parse() {
    if (m_text.size() > longestSelector)
        return fail("the query is longer than 64 KiB");
    skipSpace();
    if (m_at == m_text.size())
        return fail("the query is empty");
    Selector selector;
    if (const std::string_view name = takeName(true); !name.empty())
        selector.matchers.push_back(
            *LabelMatcher::make(LabelMatcher::Kind::Equal, "__name__", std::string(name)));
    skipSpace();
    const bool named = !selector.matchers.empty();
    if (take("{")) {
        if (Status status = takeMatchers(selector); !status)
            return status.error();
    } else if (!named) {
        return failAt(m_at, "only a selector such as name{a=\"b\"} can be asked for yet",
                      ErrorCode::Unsupported);
    }
    skipSpace();
    if (take("[")) {
        if (Status status = takeRange(selector); !status)
            return status.error();
    }
    skipSpace();
    if (m_at != m_text.size())
        return failAt(m_at,
                      "only one selector such as name{a=\"b\"}[5m] can be asked for yet; "
                      "functions, operators, offset and @ cannot",
                      ErrorCode::Unsupported);
    const bool selective = std::any_of(selector.matchers.begin(), selector.matchers.end(),
                                       [](const LabelMatcher& m) { return !m.matches(""); });
    if (!selective)
        return failAt(0, "a selector must have at least one matcher that does not match the empty "
                         "string");
    return selector;
}

constexpr std::string_view metacharacters = "\\.+*?()[]{}^$|";

/// The next character of an expression if it stands for itself; else nothing is taken.
bool takeLiteral(std::string_view& expression, std::string& out) {
    if (expression.empty())
        return false;
    if (metacharacters.find(expression[0]) == std::string_view::npos) {
        out += expression[0];
        expression.remove_prefix(1);
        return true;
    }
    if (expression[0] != '\\' || expression.size() < 2 ||
        std::ispunct(static_cast<unsigned char>(expression[1])) == 0)
        return false;
    out += expression[1];
    expression.remove_prefix(2);
    return true;
}

std::vector<std::string> literalsOf(std::string_view expression) {
    for (const std::string_view open : {"(?:", "("}) {
        if (expression.starts_with(open) && expression.ends_with(')')) {
            expression.remove_prefix(open.size());
            expression.remove_suffix(1);
            break;
        }
    }
    std::vector<std::string> out(1);
    while (!expression.empty()) {
        if (takeLiteral(expression, out.back()))
            continue;
        if (expression[0] != '|')
            return {};
        expression.remove_prefix(1);
        out.emplace_back();
    }
    return out;
}

std::string prefixOf(std::string_view expression) {
    if (expression.find('|') != std::string_view::npos)
        return {};
    std::string out, last;
    while (true) {
        // A whole character: what follows may make it optional.
        last.clear();
        if (!takeLiteral(expression, last))
            break;
        while (!expression.empty() && (static_cast<unsigned char>(expression[0]) & 0xC0) == 0x80)
            takeLiteral(expression, last);
        if (!expression.empty() &&
            std::string_view("*?{").find(expression[0]) != std::string_view::npos)
            break;
        out += last;
    }
    return out;
}

} // namespace

Result<LabelMatcher> LabelMatcher::make(Kind kind, std::string name, std::string value) {
    LabelMatcher out;
    out.m_kind = kind;
    out.m_name = std::move(name);
    out.m_value = std::move(value);
    if (kind == Kind::Matches || kind == Kind::MatchesNot) {
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(expressionMemory);
        options.set_dot_nl(true); // as Prometheus compiles them: ^(?s:...)$
        auto expression = std::make_shared<const re2::RE2>(out.m_value, options);
        if (!expression->ok())
            return Error{
                ErrorCode::InvalidArgument, "not a regular expression: " + expression->error(), {}};
        out.m_expression = std::move(expression);
        out.m_literals = literalsOf(out.m_value);
        out.m_prefix = prefixOf(out.m_value);
    }
    return out;
}

bool LabelMatcher::matches(std::string_view labelValue) const {
    switch (m_kind) {
    case Kind::Equal:
        return labelValue == m_value;
    case Kind::NotEqual:
        return labelValue != m_value;
    case Kind::Matches:
    case Kind::MatchesNot:
        break;
    }
    const bool full =
        re2::RE2::FullMatch(re2::StringPiece(labelValue.data(), labelValue.size()), *m_expression);
    return full == (m_kind == Kind::Matches);
}

bool Selector::matchesName(std::string_view name) const {
    return std::all_of(matchers.begin(), matchers.end(), [&](const LabelMatcher& matcher) {
        return matcher.name() != "__name__" || matcher.matches(name);
    });
}

bool Selector::matchesLabels(const Labels& labels) const {
    return std::all_of(matchers.begin(), matchers.end(), [&](const LabelMatcher& matcher) {
        if (matcher.name() == "__name__")
            return true;
        const auto it =
            std::lower_bound(labels.begin(), labels.end(), matcher.name(),
                             [](const Label& l, const std::string& n) { return l.first < n; });
        const bool present = it != labels.end() && it->first == matcher.name();
        return matcher.matches(present ? std::string_view(it->second) : std::string_view());
    });
}

Result<Selector> parseSelector(std::string_view text) {
    return SelectorParser(text).parse();
}

Result<TimeNs> parseDuration(std::string_view text) {
    // Units in falling order, each at most once, as Prometheus reads them.
    static constexpr std::array<std::pair<std::string_view, TimeNs>, 7> units{{
        {"y", 365 * 24 * 3600 * nsPerSecond},
        {"w", 7 * 24 * 3600 * nsPerSecond},
        {"d", 24 * 3600 * nsPerSecond},
        {"h", 3600 * nsPerSecond},
        {"m", 60 * nsPerSecond},
        {"s", nsPerSecond},
        {"ms", nsPerMs},
    }};
    const Error bad{ErrorCode::InvalidArgument,
                    "not a duration: '" + std::string(text.substr(0, 40)) +
                        "' (write it as 5m, 1h30m or 250ms)",
                    {}};
    TimeNs total = 0;
    std::size_t at = 0;
    std::size_t nextUnit = 0;
    while (at < text.size()) {
        TimeNs number = 0;
        const std::size_t begin = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - begin < 9)
            number = number * 10 + (text[at++] - '0');
        std::size_t unitEnd = at;
        while (unitEnd < text.size() && (text[unitEnd] < '0' || text[unitEnd] > '9'))
            ++unitEnd;
        const std::string_view name = text.substr(at, unitEnd - at);
        std::size_t unit = nextUnit;
        while (unit < units.size() && units[unit].first != name)
            ++unit;
        if (begin == at || unit == units.size())
            return bad;
        if (__builtin_mul_overflow(number, units[unit].second, &number) ||
            __builtin_add_overflow(total, number, &total))
            return bad;
        nextUnit = unit + 1;
        at = unitEnd;
    }
    if (total == 0)
        return bad;
    return total;
}

} // namespace sightglass
