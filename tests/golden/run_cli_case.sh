#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run_cli_case.sh CLI NAME.args: runs the command line in NAME.args (paths are relative to
# tests/data) and compares exit status, output and errors with NAME.expected. With
# SIGHTGLASS_UPDATE_GOLDEN=1 it writes NAME.expected instead.
set -u
cli=$1
arguments=$2
expected=${arguments%.args}.expected
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# A case may redirect its input, so the line is the shell's.
eval "\"\$cli\" $(cat "$arguments")" >"$work/out" 2>"$work/err"
status=$?

# Samples without a timestamp have the time of reading.
normalise() { sed -E 's/"(time|first_seen|last_seen)_ms":[1-9][0-9]*/"\1_ms":1/g'; }
{
  echo "exit $status"
  echo "--- output"
  normalise <"$work/out"
  echo "--- errors"
  cat "$work/err"
} >"$work/found"

if [ "${SIGHTGLASS_UPDATE_GOLDEN:-}" = 1 ]; then
  cp "$work/found" "$expected"
  exit 0
fi
diff -u "$expected" "$work/found"
