# SPDX-License-Identifier: GPL-3.0-or-later
"""Real exporters are scraped: what their page says is what the API says."""

import os
import subprocess
import sys
import unittest

from support import PEERS, Child, Serve, TestCase, free_port, get, peer_binary, wait_until

PYTHON_APP = """
import sys, time
from prometheus_client import start_http_server, Counter, Gauge, Histogram, Summary
c = Counter('orders', 'Orders placed.', ['channel'])
c.labels('web').inc(42)
g = Gauge('room_temperature_celsius', 'Temperature with a \\\\ and a "quote".', ['room'])
g.labels('kit"chen\\n').set(21.5)
h = Histogram('checkout_seconds', 'Time to check out.', buckets=(0.1, 1, 5))
for v in (0.05, 0.5, 9): h.observe(v)
s = Summary('payload_bytes', 'Size of payloads.')
s.observe(7)
start_http_server(int(sys.argv[1]), '127.0.0.1')
time.sleep(3600)
"""


class Scrape(TestCase):
    def scraped(self, serve, url):
        wait_until(lambda: [t for t in serve.data("targets")["activeTargets"]
                            if t["scrapeUrl"] == url and t["health"] == "up"], f"{url} to be up")
        # The target is up once its page came; the page is in the ring a moment later.
        wait_until(lambda: serve.query(f'scrape_samples_scraped{{origin="scrape {url}"}}'),
                   f"the samples of {url}")

    def test_the_python_client_is_read_whole(self):
        port = free_port()
        url = f"http://127.0.0.1:{port}/metrics"
        environment = dict(os.environ, PYTHONPATH=str(
            PEERS / "debian" / "usr" / "lib" / "python3" / "dist-packages"))
        with Child([sys.executable, "-c", PYTHON_APP, port], env=environment,
                   stdout=subprocess.DEVNULL):
            wait_until(lambda: get(url), "the page")
            with Serve("--scrape", url) as serve:
                self.scraped(serve, url)
                instance = f"127.0.0.1:{port}"
                self.assertEqual(serve.query("orders_total"), [(
                    {"__name__": "orders_total", "channel": "web", "job": "scrape",
                     "instance": instance, "origin": f"scrape {url}"}, 42)])
                self.assertEqual(serve.query("room_temperature_celsius")[0][0]["room"], 'kit"chen\n')
                buckets = {l["le"]: v for l, v in serve.query("checkout_seconds_bucket")}
                self.assertEqual(buckets, {"0.1": 1, "1.0": 2, "5.0": 2, "+Inf": 3})
                self.assertEqual(serve.query("payload_bytes_sum")[0][1], 7)
                self.assertEqual(serve.query("up")[0][1], 1)
                metadata = serve.data("metadata", metric="checkout_seconds")
                self.assertEqual(metadata["checkout_seconds"][0]["type"], "histogram")
                self.assertEqual(serve.data("findings")["summary"]["error"], 0)

    def test_every_sample_of_the_node_exporter_is_found_again(self):
        port = free_port()
        url = f"http://127.0.0.1:{port}/metrics"
        with Child([peer_binary("prometheus-node-exporter"), "--web.listen-address",
                    f"127.0.0.1:{port}", "--collector.disable-defaults", "--collector.cpu",
                    "--collector.meminfo", "--collector.uname", "--collector.filesystem"],
                   stdout=subprocess.DEVNULL):
            wait_until(lambda: get(url), "the page")
            with Serve("--scrape", url) as serve:
                self.scraped(serve, url)
                page = [line for line in get(url).splitlines() if not line.startswith("#")]
                names = {line.split("{")[0].split(" ")[0] for line in page}
                known = set(serve.data("label/__name__/values"))
                self.assertEqual(names - known, set())
                series = serve.data("series", **{"match[]": '{__name__!=""}'})
                own = [s for s in series
                       if s["__name__"] != "up" and not s["__name__"].startswith("scrape_")]
                self.assertEqual(len(own), len(page))
                self.assertEqual(serve.data("findings")["summary"]["error"], 0)

    def test_a_target_that_goes_away_is_down_and_its_series_are_stale(self):
        port = free_port()
        url = f"http://127.0.0.1:{port}/metrics"
        with Serve("--scrape", url, "--scrape-interval", "200ms") as serve:
            with Child([peer_binary("prometheus-node-exporter"), "--web.listen-address",
                        f"127.0.0.1:{port}", "--collector.disable-defaults",
                        "--collector.uname"], stdout=subprocess.DEVNULL):
                self.scraped(serve, url)
                self.assertEqual(len(serve.query("node_uname_info")), 1)
            wait_until(lambda: serve.query("up")[0][1] == 0, "up to be 0")
            self.assertEqual(serve.query("node_uname_info"), [])
            down = wait_until(lambda: [f for f in serve.data("findings")["findings"]
                                       if f["rule"] == "target-down"], "the finding")
            self.assertIn("refused", str(down).lower())


if __name__ == "__main__":
    unittest.main()
