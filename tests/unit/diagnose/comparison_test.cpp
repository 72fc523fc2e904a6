// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <algorithm>

#include "core/catalog/catalog_loader.h"
#include "core/codec/exposition/exposition.h"
#include "core/diagnose/comparison.h"

namespace sightglass {

namespace {

/// A family on an OTLP origin and on a page, and what the comparison says of it.
struct Compared {
    OriginTable origins;
    Catalog catalog{origins};
    CatalogLoader loader{catalog};

    void push(std::string_view name, std::string_view unit, const std::vector<Attribute>& resource,
              const std::vector<Attribute>& point) {
        Batch batch;
        batch.origin = origins.intern(OriginKind::OtlpGrpc);
        batch.attributes = resource;
        batch.attributes.insert(batch.attributes.end(), point.begin(), point.end());
        const auto size = static_cast<std::uint32_t>(resource.size());
        batch.resources.push_back({{0, size}, {}, false});
        batch.scopes.push_back({"meter", "1.0", {}, {}});
        NumberPoint sample;
        sample.time = 7;
        sample.attributes = {size, static_cast<std::uint32_t>(point.size())};
        batch.numberPoints.push_back(sample);
        MetricBlock block;
        block.descriptor.name = name;
        block.descriptor.unit = unit;
        block.descriptor.type = MetricType::Gauge;
        block.points = {0, 1};
        batch.metrics.push_back(block);
        loader.load(batch);
    }

    void scrape(const std::string& page) {
        const OriginId origin = origins.intern(OriginKind::Scrape, "http://127.0.0.1:1/metrics");
        auto batch = decodeExposition({origin, 9, {}, std::make_shared<const std::string>(page)});
        REQUIRE(batch.ok());
        loader.load(*batch);
    }

    Comparison compare() {
        const auto snapshot = catalog.snapshot();
        const auto families = groupFamilies(*snapshot);
        const auto it = std::find_if(families.begin(), families.end(),
                                     [](const auto& f) { return f->paths.size() == 2; });
        REQUIRE(it != families.end());
        return PathComparer(*snapshot).compare((*it)->paths[0], (*it)->paths[1]);
    }
};

const ComparisonRow& row(const Comparison& comparison, std::string_view key) {
    const auto it = std::find_if(comparison.rows.begin(), comparison.rows.end(),
                                 [key](const ComparisonRow& r) { return r.key == key; });
    REQUIRE_MESSAGE(it != comparison.rows.end(), "no row ", std::string(key));
    return *it;
}

} // namespace

TEST_CASE("a comparison says where the translation put each label") {
    Compared given;
    given.push("heap", "By",
               {{"service.name", Value::string("shop")},
                {"host.name", Value::string("box")},
                {"os.type", Value::string("linux")},
                {"gone", Value::string("x")}},
               {{"pool.name", Value::string("old")}});
    given.scrape("# TYPE heap_bytes gauge\n"
                 "heap_bytes{job=\"shop\",host_name=\"box\",pool_name=\"old\",node=\"n\"} 1\n"
                 "# TYPE other gauge\n"
                 "other{job=\"shop\",host_name=\"box\"} 1\n"
                 "# TYPE target_info gauge\n"
                 "target_info{job=\"shop\",os_type=\"linux\"} 1\n");
    const Comparison comparison = given.compare();

    CHECK(row(comparison, "type").agreement == Agreement::Same);
    CHECK(row(comparison, "unit").agreement == Agreement::Documented);
    CHECK(row(comparison, "unit").other.via == "name");
    CHECK(row(comparison, "unit").other.text == "bytes");

    CHECK(row(comparison, "host_name").agreement == Agreement::Same);
    CHECK(row(comparison, "service_name").agreement == Agreement::Documented);
    CHECK(row(comparison, "service_name").other.via == "job");
    CHECK(row(comparison, "os_type").agreement == Agreement::Documented);
    CHECK(row(comparison, "os_type").other.via == "target_info");
    CHECK(row(comparison, "gone").lost());
    CHECK(row(comparison, "gone").group == ComparisonGroup::ResourceLabel);
    CHECK(row(comparison, "pool_name").agreement == Agreement::Same);
    CHECK(row(comparison, "pool_name").group == ComparisonGroup::PointLabel);
    CHECK(row(comparison, "node").added());
    CHECK(row(comparison, "otel_scope_name").agreement == Agreement::Documented);
}

TEST_CASE("rows stand in the order of the groups, and labels by key") {
    Compared given;
    given.push("heap", "", {{"b", Value::string("1")}, {"a", Value::string("1")}},
               {{"z", Value::string("1")}});
    given.scrape("# TYPE heap gauge\nheap{z=\"1\"} 1\n# TYPE other gauge\nother 1\n");
    const Comparison comparison = given.compare();
    CHECK(std::is_sorted(comparison.rows.begin(), comparison.rows.end(),
                         [](const ComparisonRow& x, const ComparisonRow& y) {
                             return x.group != y.group
                                        ? x.group < y.group
                                        : x.group >= ComparisonGroup::ResourceLabel &&
                                              x.key < y.key;
                         }));
}

TEST_CASE("a resource label with another value differs, but is not lost") {
    Compared given;
    given.push("heap", "", {{"host.name", Value::string("box")}}, {});
    given.scrape("# TYPE heap gauge\nheap{host_name=\"bin\"} 1\n");
    const Comparison comparison = given.compare();
    const ComparisonRow& host = row(comparison, "host_name");
    CHECK(host.agreement == Agreement::Differs);
    CHECK_FALSE(host.lost());
    CHECK(host.reference.text == "box");
    CHECK(host.other.text == "bin");
}

TEST_CASE("an attribute that is no text is compared as Prometheus would print it") {
    Compared given;
    given.push("heap", "", {{"cpus", Value::integer(4)}, {"vm", Value::boolean(true)}}, {});
    given.scrape("# TYPE heap gauge\nheap{cpus=\"4\",vm=\"true\"} 1\n");
    const Comparison comparison = given.compare();
    CHECK(row(comparison, "cpus").agreement == Agreement::Same);
    CHECK(row(comparison, "vm").agreement == Agreement::Same);
}

} // namespace sightglass
