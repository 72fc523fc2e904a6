# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote write 1.0 requests for the peers: the same series as grpc_ingest_bench sends by OTLP.

The wire format is prometheus' remote.proto (WriteRequest), compressed as the specification asks
with snappy, here as literals only: the peers have less to do than with a real sender.
"""

import struct
import time
import urllib.request

SERIES_PER_METRIC = 100


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def label(name, value):
    return field(1, field(1, name.encode()) + field(2, value.encode()))


def snappy_literals(data):
    """The block format of snappy: its length, then literals of up to 64 KiB."""
    out = [varint(len(data))]
    for at in range(0, len(data), 65536):
        piece = data[at:at + 65536]
        out.append(b"\xf4" + struct.pack("<H", len(piece) - 1) + piece)
    return b"".join(out)


class Request:
    """10,000 series of 100 gauges with five labels, job and instance; `client` sets them apart."""

    def __init__(self, client, series=10_000):
        self.heads = []
        for i in range(series):
            labels = {
                "__name__": f"bench_gauge_{i // SERIES_PER_METRIC}",
                "cloud_availability_zone": "eu-west-1b",
                "http_request_method": "GET",
                "http_response_status_code": "200",
                "http_route": f"/api/v1/item/{i % SERIES_PER_METRIC}",
                "instance": f"instance-{client}",
                "job": "checkout",
                "server_address": "shop.internal",
            }
            self.heads.append(b"".join(label(k, v) for k, v in labels.items()))

    def at(self, time_ms):
        stamp = varint(2 << 3) + varint(time_ms)
        pieces = []
        for i, head in enumerate(self.heads):
            sample = b"\x09" + struct.pack("<d", 0.25 * i) + stamp
            series = head + field(2, sample)
            pieces.append(b"\x0a" + varint(len(series)) + series)
        return snappy_literals(b"".join(pieces))


def post(base, body):
    request = urllib.request.Request(base + "/api/v1/write", data=body, headers={
        "Content-Encoding": "snappy", "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0"})
    urllib.request.urlopen(request, timeout=60).read()


class Sender:
    """One connection's worth of series, a second between their samples. Prometheus takes no sample
    older than the newest, so the time goes on from call to call."""

    def __init__(self, base):
        self.base = base
        self.known = Request(client=0)
        self.time_ms = int(time.time()) * 1000 - 600_000

    def send_known(self, requests):
        """Gives the number of samples sent."""
        for _ in range(requests):
            post(self.base, self.known.at(self.time_ms))
            self.time_ms += 1000
        return requests * len(self.known.heads)

    def send_new(self, requests):
        """Series never seen before."""
        self.time_ms += 1000
        total = 0
        for n in range(requests):
            request = Request(client=1000 + n)
            post(self.base, request.at(self.time_ms))
            total += len(request.heads)
        return total
