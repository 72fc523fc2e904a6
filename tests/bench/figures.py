# SPDX-License-Identifier: GPL-3.0-or-later
"""All figures of speed and memory, beside Debian's prometheus and victoria-metrics, as one table.

    sh packaging/bootstrap.sh build bench && sh packaging/bootstrap.sh build release
    python3 tests/bench/figures.py [--only WORD] [--quick]

Everything is measured in one run on one machine, so that the ratios hold where the absolute figures
do not. The peers persist what they take to disk, and we do not. On a machine that does something
else meanwhile the figures mean nothing.
"""

import argparse
import http.server
import json
import os
import random
import re
import statistics
import subprocess
import tempfile
import threading
import time

import servers
from remote_write import Sender
from servers import BUILD, ROOT, SERVERS, Child, cpu_seconds, resident_mib
from support import get, wait_until

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--only", default="", help="only the parts whose name holds this word")
parser.add_argument("--quick", action="store_true", help="one repetition instead of five")
arguments = parser.parse_args()

BENCH = ROOT / "build" / "bench" / "bin"
REPEAT = 1 if arguments.quick else 5
SERIES = 10_000
CHUNK_SAMPLES = 120


class Table:
    """Rows of (what, asked, ours, Prometheus', VictoriaMetrics'), printed as they come."""

    def __init__(self):
        print(f"{'':58}{'asked':>9}{'ours':>10}{'prom.':>9}{'victoria':>9}  ours / theirs")

    def part(self, name):
        print(f"\n{name}")

    def row(self, what, asked, ours, prometheus=None, victoria=None):
        def shown(value):
            return "" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
        ratios = ", ".join(f"{ours / peer:.2f}" for peer in (prometheus, victoria) if peer)
        print(f"  {what:56}{shown(asked):>9}{shown(ours):>10}{shown(prometheus):>9}"
              f"{shown(victoria):>9}  {ratios}", flush=True)


def google_benchmark(program, pattern="."):
    """{name: result} of a Google Benchmark program, medians of REPEAT runs; times in ms."""
    options = [f"--benchmark_filter={pattern}", "--benchmark_format=json"]
    if REPEAT > 1:
        options += [f"--benchmark_repetitions={REPEAT}", "--benchmark_report_aggregates_only=true"]
    out = subprocess.run([BENCH / program, *options], check=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL,
                         env=dict(os.environ, QT_QPA_PLATFORM="offscreen")).stdout
    per_ms = {"ns": 1e6, "us": 1e3, "ms": 1, "s": 1e-3}
    rows = {}
    for result in json.loads(out)["benchmarks"]:
        if result.get("aggregate_name", "median") != "median":
            continue
        result["ms"] = result["cpu_time"] / per_ms[result["time_unit"]]
        rows[result["run_name"]] = result
    return rows


def lines_of_json(program, *options):
    """{what: value} of a bench that says a line of JSON a case, medians of REPEAT runs."""
    seen = {}
    for _ in range(REPEAT):
        out = subprocess.run([BENCH / program, *options], check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True).stdout
        for line in out.splitlines():
            row = json.loads(line)
            seen.setdefault(row["what"], []).append(row["value"])
    return {what: statistics.median(values) for what, values in seen.items()}


def grpc_ingest():
    """{load, server: (CPU s/M points, M points/s)}; the program takes the medians itself."""
    out = subprocess.run([BENCH / "grpc_ingest_bench", "1" if arguments.quick else "4",
                          str(REPEAT)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {m[1]: (float(m[2]), float(m[3]))
            for m in re.finditer(r"^  (\S.*?)  +([\d.]+)  +([\d.]+)", out, re.MULTILINE)}


# ---- beside the peers ----

def remote_write(start):
    """(CPU s/M known, CPU s/M new, MiB of 1 M samples of 10,000 series, MiB of 1 M more)."""
    with tempfile.TemporaryDirectory() as folder:
        child, base, ready = start(folder)
        with child:
            wait_until(lambda: get(base + ready), base)
            pid = child.process.pid
            sender = Sender(base)
            count = sender.send_known(100)
            first = resident_mib(pid)
            before = cpu_seconds(pid)
            count = sender.send_known(100)
            known = (cpu_seconds(pid) - before) / count * 1e6
            second = resident_mib(pid)
            before = cpu_seconds(pid)
            count = sender.send_new(20)
            new = (cpu_seconds(pid) - before) / count * 1e6
            return known, new, first, second - first


def ingest(table):
    table.part("OTLP/gRPC into the ring; the peers by remote write of the same series")
    peers = {name: [statistics.median(values) for values in
                    zip(*(remote_write(SERVERS[name]) for _ in range(REPEAT)))]
             for name in ("prometheus", "victoria-metrics")}
    prometheus, victoria = peers["prometheus"], peers["victoria-metrics"]
    ours = grpc_ingest()
    known, rate = ours["known series, into the ring, with catalog and rules"]
    table.row("known series, CPU s/M points", 0.28, known, prometheus[0], victoria[0])
    for what in ("known series, ten a metric, 100 resources",
                 "known series, five points of one in a row",
                 "known series, five times one after another"):
        table.row(f"{what}, CPU s/M", 0.28,
                  ours[f"{what}, into the ring, with catalog and rules"][0])
    for what in ("new series", "new series of 100 resources"):
        table.row(f"{what}, CPU s/M points", 1.0,
                  ours[f"{what}, into the ring, with catalog and rules"][0], prometheus[1],
                  victoria[1])
    table.row("known series, points/s, client beside it", 3e6, rate * 1e6)
    table.row("decoded, not written, CPU s/M", None, ours["known series, decoded into batches"][0])
    table.row("generated classes, thrown away, CPU s/M", None,
              ours["known series, generated classes, thrown away (peer)"][0])


def memory(table):
    table.part("Memory, resident")
    ours = lines_of_json("memory_bench")
    for kind, most in (("integer counter", 1.4), ("2-decimal gauge", 2.0), ("constant", 0.8),
                       ("random double", 8.8)):
        table.row(f"{kind}, +-3 ms jitter, bytes a sample", most, ours[f"{kind}, bytes a sample"])
    table.row("10,000 active series, MiB", 8, ours["10,000 active series of one sample, MiB"])
    table.row("1 M active series of 10 samples, MiB", 1024,
              ours["1 M active series of 10 samples, MiB"])


def chunks(table):
    table.part("Sealed chunks of 120 samples")
    kinds = ("integer counter", "2-decimal gauge", "constant", "random double")
    rows = google_benchmark("chunk_bench", "^(seal|decode)/")
    for i, kind in enumerate(kinds):
        decoded, sealed = rows[f"decode/{i}"], rows[f"seal/{i}"]
        table.row(f"{kind}: decode, ns a sample", 4, decoded["ms"] * 1e6 / CHUNK_SAMPLES)
        table.row(f"{kind}: seal, ns a sample", None, sealed["ms"] * 1e6 / CHUNK_SAMPLES)


def select(table):
    table.part("Selectors among 1 M series")
    for name, result in google_benchmark("select_bench", "find|answer").items():
        verb = "find" if name.startswith("find") else "answer"
        table.row(f"{verb}: {result['label']}, ms", 20, result["ms"])


def drawing(table):
    table.part("A frame at 1200x700: columns read and drawn (Qt Charts beside)")
    ours = google_benchmark("raster_bench", "frame|heatmap|qtCharts/(50/2000|1/100000)")
    for name, most in (("frame/50/2000", 8), ("frame/1/1000000", 6), ("frame/1/100000", 4)):
        table.row(f"{name}, ms", most, ours[name]["ms"])
    table.row("heatmap/50/2000, ms", None, ours["heatmap/50/2000"]["ms"])
    for name in ("qtCharts/50/2000", "qtCharts/1/100000"):
        table.row(f"{name} (peer), ms", None, ours[name]["ms"])
    live = lines_of_json("live_frame_bench")
    for what, value in live.items():
        table.row(what, 16.7 if "p99" in what else None, value)


class Page(http.server.BaseHTTPRequestHandler):
    """A page of 10,000 counters with five labels that moves at each scrape."""

    heads = [f'load_requests_total{{app="bench",host="host-{i % 50}",method="GET",'
             f'route="/api/v1/thing/{i}",status="200"}} ' for i in range(SERIES)]
    values = [random.Random(1).randrange(1000) for _ in range(SERIES)]

    def do_GET(self):
        Page.values = [v + 3 for v in Page.values]
        body = ("# TYPE load_requests_total counter\n" + "".join(
            f"{head}{value}\n" for head, value in zip(Page.heads, Page.values))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def measure_scraping(start, target, seconds):
    """CPU seconds a million samples, while scraping the page each second."""
    with tempfile.TemporaryDirectory() as folder:
        child, base, ready = start(folder, target)
        with child:
            wait_until(lambda: get(base + ready), base)
            time.sleep(3)  # the first scrape makes the series
            before = cpu_seconds(child.process.pid)
            time.sleep(seconds)
            return (cpu_seconds(child.process.pid) - before) / (seconds * SERIES) * 1e6


def scraping(table):
    table.part("Scraping a page of 10,000 series each second")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    target = f"127.0.0.1:{server.server_address[1]}"
    seconds = 5 if arguments.quick else 15
    table.row("CPU s/M samples", None,
              *(measure_scraping(start, target, seconds) for start in SERVERS.values()))
    server.shutdown()


def measure_start(start):
    """(start-up ms, idle MiB) of a server without work, medians."""
    starts, sizes = [], []
    for _ in range(REPEAT):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.monotonic()
            child, base, ready = start(folder)
            with child:
                wait_until(lambda: get(base + ready), base)
                starts.append((time.monotonic() - begun) * 1000)
                time.sleep(1)
                sizes.append(resident_mib(child.process.pid))
    return statistics.median(starts), statistics.median(sizes)


def measure_window():
    """(ms from exec to a picture of the empty window, MiB), offscreen; medians."""
    times, sizes = [], []
    off = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0", "--api", "127.0.0.1:0"]
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=folder,
                           XDG_RUNTIME_DIR=folder)
        window = BUILD / "bin" / "sightglass"
        for _ in range(REPEAT):
            begun = time.monotonic()
            subprocess.run([window, *off, "--screenshot", f"{folder}/window.png", "--after", "0"],
                           env=environment, check=True, stderr=subprocess.DEVNULL)
            times.append((time.monotonic() - begun) * 1000)
            with Child([window, *off], env=environment) as child:
                time.sleep(2)
                sizes.append(resident_mib(child.process.pid))
    return statistics.median(times), statistics.median(sizes)


def starting(table):
    table.part("Start and idle")
    rows = list(zip(*(measure_start(start) for start in SERVERS.values())))
    table.row("serve: start to ready, ms", None, *rows[0])
    table.row("serve: idle, MiB", 40, *rows[1])
    if (BUILD / "bin" / "sightglass").exists():
        picture, idle = measure_window()
        table.row("window: exec to picture written, ms", 120, picture)
        table.row("window: idle, MiB", 90, idle)


def main():
    servers.fetch()
    table = Table()
    for part in (ingest, memory, chunks, select, drawing, scraping, starting):
        if arguments.only in part.__name__:
            part(table)


if __name__ == "__main__":
    main()
