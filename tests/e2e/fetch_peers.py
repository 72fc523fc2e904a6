# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches the programs that the tests run beside Sightglass into the build folder.

Debian packages are unpacked, never installed: installing one would start a service on the user's
machine. node_modules comes from the lock file.
"""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ["prometheus-node-exporter", "python3-prometheus-client"]


def run(*command, cwd):
    result = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stdout}")


def fetch_debian(peers):
    done = peers / "debian" / "fetched"
    if done.exists() and done.read_text().split() == PACKAGES:
        return
    shutil.rmtree(peers / "debian", ignore_errors=True)
    downloads = peers / "debian" / "packages"
    downloads.mkdir(parents=True)
    if os.geteuid() == 0:
        downloads.chmod(0o777)  # apt drops its rights to fetch
    run("apt-get", "download", *PACKAGES, cwd=downloads)
    for package in sorted(downloads.glob("*.deb")):
        run("dpkg", "-x", str(package), str(peers / "debian"), cwd=downloads)
    done.write_text(" ".join(PACKAGES))


def fetch_node_modules(peers):
    folder = peers / "js"
    lock = (HERE / "js" / "package-lock.json").read_text()
    done = folder / "fetched"
    if done.exists() and done.read_text() == lock:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "js" / name, folder / name)
    run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
    done.write_text(lock)


if __name__ == "__main__":
    target = pathlib.Path(os.environ["SIGHTGLASS_BUILD"]) / "peers"
    target.mkdir(parents=True, exist_ok=True)
    fetch_debian(target)
    fetch_node_modules(target)
    for script in (HERE / "js").glob("*.mjs"):
        shutil.copy(script, target / "js" / script.name)  # resolves its imports from there
