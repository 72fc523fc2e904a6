// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/family_outline.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "ui/models/path_facts.h"

namespace sightglass::ui {

namespace {

using Branch = FamilyOutline::Branch;
using Kind = FamilyOutline::Branch::Kind;

/// Up to this many families all branches open by themselves. Beyond it nobody reads the list from
/// end to end, and a view pays for each open row.
constexpr int openAtOnce = 2000;
/// Branches of more families than this stay closed then, and so do all if more stand on top.
constexpr std::size_t longList = 200;

bool byName(const std::shared_ptr<const Family>& a, const std::shared_ptr<const Family>& b) {
    return std::tie(a->name, a->synthetic) < std::tie(b->name, b->synthetic);
}

void sortByName(Families& families) {
    if (!std::is_sorted(families.begin(), families.end(), byName))
        std::sort(families.begin(), families.end(), byName);
}

/// Whether a row would say the same of both.
bool looksSame(const Family& a, const Family& b) {
    return a.series == b.series && a.service == b.service &&
           std::equal(a.paths.begin(), a.paths.end(), b.paths.begin(), b.paths.end(),
                      [](const FamilyPath& x, const FamilyPath& y) {
                          return x.origin == y.origin && x.series == y.series &&
                                 std::equal(x.metrics.begin(), x.metrics.end(), y.metrics.begin(),
                                            y.metrics.end(), [](const auto& m, const auto& n) {
                                                return m->info == n->info;
                                            });
                      });
}

/// Whether both lists lead to the same rows, if not with the same counts: as from one second to the
/// next, when points came. `renewed` then says what stands in whose place.
bool standAlike(const Families& before, const Families& now,
                std::unordered_map<const Family*, const std::shared_ptr<const Family>*>& renewed) {
    if (before.size() != now.size())
        return false;
    for (std::size_t i = 0; i < now.size(); ++i) {
        const Family& a = *before[i];
        const Family& b = *now[i];
        if (&a == &b)
            continue;
        const bool alike = a.name == b.name && a.service == b.service &&
                           a.synthetic == b.synthetic &&
                           std::equal(a.paths.begin(), a.paths.end(), b.paths.begin(),
                                      b.paths.end(), [](const FamilyPath& x, const FamilyPath& y) {
                                          return x.origin == y.origin;
                                      });
        if (!alike)
            return false;
        renewed.emplace(&a, &now[i]);
    }
    return true;
}

/// Puts branches and families into an outline.
class Planter {
  public:
    explicit Planter(FamilyOutline& outline) : m_outline(outline) {}

    int add(int parent, Kind kind, std::string text) {
        const int at = static_cast<int>(m_outline.branches.size());
        Branch branch;
        branch.kind = kind;
        branch.parent = parent;
        Branch& above = m_outline.branches[static_cast<std::size_t>(parent)];
        branch.row = static_cast<int>(above.branches.size());
        branch.depth = above.depth + 1;
        branch.origin = above.origin;
        branch.synthetic = above.synthetic;
        if (kind == Kind::Group)
            branch.prefixBytes = text.size();
        branch.text = std::move(text);
        above.branches.push_back(at);
        m_outline.branches.push_back(std::move(branch));
        return at;
    }
    Branch& at(int branch) { return m_outline.branches[static_cast<std::size_t>(branch)]; }

    void addByPrefix(int above, const Families& families) {
        for (FamilyGroup& group : groupByPrefix(families)) {
            const int branch =
                group.prefix.empty() ? above : add(above, Kind::Group, std::move(group.prefix));
            at(branch).families = std::move(group.families);
        }
    }

    void addByWords(int above, const std::vector<NameGroup>& groups) {
        for (const NameGroup& group : groups) {
            const int branch = add(above, Kind::Group, group.prefix);
            at(branch).families = group.families;
            addByWords(branch, group.groups);
        }
    }

  private:
    FamilyOutline& m_outline;
};

void plantServices(Planter& planter, const Families& families) {
    Families own;
    const auto close = [&](const std::string& service, Families& members, bool synthetic) {
        if (members.empty())
            return;
        sortByName(members);
        const int branch = planter.add(0, Kind::Service, service);
        planter.at(branch).synthetic = synthetic;
        planter.addByPrefix(branch, members);
        members.clear();
    };
    std::string service;
    Families members;
    for (const auto& family : families) {
        if (family->synthetic) {
            own.push_back(family);
            continue;
        }
        if (!members.empty() && family->service != service)
            close(service, members, false);
        service = family->service;
        members.push_back(family);
    }
    close(service, members, false);
    close("scraping", own, true);
}

void plantPaths(Planter& planter, const Families& families, const CatalogSnapshot& catalog) {
    std::unordered_map<std::uint32_t, Families> byOrigin;
    for (const auto& family : families) {
        for (const FamilyPath& path : family->paths)
            byOrigin[path.origin.value].push_back(family);
    }
    for (const CatalogOrigin& known : catalog.origins) {
        const auto members = byOrigin.find(known.origin.id.value);
        if (members == byOrigin.end())
            continue;
        sortByName(members->second);
        const int branch = planter.add(0, Kind::Path, known.origin.name());
        planter.at(branch).origin = known.origin.id;
        planter.at(branch).brief = known.origin.shortName();
        planter.addByPrefix(branch, members->second);
    }
}

void plantWords(Planter& planter, Families families) {
    sortByName(families);
    NameGroup all = groupByWords(std::move(families));
    planter.at(0).families = std::move(all.families);
    planter.addByWords(0, all.groups);
}

} // namespace

FamilyOutline::FamilyOutline() {
    branches.emplace_back();
    places.emplace(0, 0);
}

const FamilyOutline::Branch* FamilyOutline::branch(std::uint32_t id) const {
    const auto place = places.find(id);
    return place == places.end() ? nullptr : &branches[static_cast<std::size_t>(place->second)];
}

struct OutlineBuilder::State {
    using Outline = std::shared_ptr<const FamilyOutline>;

    /// What filters look through: of each family, in the order of `families`, all its texts in
    /// lower case in one run, so that a keystroke reads memory in one sweep. Of families that stay
    /// it is copied on.
    struct Haystack {
        Families families;
        std::string text;
        std::vector<std::size_t> ends;

        void renew(const Families& next);
        void append(const Family& family);
        [[nodiscard]] std::string_view of(std::size_t family) const {
            const std::size_t begin = family == 0 ? 0 : ends[family - 1];
            return std::string_view(text).substr(begin, ends[family] - begin);
        }
    };

    std::shared_ptr<const Analysis> analysis;           ///< of `whole`
    Grouping grouping = Grouping::Service;              ///< of `whole`
    Outline whole;                                      ///< without a filter
    std::unordered_map<std::string, std::uint32_t> ids; ///< of the branches of `whole`, by key
    std::uint32_t lastId = 0;
    Haystack haystack;
    Outline shown = std::make_shared<const FamilyOutline>();
    Outline before;

    void plant(const Request& request);
    void nameBranches(FamilyOutline& outline);
    void mark(FamilyOutline& outline, const FindingsSnapshot& findings) const;
    [[nodiscard]] Outline filtered(const std::vector<std::string>& words);
    static void count(FamilyOutline& outline);
    [[nodiscard]] static OutlineChange compare(const FamilyOutline& a, const FamilyOutline& b);
};

void OutlineBuilder::State::Haystack::append(const Family& family) {
    const auto add = [this](std::string_view part) {
        appendFolded(text, part);
        text += '\n'; // no word of a filter reaches over two texts
    };
    add(family.name);
    std::string_view lastHelp;
    for (const FamilyPath& path : family.paths) {
        if (path.name != family.name)
            add(path.name);
        for (const auto& metric : path.metrics) {
            const Descriptor& descriptor = metric->info->descriptor;
            if (descriptor.name != path.name)
                add(descriptor.name);
            // Paths mostly repeat one help text.
            if (descriptor.description != lastHelp)
                add(descriptor.description);
            lastHelp = descriptor.description;
            for (const LabelKey& key : metric->labelKeys)
                add(key.key);
        }
    }
}

void OutlineBuilder::State::Haystack::renew(const Families& next) {
    if (next == families)
        return;
    Haystack made;
    made.text.reserve(text.size() + text.size() / 8);
    made.ends.reserve(next.size());
    const auto key = [](const Family& family) {
        return std::tie(family.service, family.name, family.synthetic);
    };
    std::size_t old = 0;
    for (const auto& family : next) {
        while (old < families.size() && families[old] != family &&
               key(*families[old]) <= key(*family))
            ++old;
        if (old < families.size() && families[old] == family)
            made.text += of(old);
        else
            made.append(*family);
        made.ends.push_back(made.text.size());
    }
    made.families = next;
    *this = std::move(made);
}

void OutlineBuilder::State::plant(const Request& request) {
    auto next = std::make_shared<FamilyOutline>();
    const Analysis& now = *request.analysis;
    std::unordered_map<const Family*, const std::shared_ptr<const Family>*> renewed;
    const bool sameRows = whole && grouping == request.grouping && analysis &&
                          standAlike(analysis->families, now.families, renewed);
    if (sameRows) {
        *next = *whole;
        for (Branch& branch : next->branches) {
            for (auto& family : branch.families) {
                const auto newer = renewed.find(family.get());
                if (newer != renewed.end())
                    family = *newer->second;
            }
        }
    } else {
        Planter planter(*next);
        switch (request.grouping) {
        case Grouping::Service:
            plantServices(planter, now.families);
            break;
        case Grouping::Path:
            plantPaths(planter, now.families, *now.catalog);
            break;
        case Grouping::Name:
            plantWords(planter, now.families);
            break;
        }
        next->families =
            static_cast<int>(std::count_if(now.families.begin(), now.families.end(),
                                           [](const auto& family) { return !family->synthetic; }));
        next->shown = next->families;
        nameBranches(*next);
        count(*next);
    }
    mark(*next, *now.findings);
    analysis = request.analysis;
    grouping = request.grouping;
    whole = std::move(next);
}

void OutlineBuilder::State::nameBranches(FamilyOutline& outline) {
    std::unordered_map<std::string, std::uint32_t> named;
    std::vector<std::string> keys(outline.branches.size());
    outline.places.clear();
    for (std::size_t i = 0; i < outline.branches.size(); ++i) {
        Branch& branch = outline.branches[i];
        if (i > 0) {
            std::string& key = keys[i];
            key = keys[static_cast<std::size_t>(branch.parent)];
            key += static_cast<char>('0' + static_cast<int>(branch.kind));
            key += branch.synthetic ? '!' : '.';
            key += branch.text;
            key += '\x1f';
            const auto known = ids.find(key);
            branch.id = known == ids.end() ? ++lastId : known->second;
            named.emplace(key, branch.id);
        }
        outline.places.emplace(branch.id, static_cast<int>(i));
    }
    ids = std::move(named);
}

void OutlineBuilder::State::mark(FamilyOutline& outline, const FindingsSnapshot& all) const {
    const FindingIndex findings(all);
    for (Branch& branch : outline.branches) {
        branch.mark.reset();
        FamilyMarks marks = findings.marksOf(branch.families, branch.kind == Kind::Group);
        branch.marks = std::move(marks.rows);
        branch.mark = marks.common;
        if (branch.kind == Kind::Service)
            branch.mark = std::max(branch.mark, findings.ofSubject(branch.text));
        if (branch.kind == Kind::Path) {
            const auto url = branch.text.find(' ');
            branch.mark = std::max(branch.mark, findings.ofSubject(branch.text));
            if (url != std::string::npos)
                branch.mark = std::max(
                    branch.mark, findings.ofSubject(std::string_view(branch.text).substr(url + 1)));
        }
        branch.worst = std::max(branch.mark, marks.worst);
    }
    for (std::size_t i = outline.branches.size(); i-- > 1;) {
        const Branch& branch = outline.branches[i];
        Branch& above = outline.branches[static_cast<std::size_t>(branch.parent)];
        above.worst = std::max(above.worst, branch.worst);
    }
}

/// Counts what is below each branch, and decides by it what opens.
void OutlineBuilder::State::count(FamilyOutline& outline) {
    for (Branch& branch : outline.branches)
        branch.count = static_cast<int>(branch.families.size());
    for (std::size_t i = outline.branches.size(); i-- > 1;) {
        const Branch& branch = outline.branches[i];
        outline.branches[static_cast<std::size_t>(branch.parent)].count += branch.count;
    }
    const bool all = outline.branches.front().count <= openAtOnce;
    const bool fewOnTop = outline.branches.front().branches.size() <= longList;
    for (Branch& branch : outline.branches) {
        branch.opens =
            all || (fewOnTop && branch.kind != Kind::Group && branch.families.size() <= longList);
    }
}

std::shared_ptr<const FamilyOutline>
OutlineBuilder::State::filtered(const std::vector<std::string>& words) {
    if (words.empty()) {
        haystack = {};
        return whole;
    }
    haystack.renew(analysis->families);
    std::unordered_set<const Family*> passing;
    auto out = std::make_shared<FamilyOutline>();
    out->families = whole->families;
    for (std::size_t i = 0; i < haystack.families.size(); ++i) {
        const std::string_view texts = haystack.of(i);
        const bool passes =
            std::all_of(words.begin(), words.end(), [texts](const std::string& word) {
                return texts.find(word) != std::string_view::npos;
            });
        if (!passes)
            continue;
        passing.insert(haystack.families[i].get());
        out->shown += haystack.families[i]->synthetic ? 0 : 1;
    }

    // Bottom up: a branch stays if anything below it does.
    const std::vector<Branch>& from = whole->branches;
    std::vector<char> stays(from.size(), 0);
    std::vector<Branch> kept(from.size());
    for (std::size_t i = from.size(); i-- > 0;) {
        const Branch& branch = from[i];
        Branch& copy = kept[i];
        for (std::size_t k = 0; k < branch.families.size(); ++k) {
            if (!passing.contains(branch.families[k].get()))
                continue;
            copy.families.push_back(branch.families[k]);
            if (!branch.marks.empty())
                copy.marks.push_back(branch.marks[k]);
        }
        stays[i] = i == 0 || stays[i] != 0 || !copy.families.empty();
        if (stays[i] != 0 && i > 0)
            stays[static_cast<std::size_t>(branch.parent)] = 1;
    }
    out->branches.clear();
    out->places.clear();
    std::vector<int> placed(from.size(), -1);
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (stays[i] == 0)
            continue;
        const Branch& branch = from[i];
        Branch copy = std::move(kept[i]);
        copy.kind = branch.kind;
        copy.id = branch.id;
        copy.depth = branch.depth;
        copy.synthetic = branch.synthetic;
        copy.origin = branch.origin;
        copy.text = branch.text;
        copy.brief = branch.brief;
        copy.prefixBytes = branch.prefixBytes;
        copy.mark = branch.mark;
        copy.worst = branch.worst;
        placed[i] = static_cast<int>(out->branches.size());
        if (i > 0) {
            copy.parent = placed[static_cast<std::size_t>(branch.parent)];
            Branch& above = out->branches[static_cast<std::size_t>(copy.parent)];
            copy.row = static_cast<int>(above.branches.size());
            above.branches.push_back(placed[i]);
        }
        out->places.emplace(copy.id, placed[i]);
        out->branches.push_back(std::move(copy));
    }
    count(*out);
    return out;
}

OutlineChange OutlineBuilder::State::compare(const FamilyOutline& a, const FamilyOutline& b) {
    OutlineChange change;
    change.structure = a.branches.size() != b.branches.size();
    for (std::size_t i = 0; i < b.branches.size() && !change.structure; ++i) {
        const Branch& x = a.branches[i];
        const Branch& y = b.branches[i];
        if (x.id != y.id || x.families.size() != y.families.size()) {
            change.structure = true;
            break;
        }
        if (x.count != y.count || x.mark != y.mark || x.worst != y.worst)
            change.branches.push_back(static_cast<int>(i));
        int first = -1;
        int last = -1;
        for (std::size_t k = 0; k < y.families.size(); ++k) {
            const auto& old = x.families[k];
            const auto& now = y.families[k];
            if (old != now && (old->name != now->name || old->synthetic != now->synthetic)) {
                change.structure = true;
                break;
            }
            if ((old != now && !looksSame(*old, *now)) || x.markOf(k) != y.markOf(k)) {
                last = static_cast<int>(k);
                first = first < 0 ? last : first;
            }
        }
        if (first >= 0)
            change.rows.push_back({static_cast<int>(i), first, last});
    }
    if (change.structure) {
        change.branches.clear();
        change.rows.clear();
    }
    for (const Branch& branch : b.branches) {
        if (!a.places.contains(branch.id))
            change.added.push_back(branch.id);
    }
    return change;
}

OutlineBuilder::OutlineBuilder() : m_state(std::make_unique<State>()) {}

OutlineBuilder::~OutlineBuilder() = default;

OutlineBuilder::Answer OutlineBuilder::build(const Request& request) {
    State& s = *m_state;
    if (!s.whole || s.grouping != request.grouping || s.analysis != request.analysis)
        s.plant(request);
    Answer answer;
    answer.request = request;
    answer.outline = s.filtered(request.words);
    answer.change = State::compare(*s.shown, *answer.outline);
    s.before = std::exchange(s.shown, answer.outline);
    return answer;
}

} // namespace sightglass::ui
