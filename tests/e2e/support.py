# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests share: Sightglass and its peers as child processes on free ports."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

BUILD = pathlib.Path(os.environ["SIGHTGLASS_BUILD"])
CLI = BUILD / "bin" / "sightglass-cli"
PEERS = BUILD / "peers"  # unpacked Debian packages and node_modules; see fetch_peers.py
HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition, what, seconds=20):
    """Polls until condition() is true and gives its value; fails the test by name after a while."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if value := condition():
                return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


class Child:
    """A process of the test, stopped by its pid when the test ends."""

    def __init__(self, arguments, **options):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(a) for a in arguments], stdin=subprocess.DEVNULL, stderr=self.log, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("did not end within 10 s of SIGTERM")
        finally:
            if self.process.stdout:
                self.process.stdout.close()
            self.log.close()

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


class Serve(Child):
    """sightglass-cli serve on free ports."""

    def __init__(self, *flags, otlp_grpc="127.0.0.1:0", otlp_http="127.0.0.1:0", api="127.0.0.1:0"):
        super().__init__(
            [CLI, "serve", "--otlp-grpc", otlp_grpc, "--otlp-http", otlp_http, "--api", api, *flags],
            stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"serve said nothing; on stderr: {self.said()}")
        self.ready = json.loads(line)
        self.api = "http://" + self.ready["api"] if self.ready["api"] else None

    def data(self, path, **parameters):
        """The `data` of an API answer."""
        query = urllib.parse.urlencode(parameters, doseq=True)
        answer = json.loads(get(f"{self.api}/api/v1/{path}" + (f"?{query}" if query else "")))
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, selector):
        """[(labels, value)] of an instant query; value is a float or a native histogram."""
        rows = self.data("query", query=selector)["result"]
        return [(row["metric"],
                 float(row["value"][1]) if "value" in row else row["histogram"][1])
                for row in rows]

    def catalog(self, original_name):
        return [m for m in self.data("catalog")["metrics"] if m["original_name"] == original_name]


def peer_binary(name):
    """A program of a Debian package that fetch_peers.py unpacked."""
    path = PEERS / "debian" / "usr" / "bin" / name
    if not path.exists():
        raise AssertionError(f"{path} is missing: fetch_peers.py has not run")
    return path


class TestCase(unittest.TestCase):
    longMessage = True
    maxDiff = None
