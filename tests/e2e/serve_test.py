# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line's serve: its ready line, taken ports, and the ways out."""

import json
import signal
import socket
import subprocess
import unittest
import urllib.error
import urllib.request

from support import CLI, Child, Serve, TestCase, get


class ServeCommand(TestCase):
    def test_it_says_where_it_listens_and_answers_there(self):
        with Serve() as serve:
            self.assertIs(serve.ready["ready"], True)
            self.assertEqual(serve.ready["errors"], [])
            for key in ("otlp_grpc", "otlp_http", "api"):
                self.assertRegex(serve.ready[key], r"^127\.0\.0\.1:[1-9]\d*$")
            self.assertEqual(urllib.request.urlopen(serve.api + "/-/ready").status, 200)
            page = get(serve.api + "/metrics")
            self.assertIn("# HELP sightglass_points_accepted_total ", page)

    def test_a_taken_port_is_named_and_the_others_still_start(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for flag in ("otlp_grpc", "otlp_http", "api"):
                with self.subTest(flag), Serve(**{flag: address}) as serve:
                    self.assertIsNone(serve.ready[flag])
                    self.assertEqual(len(serve.ready["errors"]), 1)
                    self.assertIn(address, serve.ready["errors"][0])
                    self.assertIn("--" + flag.replace("_", "-"), serve.ready["errors"][0])
                    for other in {"otlp_grpc", "otlp_http", "api"} - {flag}:
                        self.assertTrue(serve.ready[other])

    def test_a_second_instance_does_not_share_the_ports(self):
        with Serve() as first:
            with Serve(otlp_grpc=first.ready["otlp_grpc"],
                       otlp_http=first.ready["otlp_http"]) as second:
                self.assertIsNone(second.ready["otlp_grpc"])
                self.assertIsNone(second.ready["otlp_http"])

    def test_it_ends_with_0_on_sigterm_and_sigint(self):
        for name in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(name), Serve() as serve:
                serve.process.send_signal(name)
                self.assertEqual(serve.process.wait(timeout=10), 0)

    def test_flags_that_are_wrong_or_not_built_yet_exit_2(self):
        for flags in (["--otlp-http", "nowhere"], ["--memory", "much"], ["--scrape", "ftp://x"],
                      ["--record", "x"], ["--config", "x"], ["--no-such-flag"]):
            with self.subTest(flags):
                done = subprocess.run([CLI, "serve", *flags], capture_output=True, text=True,
                                      timeout=20)
                self.assertEqual(done.returncode, 2, done)
                self.assertTrue(done.stderr.strip())
                self.assertEqual(done.stdout, "")

    def test_a_foreign_host_header_is_refused(self):
        with Serve() as serve:
            request = urllib.request.Request(serve.api + "/api/v1/catalog",
                                             headers={"Host": "evil.example"})
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            self.assertEqual(refused.exception.code, 403)

    def test_bad_queries_get_prometheus_error_envelope(self):
        with Serve() as serve:
            for query in ("rate(up[5m])", "up{", ""):
                with self.subTest(query), self.assertRaises(urllib.error.HTTPError) as refused:
                    serve.data("query", query=query)
                self.assertEqual(refused.exception.code, 400)
                body = json.loads(refused.exception.read())
                self.assertEqual((body["status"], body["errorType"]), ("error", "bad_data"))


if __name__ == "__main__":
    unittest.main()
