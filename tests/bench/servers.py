# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that the benchmarks run beside each other, and what is measured of a process."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
os.environ.setdefault("SIGHTGLASS_BUILD", str(ROOT / "build" / "release"))

from fetch_peers import run as run_or_exit  # noqa: E402
from support import BUILD, Child, Serve, free_port  # noqa: E402

PEERS = BUILD / "peers" / "servers"
TICKS = os.sysconf("SC_CLK_TCK")


def fetch():
    """Unpacks Debian's packages into the build folder; installs nothing."""
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


def scrape_configuration(folder, target):
    path = pathlib.Path(folder) / "prometheus.yml"
    path.write_text("global: {scrape_interval: 1s}\n" + (
        f"scrape_configs:\n- job_name: bench\n  static_configs:\n  - targets: ['{target}']\n"
        if target else ""))
    return path


# Each starts a server on free ports and gives (child, its base URL, the path that says it is ready).

def prometheus(folder, target=None):
    port = free_port()
    child = Child([PEERS / "usr/bin/prometheus",
                   f"--config.file={scrape_configuration(folder, target)}",
                   f"--storage.tsdb.path={folder}/data",
                   f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
                   "--log.level=warn"],
                  stdout=subprocess.DEVNULL)
    return child, f"http://127.0.0.1:{port}", "/-/ready"


def victoria(folder, target=None):
    port = free_port()
    child = Child([PEERS / "usr/bin/victoria-metrics", f"-storageDataPath={folder}/data",
                   f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=1", "-loggerLevel=WARN",
                   f"-promscrape.config={scrape_configuration(folder, target)}"],
                  stdout=subprocess.DEVNULL)
    return child, f"http://127.0.0.1:{port}", "/health"


def sightglass(_folder, target=None):
    flags = ["--scrape", f"http://{target}/metrics", "--scrape-interval", "1s"] if target else []
    child = Serve(*flags)
    return child, child.api, "/-/ready"


SERVERS = {"sightglass": sightglass, "prometheus": prometheus, "victoria-metrics": victoria}
