#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# From a bare Debian 12 to a running Sightglass, or to its tests.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

usage() {
    cat <<'TEXT'
usage: sh packaging/bootstrap.sh run [ARGUMENT...]   install what is missing, build, open the window
                                                     on the demo (or with the arguments given)
       sh packaging/bootstrap.sh test                install, build and test everything
       sh packaging/bootstrap.sh build [PRESET]      install and build a preset (default: release)
       sh packaging/bootstrap.sh deps [test]         install only
TEXT
}

# What building needs, and what testing needs beyond that.
build_packages='build-essential cmake ninja-build ccache pkg-config
    libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev protobuf-compiler libboost-dev
    libcurl4-openssl-dev libsimdjson-dev zlib1g-dev libzstd-dev libre2-dev libabsl-dev libxxhash-dev
    libcli11-dev qt6-base-dev qt6-svg-dev libqt6opengl6-dev
    libxkbcommon-dev libgl-dev qt6-qpa-plugins libqt6svg6 fonts-open-sans fonts-jetbrains-mono
    ca-certificates'
bench_packages='libbenchmark-dev qt6-charts-dev'
test_packages='doctest-dev nlohmann-json3-dev clang-format python3'

say() { printf '%s\n' "sightglass: $*"; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || { say "not root, and there is no sudo"; exit 1; }
        sudo "$@"
    fi
}

# Installs those of the given packages that are not there yet; asks for root only then.
install() {
    missing=
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    say "installing:$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $missing >"${TMPDIR:-/tmp}/sightglass-apt.log" 2>&1 || {
        cat "${TMPDIR:-/tmp}/sightglass-apt.log"
        exit 1
    }
}

install_for_tests() {
    # shellcheck disable=SC2086
    install $build_packages $test_packages
    # The tests fetch peers, unpacked and not installed: that needs the lists even if nothing is
    # missing here.
    apt-cache show prometheus-node-exporter >/dev/null 2>&1 || as_root apt-get update -qq
    # Any Node.js from 18 on will do, for the OpenTelemetry SDK that the tests drive.
    command -v node >/dev/null && command -v npm >/dev/null || install nodejs npm
}

# One compiler cache for all presets: what two of them share is compiled once.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

build() { # PRESET [TARGET...]
    preset=$1
    shift
    [ -e "build/$preset/build.ninja" ] || cmake --preset "$preset" >"build-$preset.log" 2>&1 || {
        cat "build-$preset.log"
        exit 1
    }
    rm -f "build-$preset.log"
    cmake --build "build/$preset" ${1:+--target "$@"}
}

run() {
    # shellcheck disable=SC2086
    install $build_packages
    build release sightglass sightglass-cli
    window=build/release/bin/sightglass
    [ $# -gt 0 ] || set -- --demo
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        exec "$window" "$@"
    fi
    picture=$root/build/sightglass.png
    say "there is no display here: rendering the window to a picture"
    QT_QPA_PLATFORM=offscreen "$window" "$@" --screenshot "$picture" --after 8
    say "the picture is $picture"
    say "going on without a window, as 'sightglass-cli serve'; Ctrl+C ends it"
    # Of the arguments only those that serve has too: flags with their values, not the window's own.
    for argument in "$@"; do
        shift
        case $argument in
        --otlp-grpc | --otlp-http | --api | --scrape | --scrape-interval | --memory | \
            --series-per-metric | --series | --origin-label)
            set -- "$@" "$argument"
            keep_value=yes
            ;;
        --otlp-grpc=* | --otlp-http=* | --api=* | --scrape=* | --scrape-interval=* | --memory=* | \
            --series-per-metric=* | --series=* | --origin-label=*)
            set -- "$@" "$argument"
            ;;
        *)
            [ -z "${keep_value:-}" ] || set -- "$@" "$argument"
            keep_value=
            ;;
        esac
    done
    exec build/release/bin/sightglass-cli serve "$@"
}

# Tests run so far, over all presets.
passed=0
failed=0

run_ctest() { # PRESET [CTEST ARGUMENT...]
    preset=$1
    shift
    log=build/ctest-$preset.log
    say "testing $preset"
    ctest --preset "$preset" --no-tests=error -j2 "$@" >"$log" 2>&1 || true
    grep -vE '^ *(Start|[0-9]+/[0-9]+ Test .* Passed)' "$log" || true
    summary=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+' "$log" || true)
    if [ -z "$summary" ]; then
        failed=$((failed + 1)) # ctest itself could not run
        return
    fi
    bad=$(printf '%s\n' "$summary" | sed -E 's/.* ([0-9]+) tests? failed.*/\1/')
    all=$(printf '%s\n' "$summary" | sed -E 's/.* out of ([0-9]+).*/\1/')
    passed=$((passed + all - bad))
    failed=$((failed + bad))
}

run_tests() {
    install_for_tests
    for preset in release headless asan tsan; do
        say "building $preset"
        build "$preset"
        run_ctest "$preset"
    done
    say "$passed passed, $failed failed in release, headless, asan and tsan"
    printf '%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

case ${1:-} in
run)
    shift
    run "$@"
    ;;
test) run_tests ;;
build)
    # shellcheck disable=SC2086
    install $build_packages
    # shellcheck disable=SC2086
    [ "${2:-}" != bench ] || install $bench_packages
    build "${2:-release}"
    ;;
deps)
    # shellcheck disable=SC2086
    if [ "${2:-}" = test ]; then install_for_tests; else install $build_packages; fi
    ;;
-h | --help | help) usage ;;
*)
    usage >&2
    exit 2
    ;;
esac
