// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "core/diagnose/findings_json.h"

namespace sightglass {

TEST_CASE("findings are printed in the one form that the command line and the API share") {
    OriginTable origins;
    Finding finding;
    finding.rule = "type-mismatch";
    finding.severity = Severity::Error;
    finding.metric = "heap";
    finding.message = "heap is \"odd\"";
    finding.cause = "A cause.";
    finding.advice = "A way out.";
    finding.origins = {origins.intern(OriginKind::OtlpGrpc),
                       origins.intern(OriginKind::File, "a.prom")};
    finding.labels = {"host_name"};
    Evidence evidence;
    evidence.origin = finding.origins[0];
    evidence.type = "gauge";
    evidence.unit = "By";
    evidence.labels = {{"host_name", "box"}};
    evidence.time = 5 * nsPerMs;
    finding.evidence = {evidence};
    finding.count = 3;
    finding.firstSeen = 1 * nsPerMs;
    finding.lastSeen = 5 * nsPerMs;

    FindingsSnapshot snapshot;
    snapshot.findings.push_back(std::make_shared<const Finding>(finding));
    finding.resolved = true;
    snapshot.findings.push_back(std::make_shared<const Finding>(finding));
    snapshot.errors = 1;
    CHECK(findingsJson(snapshot, origins) ==
          R"({"findings":[{"rule":"type-mismatch","severity":"error","metric":"heap",)"
          R"("message":"heap is \"odd\"","advice":"A cause. A way out.",)"
          R"("origins":["otlp-grpc","file a.prom"],"labels":["host_name"],)"
          R"("evidence":[{"origin":"otlp-grpc","type":"gauge","unit":"By",)"
          R"("labels":{"host_name":"box"},"time_ms":5}],)"
          R"("count":3,"first_seen_ms":1,"last_seen_ms":5}],)"
          R"("summary":{"error":1,"warning":0,"note":0}})");
}

TEST_CASE("no findings are an empty list, not nothing") {
    CHECK(findingsJson({}, {}) == R"({"findings":[],"summary":{"error":0,"warning":0,"note":0}})");
}

} // namespace sightglass
