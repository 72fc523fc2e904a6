#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page in Prometheus' text format with as many metrics as are asked for, to look at the window
with: many_metrics.py 100000 > many.prom; sightglass many.prom. With --serve PORT it is a target that
can be scraped, and its values move."""
import argparse
import http.server
import random

PARTS = ("http_server", "http_client", "grpc_server", "db_pool", "queue", "cache", "jvm_memory",
         "jvm_gc", "go_memstats", "disk_io")
WORDS = ("active", "busy", "bytes", "calls", "dropped", "errors", "failed", "hits", "idle", "items",
         "lag", "latency", "misses", "opened", "pending", "queued", "read", "retries", "size",
         "written")


def page(count):
    lines = []
    for i in range(count):
        name = (f"team{i // 20000}_app{i // 1000 % 20}_{PARTS[i // 100 % len(PARTS)]}_"
                f"{WORDS[i % len(WORDS)]}_{i % 100 // len(WORDS)}")
        is_counter = i % 3 == 0
        if is_counter:
            name += "_total"
        lines.append(f"# HELP {name} What figure {i} of the application says.")
        lines.append(f"# TYPE {name} {'counter' if is_counter else 'gauge'}")
        lines.append(f'{name}{{service_name="app-{i // 1000}",region="north"}} '
                     f"{random.randrange(10 ** 6)}")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--serve", type=int, metavar="PORT")
    options = parser.parse_args()
    if options.serve is None:
        print(page(options.count), end="")
        return

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = page(options.count).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    http.server.HTTPServer(("127.0.0.1", options.serve), Handler).serve_forever()


if __name__ == "__main__":
    main()
