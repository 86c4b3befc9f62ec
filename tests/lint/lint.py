#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""lint.py CHECK ROOT [FILE...] - one rule of the house over the whole tree.
   lint.py --planted CHECK      - the rule finds what breaks it, and only that.

Exit status 0 nothing found, 1 something found, 77 a tool is not installed.
"""
import os
import sys

sys.dont_write_bytecode = True
# Of a hook or a rebase; they would name another repository than ROOT's.
for variable in [name for name in os.environ if name.startswith("GIT_")]:
    del os.environ[variable]

import check_binary  # noqa: E402
import check_includes  # noqa: E402
import check_source  # noqa: E402
import planted  # noqa: E402
from tree import Tree  # noqa: E402

CHECKS = {
    "layers": check_includes.check_layers,
    "third-party": check_includes.check_third_party,
    "include-order": check_includes.check_include_order,
    "public-headers": check_includes.check_public_headers,
    "banned": check_source.check_banned,
    "spdx": check_source.check_spdx,
    "file-length": check_source.check_file_length,
    "function-length": check_source.check_function_length,
    "promises": check_source.check_promises,
    "format": check_source.check_format,
    "shellcheck": check_source.check_shellcheck,
    "clean": check_source.check_clean,
    "prefix": check_binary.check_prefix,
    "verifier": check_binary.check_verifier,
    "declared": check_binary.check_declared,
}


def main(arguments):
    try:
        if arguments[0] == "--planted":
            name = arguments[1]
            problems = planted.run(name, CHECKS[name])
        else:
            name = arguments[0]
            problems = CHECKS[name](Tree(arguments[1]), *arguments[2:])
    except check_source.Skipped as reason:
        print("skipped: %s" % reason)
        return 77
    for problem in problems:
        print(problem.encode("utf-8", "backslashreplace").decode())
    print("%s: %d found" % (name, len(problems)))
    return 1 if problems else 0


sys.exit(main(sys.argv[1:]))
