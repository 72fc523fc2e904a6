# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten minutes at 300,000 points/s with a fifth of the series replaced each minute.

    python3 tests/bench/soak.py [--minutes 10] [--rate 300000] [--series 30000] [--memory 384MiB]

otlp_load sends what can be computed; here is the same in the plainest way, and the two must agree:
what the ring holds of a series is an unbroken end of what was sent, to the bit; nothing sent is
missing from the counts; the process stays within its memory and does not grow.
"""

import argparse
import json
import random
import subprocess
import sys
import time

from servers import ROOT, BUILD, Serve, cpu_seconds, resident_mib
from support import get

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--minutes", type=float, default=10)
parser.add_argument("--rate", type=int, default=300_000)
parser.add_argument("--series", type=int, default=30_000)
parser.add_argument("--replace", type=float, default=0.2)
parser.add_argument("--memory", default="384MiB", help="little enough for eviction to begin")
parser.add_argument("--load", default=str(ROOT / "build" / "bench" / "bin" / "otlp_load"))

MEBIBYTES = {"MiB": 1, "GiB": 1024}


class Model:
    """What otlp_load sent: see there."""

    def __init__(self, sent, replace):
        self.start_ns, self.interval_ns, self.ticks = (
            sent["start_ns"], sent["interval_ns"], sent["ticks"])
        self.ticks_per_minute = round(60e9 / self.interval_ns)
        self.turn = round(1 / replace) if replace else 0

    @staticmethod
    def is_counter(slot):
        return slot // 100 % 2 == 0

    def generation(self, slot, tick):
        if not self.turn:
            return 0
        minute = tick // self.ticks_per_minute
        first = slot % self.turn or self.turn
        return 0 if minute < first else (minute - first) // self.turn + 1

    def value(self, slot, tick):
        if self.is_counter(slot):
            return tick * (1 + slot % 7)
        return (slot * 7919 + tick * 104_729) % 10_007 / 100

    def metric(self, slot):
        number = slot // 100
        return f"load_counter_{number}_total" if self.is_counter(slot) else f"load_gauge_{number}"

    def samples(self, slot, generation):
        """[(time in ms, value)] of one series, all that were sent."""
        return [((self.start_ns + tick * self.interval_ns) // 1_000_000, self.value(slot, tick))
                for tick in range(self.ticks) if self.generation(slot, tick) == generation]


def counters(serve):
    """{name with its labels: value} of the server's own page."""
    rows = {}
    for line in get(serve.api + "/metrics").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            rows[name] = float(value)
    return rows


def compare(serve, model, slots, refused):
    """Reads series back and holds them against the model; gives (samples compared, complaints).
    `refused`: some points were, so a series may never have come to be."""
    compared, wrong = 0, []
    for slot in slots:
        for generation in range(model.generation(slot, model.ticks - 1) + 1):
            pod = f"pod-{slot:06}-g{generation:04}"
            result = serve.data("query", query=f'{model.metric(slot)}{{pod="{pod}"}}[1d]')["result"]
            sent = model.samples(slot, generation)
            held = [(round(t * 1000), float(v)) for row in result for t, v in row["values"]]
            compared += len(held)
            if len(result) > 1 or held != sent[len(sent) - len(held):]:
                wrong.append(f"{pod}: {len(held)} samples held are not the end of {len(sent)} sent")
            newest = generation == model.generation(slot, model.ticks - 1)
            if newest and not held and not refused:
                wrong.append(f"{pod}: nothing held of a series still being sent")
    return compared, wrong


def main():
    arguments = parser.parse_args()
    limit = int(arguments.memory[:-3]) * MEBIBYTES[arguments.memory[-3:]]
    seconds = arguments.minutes * 60
    complaints = []
    with Serve("--memory", arguments.memory) as serve:
        pid = serve.process.pid
        load = subprocess.Popen(
            [arguments.load, serve.ready["otlp_grpc"], "--series", str(arguments.series), "--rate",
             str(arguments.rate), "--seconds", str(seconds), "--replace", str(arguments.replace)],
            stdout=subprocess.PIPE, text=True)
        begun, sizes = time.monotonic(), []
        try:
            while load.poll() is None:
                time.sleep(1)
                sizes.append((time.monotonic() - begun, resident_mib(pid)))
                if len(sizes) % 30 == 0:
                    print(f"  {sizes[-1][0]:5.0f} s  {sizes[-1][1]:7.1f} MiB", flush=True)
        finally:
            load.kill()
        sent = json.loads(load.stdout.read())
        used = cpu_seconds(pid)
        rows = counters(serve)
        ring = serve.data("ring")
        model = Model(sent, arguments.replace)
        slots = random.Random(7).sample(range(arguments.series), 60)
        compared, wrong = compare(serve, model, slots, sent["refused"])
        complaints += wrong

        held = ring["samples"]
        evicted = rows["sightglass_store_evicted_samples_total"]
        print(json.dumps(sent))
        print(f"held {held:.0f}, evicted {evicted:.0f}, compared {compared} samples of "
              f"{len(slots)} slots with the model; server CPU s per M points "
              f"{used / sent['taken'] * 1e6:.3f}")
        said = sum(value for name, value in rows.items()
                   if name.startswith("sightglass_store_refused_samples_total"))
        if said != sent["refused"]:
            complaints.append(f"{sent['refused']} points were refused, {said:.0f} are counted")
        if sent["lost"]:
            complaints.append(f"{sent['lost']} points were lost without an answer")
        if sent["taken"] + sent["refused"] != sent["sent"]:
            complaints.append("taken and refused do not make up what was sent")
        if held + evicted != sent["taken"]:
            complaints.append(f"held and evicted make up {held + evicted:.0f}, "
                              f"{sent['taken']} were taken")
        most = max(size for _, size in sizes)
        late = max(size for at, size in sizes if at > seconds * 0.8)
        earlier = max(size for at, size in sizes if seconds * 0.6 < at <= seconds * 0.8)
        print(f"memory: most {most:.1f} MiB of {limit} MiB; "
              f"{earlier:.1f} MiB after three fifths, {late:.1f} MiB in the last")
        if most > limit:
            complaints.append(f"{most:.1f} MiB of memory pass the limit of {limit} MiB")
        if evicted and late > earlier * 1.02:
            complaints.append(f"memory still grew, from {earlier:.1f} to {late:.1f} MiB")
        latest = sent["latest_ms"] / 1000
        if sent["seconds"] > seconds * 1.02 + 1:
            complaints.append(f"the rate was not kept: {sent['seconds']:.0f} s, {latest:.1f} s late")
    for complaint in complaints:
        print("WRONG: " + complaint)
    print("soak: " + ("failed" if complaints else "all as the model says"))
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
