# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenTelemetry JS SDK pushes; what it recorded must come back exactly."""

import subprocess
import unittest

from support import PEERS, Serve, TestCase


class OtlpSdk(TestCase):
    def push(self, serve, protocol):
        endpoint = serve.ready["otlp_grpc" if protocol == "grpc" else "otlp_http"]
        done = subprocess.run(["node", "record.mjs", protocol, endpoint], cwd=PEERS / "js",
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")

    def one(self, serve, selector):
        rows = serve.query(selector)
        self.assertEqual(len(rows), 1, f"{selector} gave {rows}")
        return rows[0]

    def check_all(self, protocol, origin):
        with Serve() as serve:
            self.push(serve, protocol)
            # No waiting: the SDK was answered after the points were written.
            self.check_values(serve, origin)
            self.check_descriptors(serve, origin)
            self.check_resource(serve)
            findings = serve.data("findings")
            self.assertEqual(findings["summary"]["error"], 0, findings)

    def check_values(self, serve, origin):
        labels, value = self.one(serve, "room_temperature_celsius")
        self.assertEqual(value, 21.5)
        self.assertEqual(labels, {
            "__name__": "room_temperature_celsius", "room": "kitchen", "job": "shop/basket",
            "instance": "basket-1", "origin": origin})
        self.assertEqual(self.one(serve, 'basket_items{tier="gold"}')[1], 3)
        self.assertEqual(self.one(serve, 'orders_placed_total{channel="web"}')[1], 42)
        exact = serve.data("query", query='orders_placed_total{channel="bulk"}')["result"]
        self.assertEqual(exact[0]["value"][1], "9007199254740991")
        self.assertEqual(self.one(serve, "bytes_sent_total")[1], 1536.25)

        buckets = {labels["le"]: value
                   for labels, value in serve.query("checkout_duration_seconds_bucket")}
        self.assertEqual(buckets, {"0.1": 1, "0.5": 3, "1": 4, "5": 4, "+Inf": 5})
        self.assertEqual(self.one(serve, "checkout_duration_seconds_count")[1], 5)
        self.assertAlmostEqual(self.one(serve, "checkout_duration_seconds_sum")[1], 10.25)

        native = self.one(serve, "payload_size_bytes")[1]
        self.assertEqual(float(native["count"]), 6)
        self.assertEqual(float(native["sum"]), 67587)
        for value, count in ((1, 1), (2, 1), (1024, 2), (65536, 1)):
            holding = [float(b[3]) for b in native["buckets"]
                       if b[0] == 0 and float(b[1]) < value <= float(b[2]) * (1 + 1e-12)]
            self.assertEqual(sum(holding), count, f"{value} in {native['buckets']}")

    def check_descriptors(self, serve, origin):
        expected = {
            "room.temperature": ("gauge", False, "unspecified", "Cel", "Temperature of the room."),
            "basket.items": ("sum", False, "cumulative", "{item}", "Items in baskets."),
            "orders.placed": ("sum", True, "cumulative", "", "Orders placed."),
            "bytes.sent": ("sum", True, "cumulative", "By", "Bytes sent."),
            "checkout.duration": ("histogram", False, "cumulative", "s", "Time to check out."),
            "payload.size": ("exponential_histogram", False, "cumulative", "By",
                             "Size of payloads."),
        }
        metrics = {m["original_name"]: m for m in serve.data("catalog")["metrics"]}
        self.assertEqual(set(metrics), set(expected))
        for name, (kind, monotonic, temporality, unit, description) in expected.items():
            metric = metrics[name]
            with self.subTest(metric=name):
                self.assertEqual(metric["type"], kind)
                self.assertEqual(metric["monotonic"], monotonic)
                self.assertEqual(metric["temporality"], temporality)
                self.assertEqual(metric["unit"], unit)
                self.assertEqual(metric["description"], description)
                self.assertEqual(metric["origin"], origin)
                self.assertEqual(metric["scope"]["name"], "basket/meter")
                self.assertEqual(metric["scope"]["version"], "1.2.3")

    def check_resource(self, serve):
        resource = serve.catalog("orders.placed")[0]["resource"]["attributes"]
        self.assertEqual(resource["service.name"], "basket")
        self.assertEqual(resource["process.pid"], 4711)
        self.assertIs(resource["build.debug"], False)
        self.assertEqual(resource["build.ratio"], 0.5)
        self.assertEqual(resource["host.ip"], ["10.0.0.1", "::1"])
        info, value = self.one(serve, "target_info")
        self.assertEqual(value, 1)
        self.assertEqual(info["process_pid"], "4711")
        self.assertEqual(info["job"], "shop/basket")

    def test_what_the_sdk_recorded_comes_back_over_grpc(self):
        self.check_all("grpc", "otlp-grpc")

    def test_what_the_sdk_recorded_comes_back_over_http_protobuf(self):
        self.check_all("proto", "otlp-http")

    def test_what_the_sdk_recorded_comes_back_over_http_json(self):
        self.check_all("json", "otlp-http")


if __name__ == "__main__":
    unittest.main()
