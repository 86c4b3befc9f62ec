#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A compiler launcher: gcc gets -fanalyzer, clang-tidy (which would not know
# the flag) does not.
exec "$@" -fanalyzer
