# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Sightglass beside Debian's prometheus and victoria-metrics and prints the ratios.

    python3 tests/bench/beside_peers.py [--build build/release] [--seconds 15]

Everything is measured in one run on one machine, so that the ratios hold where the absolute figures
do not. The peers persist what they take to disk, and we do not.
"""

import argparse
import http.server
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--build", default=str(ROOT / "build" / "release"))
parser.add_argument("--seconds", type=int, default=15, help="of scraping")
arguments = parser.parse_args()
os.environ["SIGHTGLASS_BUILD"] = str(pathlib.Path(arguments.build).resolve())

from fetch_peers import run as run_or_exit  # noqa: E402 (the build folder must be known first)
from support import BUILD, Child, Serve, free_port, get, wait_until  # noqa: E402

PEERS = BUILD / "peers" / "servers"
SERIES = 10_000
TICKS = os.sysconf("SC_CLK_TCK")


def fetch():
    if (PEERS / "usr" / "bin" / "victoria-metrics").exists():
        return
    downloads = PEERS / "packages"
    downloads.mkdir(parents=True, exist_ok=True)
    downloads.chmod(0o777)
    run_or_exit("apt-get", "download", "prometheus", "victoria-metrics", cwd=downloads)
    for package in downloads.glob("*.deb"):
        run_or_exit("dpkg", "-x", str(package), str(PEERS), cwd=downloads)


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


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


def scrape_configuration(folder, target):
    path = pathlib.Path(folder) / "prometheus.yml"
    path.write_text("global: {scrape_interval: 1s}\n" + (
        f"scrape_configs:\n- job_name: bench\n  static_configs:\n  - targets: ['{target}']\n"
        if target else ""))
    return path


def prometheus(folder, target=None):
    port = free_port()
    child = Child([PEERS / "usr/bin/prometheus",
                   f"--config.file={scrape_configuration(folder, target)}",
                   f"--storage.tsdb.path={folder}/data",
                   f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
                  stdout=subprocess.DEVNULL)
    return child, f"http://127.0.0.1:{port}/-/ready"


def victoria(folder, target=None):
    port = free_port()
    child = Child([PEERS / "usr/bin/victoria-metrics", f"-storageDataPath={folder}/data",
                   f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=1", "-loggerLevel=WARN",
                   f"-promscrape.config={scrape_configuration(folder, target)}"],
                  stdout=subprocess.DEVNULL)
    return child, f"http://127.0.0.1:{port}/health"


def sightglass(_folder, target=None):
    flags = ["--scrape", f"http://{target}/metrics", "--scrape-interval", "1s"] if target else []
    child = Serve(*flags)
    return child, child.api + "/-/ready"


SERVERS = {"sightglass": sightglass, "prometheus": prometheus, "victoria-metrics": victoria}


def measure(start):
    """(start-up ms, idle MiB) of a server without work, medians of five."""
    starts, sizes = [], []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.monotonic()
            child, url = start(folder)
            with child:
                wait_until(lambda: get(url), url)
                starts.append((time.monotonic() - begun) * 1000)
                time.sleep(1)
                sizes.append(resident_mib(child.process.pid))
    return statistics.median(starts), statistics.median(sizes)


def measure_scraping(start, target, seconds):
    """CPU seconds a million samples, while scraping the page each second."""
    with tempfile.TemporaryDirectory() as folder:
        child, url = start(folder, target)
        with child:
            wait_until(lambda: get(url), url)
            time.sleep(3)  # the first scrape makes the series
            before = cpu_seconds(child.process.pid)
            time.sleep(seconds)
            return (cpu_seconds(child.process.pid) - before) / (seconds * SERIES) * 1e6


def measure_window():
    """(ms from exec to a picture of the empty window, MiB), offscreen; medians of five."""
    window = BUILD / "bin" / "sightglass"
    if not window.exists():
        return None
    times, sizes = [], []
    off = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0", "--api", "127.0.0.1:0"]
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=folder,
                           XDG_RUNTIME_DIR=folder)
        for _ in range(5):
            begun = time.monotonic()
            subprocess.run([window, *off, "--screenshot", f"{folder}/window.png", "--after", "0"],
                           env=environment, check=True, stderr=subprocess.DEVNULL)
            times.append((time.monotonic() - begun) * 1000)
            with Child([window, *off], env=environment) as child:
                time.sleep(2)
                sizes.append(resident_mib(child.process.pid))
    return statistics.median(times), statistics.median(sizes)


def main():
    fetch()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    target = f"127.0.0.1:{server.server_address[1]}"
    rows = {}
    for name, start in SERVERS.items():
        ready, idle = measure(start)
        rows[name] = (measure_scraping(start, target, arguments.seconds), ready, idle)

    print(f"{'':24}{'sightglass':>14}{'prometheus':>14}{'victoria':>14}   ratio to each")
    for i, what in enumerate(("scrape, CPU s/M samples", "start to ready, ms", "idle, MiB")):
        ours, *others = (row[i] for row in rows.values())
        ratios = ", ".join(f"{ours / other:.2f}" for other in others)
        print(f"{what:24}" + "".join(f"{v:14.2f}" for v in (ours, *others)) + f"   {ratios}")
    if window := measure_window():
        print(f"{'window: picture, ms':24}{window[0]:14.1f}\n{'window: idle, MiB':24}{window[1]:14.1f}")


if __name__ == "__main__":
    main()
