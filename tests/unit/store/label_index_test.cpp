// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/label_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/model/prometheus_names.h"

using namespace sightglass;

namespace {

/// An index beside the plain truth about it.
struct Indexed {
    std::map<std::uint32_t, std::shared_ptr<const AttributeSet>> series;
    std::uint32_t next = 0;
    LabelIndex index{[this](SeriesId id) { return series.contains(id.value); }};

    std::uint32_t add(const std::vector<Attribute>& attributes) {
        const std::uint32_t id = next++;
        series[id] = index.add(SeriesId{id}, attributes);
        return id;
    }
    void remove(std::uint32_t id) {
        const auto it = series.find(id);
        index.remove(SeriesId{id}, *it->second);
        series.erase(it);
    }
    [[nodiscard]] LabelIndex::Everything all() const {
        return {series.size(), [this](std::vector<std::uint32_t>& out) {
                    for (const auto& [id, attributes] : series)
                        out.push_back(id);
                }};
    }
};

std::string valueOf(const Labels& labels, const std::string& name) {
    for (const Label& label : labels) {
        if (label.first == name)
            return label.second;
    }
    return {};
}

bool meets(const AttributeSet& attributes, const std::vector<LabelCondition>& conditions) {
    const Labels labels = prometheusLabels(attributes);
    return std::all_of(conditions.begin(), conditions.end(), [&](const LabelCondition& condition) {
        return condition.holdsFor(valueOf(labels, condition.label));
    });
}

LabelCondition is(std::string label, std::string value) {
    LabelCondition out;
    out.label = std::move(label);
    out.equals = std::move(value);
    return out;
}
LabelCondition accepting(std::string label, std::function<bool(std::string_view)> accepts,
                         std::string prefix = {}) {
    LabelCondition out;
    out.label = std::move(label);
    out.accepts = std::move(accepts);
    out.prefix = std::move(prefix);
    return out;
}
LabelCondition isNot(std::string label, std::string value) {
    return accepting(std::move(label), [value](std::string_view v) { return v != value; });
}
LabelCondition noneOf(std::string label, std::vector<std::string> values) {
    LabelCondition out = accepting(std::move(label), [values](std::string_view v) {
        return std::find(values.begin(), values.end(), v) == values.end();
    });
    out.noneOf = values;
    return out;
}
LabelCondition oneOf(std::string label, std::vector<std::string> values) {
    LabelCondition out = accepting(std::move(label), [values](std::string_view v) {
        return std::find(values.begin(), values.end(), v) != values.end();
    });
    out.oneOf = values;
    return out;
}
LabelCondition begins(std::string label, std::string prefix) {
    return accepting(
        std::move(label), [prefix](std::string_view v) { return v.starts_with(prefix); }, prefix);
}

/// What an index must know about a question.
enum class Answer {
    Exact,     ///< the living series it gives all meet the conditions
    Narrows,   ///< it leaves some out
    MayGiveUp, ///< joined values, or about as many values as series
};
struct Question {
    Answer answer;
    std::vector<LabelCondition> conditions;
};

const std::vector<Question>& questions() {
    static const std::vector<Question> rows{
        {Answer::Exact, {is("zone", "z1")}},
        {Answer::Exact, {is("zone", "none")}},
        {Answer::Exact, {is("nobody", "z1")}},
        {Answer::Exact, {is("zone", "z1"), is("host", "h3")}},
        {Answer::Narrows, {is("zone", "z1"), isNot("host", "h3")}},
        {Answer::Exact, {isNot("zone", "z1")}},
        {Answer::MayGiveUp, {isNot("zone", "")}},
        {Answer::Exact, {is("zone", "")}},
        {Answer::MayGiveUp, {isNot("zone", ""), is("host", "")}},
        {Answer::Exact, {oneOf("zone", {"z0", "z2", "none"})}},
        {Answer::Exact, {oneOf("zone", {"z0", "z2"}), oneOf("host", {"h1", "h2"})}},
        {Answer::Exact, {begins("pod", "pod-1")}},
        {Answer::Narrows, {begins("pod", "pod-1"), is("zone", "z0"), isNot("zone", "z1")}},
        {Answer::MayGiveUp,
         {accepting("host", [](std::string_view v) { return v.empty() || v == "h1"; })}},
        {Answer::Exact, {accepting("host", [](std::string_view v) { return v.ends_with('2'); })}},
        // Integers, booleans, doubles, bytes and lists by how they are shown.
        {Answer::Exact, {is("status", "200")}},
        {Answer::Exact, {is("status", "0200")}},
        {Answer::Exact, {is("status", "true")}},
        {Answer::Exact, {is("status", "0.5")}},
        {Answer::Exact, {is("status", "[1,2]")}},
        {Answer::Exact, {is("status", "Zm9v")}},
        {Answer::Exact, {isNot("status", "200")}},
        // http.route and http_route, apart and on one series.
        {Answer::Narrows, {is("http_route", "/a")}},
        {Answer::Narrows, {is("http_route", "/a;/b")}},
        {Answer::MayGiveUp, {isNot("http_route", "/a")}},
        {Answer::Narrows, {begins("http_route", "/a;")}},
        {Answer::Narrows, {isNot("http_route", ""), is("zone", "z1")}},
        {Answer::Exact, {noneOf("zone", {"z1", "z2"})}},
        {Answer::MayGiveUp, {noneOf("zone", {"", "z2"})}},
        {Answer::Exact, {noneOf("pod", {"pod-1", "none"}), is("zone", "z0")}},
        {Answer::MayGiveUp, {noneOf("http_route", {"/a"})}},
        {Answer::Exact, {oneOf("zone", {"", "z1"})}},
    };
    return rows;
}

struct RandomAttributes {
    std::mt19937_64 random{11};
    std::vector<std::string> kept;

    std::vector<Attribute> next() {
        const auto roll = [this](std::uint64_t n) { return random() % n; };
        kept.clear();
        kept.reserve(8);
        std::vector<Attribute> out;
        const auto text = [&](std::string value) {
            return Value::string(kept.emplace_back(value));
        };
        if (roll(5) > 0)
            out.push_back({"zone", text("z" + std::to_string(roll(4)))});
        if (roll(3) > 0)
            out.push_back({"host", text("h" + std::to_string(roll(40)))});
        out.push_back({"pod", text("pod-" + std::to_string(roll(100'000)))});
        switch (roll(9)) {
        case 0:
            out.push_back({"status", Value::integer(200)});
            break;
        case 1:
            out.push_back({"status", Value::string("200")});
            break;
        case 2:
            out.push_back({"status", Value::boolean(true)});
            break;
        case 3:
            out.push_back({"status", Value::array("[1,2]")});
            break;
        default:
            break;
        }
        if (roll(4) == 0)
            out.push_back({"http.route", text(roll(2) ? "/a" : "/b")});
        if (roll(4) == 0)
            out.push_back({"http_route", text(roll(2) ? "/a" : "/b")});
        std::shuffle(out.begin(), out.end(), random);
        return out;
    }
};

void checkAll(const Indexed& indexed) {
    for (std::size_t i = 0; i < questions().size(); ++i) {
        CAPTURE(i);
        const auto& [answer, question] = questions()[i];
        const auto found = indexed.index.select(question, indexed.all());
        std::vector<std::uint32_t> met, left;
        for (const auto& [id, attributes] : indexed.series) {
            if (meets(*attributes, question))
                met.push_back(id);
        }
        if (answer != Answer::MayGiveUp)
            REQUIRE(found.has_value());
        if (!found)
            continue;
        std::size_t inVain = 0;
        REQUIRE(std::is_sorted(found->begin(), found->end()));
        for (const std::uint32_t id : *found) {
            const auto it = indexed.series.find(id);
            if (it == indexed.series.end())
                continue;
            if (meets(*it->second, question))
                left.push_back(id);
            else
                ++inVain;
        }
        CHECK(left == met);
        if (answer == Answer::Exact)
            CHECK(inVain == 0);
        if (answer == Answer::Narrows)
            CHECK(left.size() + inVain < indexed.series.size() / 2);
    }
}

} // namespace

TEST_CASE("an index never leaves out a series that meets the conditions, while series come and "
          "go") {
    Indexed indexed;
    RandomAttributes attributes;
    std::mt19937_64 random(3);
    for (int round = 0; round < 6; ++round) {
        for (int i = 0; i < 400; ++i)
            indexed.add(attributes.next());
        checkAll(indexed);
        // The oldest ones, as eviction does, and some from anywhere.
        while (indexed.series.size() > 300) {
            auto it = indexed.series.begin();
            if (random() % 4 == 0)
                std::advance(it, static_cast<long>(random() % indexed.series.size()));
            indexed.remove(it->first);
        }
        checkAll(indexed);
    }
    // Doubles and bytes are compared as they are shown; many of them are scanned.
    indexed.add({{"status", Value::real(0.5)}, {"zone", Value::string("z1")}});
    indexed.add({{"status", Value::bytes("foo")}});
    checkAll(indexed);
    for (int i = 0; i < 20; ++i)
        indexed.add({{"status", Value::real(i + 0.25)}});
    checkAll(indexed);
}

TEST_CASE("lists of few joined series narrow again once these are gone") {
    Indexed indexed;
    const auto route = [](const char* text) { return Value::string(text); };
    std::vector<std::uint32_t> joined;
    for (int i = 0; i < 3; ++i)
        joined.push_back(indexed.add({{"http.route", route("/a")}, {"http_route", route("/b")}}));
    for (int i = 0; i < 40; ++i)
        indexed.add({{i % 2 ? "http.route" : "http_route", route(i < 10 ? "/a" : "/c")}});
    const std::vector<LabelCondition> question{isNot("http_route", "/a")};
    CHECK_FALSE(indexed.index.select(question, indexed.all()).has_value());
    for (const std::uint32_t id : joined)
        indexed.remove(id);
    const auto found = indexed.index.select(question, indexed.all());
    REQUIRE(found.has_value());
    CHECK(found->size() == 30);
}

TEST_CASE("what most series have is not scanned to its end") {
    Indexed indexed;
    for (int i = 0; i < 5000; ++i) {
        const std::string pod = "pod-" + std::to_string(i);
        indexed.add({{"pod", Value::string(pod)}, {"zone", Value::string(i < 300 ? "z1" : "z2")}});
    }
    std::size_t asked = 0;
    const auto some = accepting("pod", [&asked](std::string_view value) {
        ++asked;
        return !value.empty();
    });
    const std::vector<LabelCondition> question{some};
    CHECK_FALSE(indexed.index.select(question, {5000, [](auto&) {}}).has_value());
    asked = 0;
    const auto found = indexed.index.select(std::vector{some, is("zone", "z1")}, indexed.all());
    REQUIRE(found.has_value());
    CHECK(found->size() == 300);
    CHECK(asked < 10);
}

TEST_CASE("a series with very many attributes is added and removed in a moment") {
    Indexed indexed;
    constexpr int count = 300'000;
    std::vector<std::string> keys;
    for (int i = count; i > 0; --i) {
        const std::string digits = std::to_string(i);
        keys.push_back("k" + std::string(6 - digits.size(), '0') + digits);
    }
    std::vector<Attribute> attributes;
    for (const std::string& key : keys)
        attributes.push_back({key, Value::boolean(true)});
    attributes.push_back({keys.back(), Value::boolean(false)});
    const std::uint32_t id = indexed.add(attributes);
    const AttributeSet& set = *indexed.series[id];
    REQUIRE(set.size() == count);
    CHECK(std::is_sorted(set.begin(), set.end(),
                         [](const Attribute& a, const Attribute& b) { return a.key < b.key; }));
    CHECK(set.find(keys.back())->display() == "true");
    CHECK(indexed.index.bytes() <= LabelIndex::bytesAtMost(attributes));
    indexed.remove(id);
    CHECK(indexed.index.select(std::vector{is(keys[7], "true")}, indexed.all())->empty());
}

TEST_CASE("an attribute is kept once for all series, and goes with the last that has it") {
    Indexed indexed;
    const std::size_t empty = indexed.index.bytes();
    const std::vector<Attribute> attributes{{"zone", Value::string("z1")},
                                            {"pod", Value::string("pod-1")}};
    const std::uint32_t first = indexed.add(attributes);
    const std::size_t one = indexed.index.bytes();
    const std::uint32_t second = indexed.add(attributes);
    CHECK(&(*indexed.series[first])[0] == &(*indexed.series[second])[0]);
    CHECK(indexed.index.bytes() <= one + 2 * 48);

    const std::shared_ptr<const AttributeSet> held = indexed.series[first];
    indexed.remove(first);
    indexed.remove(second);
    // Tables keep their room, entries do not.
    CHECK(indexed.index.bytes() <= empty + 16 * 12);
    indexed.index.values("zone", [](std::string_view) { FAIL("a value that no series has"); });
    CHECK((*held)[0].key == "pod");
    CHECK((*held)[0].value.text() == "pod-1");

    for (int round = 0; round < 3; ++round) {
        std::vector<std::uint32_t> ids;
        for (int i = 0; i < 5000; ++i) {
            const std::string pod = "pod-" + std::to_string(round) + "-" + std::to_string(i);
            ids.push_back(indexed.add({{"pod", Value::string(pod)}}));
        }
        for (const std::uint32_t id : ids)
            indexed.remove(id);
        CHECK(indexed.index.bytes() < 20'000);
    }
}

TEST_CASE("the list of a value that most series have left is made anew") {
    Indexed indexed;
    std::vector<std::uint32_t> ids;
    for (int i = 0; i < 20'000; ++i)
        ids.push_back(indexed.add({{"zone", Value::string("z1")}}));
    const std::size_t full = indexed.index.bytes();
    for (std::size_t i = 0; i + 100 < ids.size(); ++i)
        indexed.remove(ids[i]);
    CHECK(indexed.index.bytes() * 4 < full);
    const std::vector<LabelCondition> question{is("zone", "z1")};
    const auto found = indexed.index.select(question, {1'000'000, [](auto&) {}});
    REQUIRE(found.has_value());
    CHECK(found->size() < 400);
    CHECK(std::includes(found->begin(), found->end(), ids.end() - 100, ids.end()));
}

TEST_CASE("values are those of living series") {
    Indexed indexed;
    const std::uint32_t gone = indexed.add({{"http.route", Value::string("/a")}});
    indexed.add({{"http.route", Value::string("/b")}, {"status", Value::integer(5)}});
    indexed.add({{"http_route", Value::string("/c")}});
    indexed.remove(gone);
    std::set<std::string> routes;
    indexed.index.values("http_route", [&](std::string_view v) { routes.emplace(v); });
    CHECK(routes == std::set<std::string>{"/b", "/c"});
    std::set<std::string> status;
    indexed.index.values("status", [&](std::string_view v) { status.emplace(v); });
    CHECK(status == std::set<std::string>{"5"});
}

TEST_CASE("readers ask while the writer adds and removes") {
    Indexed indexed;
    RandomAttributes attributes;
    std::set<std::uint32_t> lasting;
    for (int i = 0; i < 200; ++i) {
        const std::uint32_t id = indexed.add(attributes.next());
        const std::vector<LabelCondition> question{is("zone", "z1")};
        if (meets(*indexed.series[id], question))
            lasting.insert(id);
    }
    std::atomic<bool> done{false};
    std::atomic<int> missed{0}, rounds{0};
    {
        // It must not look at `indexed.series`, which is the writer's.
        std::jthread reader([&] {
            std::size_t texts = 0;
            while (!done || rounds < 3) {
                for (const Question& question : questions()) {
                    const auto found =
                        indexed.index.select(question.conditions, {100'000, [](auto&) {}});
                    if (&question == &questions().front() &&
                        !std::includes(found->begin(), found->end(), lasting.begin(),
                                       lasting.end()))
                        ++missed;
                }
                indexed.index.values("pod", [&](std::string_view v) { texts += v.size(); });
                ++rounds;
            }
            CHECK(texts > 0);
        });
        for (int i = 0; i < 4000; ++i) {
            indexed.add(attributes.next());
            if (indexed.series.size() > 400) {
                auto it = indexed.series.lower_bound(200 + static_cast<std::uint32_t>(i % 3));
                indexed.remove(it->first);
            }
        }
        done = true;
    }
    CHECK(missed == 0);
}
