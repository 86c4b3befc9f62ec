#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Keep today's bytes as the golden ones: refresh.sh [BUILD-FOLDER].  Never run
# by a test; look at what git shows as changed before it is committed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-$here/../../build}
python3 -B "$here/archives.py" --refresh "$build/tools/muniment/muniment-fixed"
git -C "$here" status --short .
