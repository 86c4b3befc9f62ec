# SPDX-License-Identifier: BSD-2-Clause
"""For each check a small tree that breaks its rule, and one that does not.

A check that stays silent on the first, or speaks on the second, has rotted.
"""
import os
import subprocess
import tempfile

from tree import Tree

HEAD = "/* SPDX-License-Identifier: BSD-2-Clause */\n"

ARCHITECTURE = """
<!-- table: levels -->
| level | modules | within the level |
|---|---|---|
| 0 | base | |
| 1 | digest, merkle | merkle → digest |

<!-- table: third-party -->
| header | modules |
|---|---|
| openssl/evp.h | digest |
"""

# check: ((path, text that breaks), (path, text that does not))
CASES = {
    "layers": [
        (("archive/base/a.c", '#include "digest/digest.h"\n'),
         ("archive/digest/a.c", '#include "base/a.h"\n')),
        (("archive/digest/a.c", '#include "merkle/merkle.h"\n'),
         ("archive/merkle/a.c", '#include "digest/digest.h"\n')),
        (("archive/base/a.c", '#include "muniment/digest.h"\n'),
         ("archive/base/a.c", '#include "muniment/error.h"\n')),
        (("archive/digest/a.c", '#include "a.h"\n'),
         ("archive/digest/a.c", '#include "digest/a.h"\n')),
        (("archive/new/a.c", "\n"), ("archive/base/b.c", "\n")),
        (("archive/merkle/a.c", '#include "digest/digest_internal.h"\n'),
         ("archive/digest/a.c", '#include "digest/digest_internal.h"\n')),
        (("tools/muniment/a.c", '#include "base/file.h"\n'),
         ("tools/muniment/a.c", '#include "muniment/error.h"\n')),
    ],
    "third-party": [
        (("archive/merkle/a.c", "#include <openssl/evp.h>\n"),
         ("archive/digest/a.c", "#include <openssl/evp.h>\n")),
        (("archive/digest/a.h", "#include <openssl/evp.h>\n"),
         ("archive/digest/a_internal.h", "#include <openssl/evp.h>\n")),
        (("tools/muniment/a.c", "#include <openssl/evp.h>\n"),
         ("tools/muniment/a.c", "#include <stdio.h>\n")),
        (("archive/digest/a.c", "#include <unheard_of.h>\n"),
         ("archive/digest/a.c", "#include <sys/stat.h>\n")),
    ],
    "include-order": [
        (("archive/base/a.c", '#include "base/a.h"\n\n#include "base/b.h"\n'
          "#include <stdio.h>\n"),
         ("archive/base/a.c", '#include "base/a.h"\n\n#include <stdio.h>\n\n'
          '#include "base/b.h"\n')),
        (("archive/base/a.c", "#include <stdio.h>\n#include <errno.h>\n"),
         ("archive/base/a.c", "#include <errno.h>\n#include <stdio.h>\n")),
    ],
    "public-headers": [
        (("archive/include/muniment/new.h", "\n"),
         ("archive/include/muniment/error.h", "\n")),
    ],
    "banned": [
        (("archive/base/a.c", "void f(void) { %s(a, b); }\n" % call),
         ("archive/base/a.c", "/* %s( */ int my_%s(void);\n" % (call, call)))
        for call in ("strcpy", "strcat", "sprintf", "vsprintf", "strtok",
                     "atoi", "atol", "alloca", "gets", "system", "popen",
                     "tmpnam", "mktemp", "memcpy")
    ] + [
        (("archive/base/a.c", "void f(void) { memcpy(a, b, len); }\n"),
         ("archive/base/a.c", "void f(void) { memcpy(a, b(c),\n"
          "    MUN_LEN); memcpy(a, b, sizeof(a)); }\n")),
        (("tests/lint/memcpy-allowed.txt", "archive/base/gone.c: why\n"),
         ("tests/lint/memcpy-allowed.txt", "# nothing\n")),
    ],
    "spdx": [
        (("archive/base/a.c", "NO HEAD"), ("archive/base/a.c", "\n")),
        (("tools/a.sh", "#!/bin/sh\n"),
         ("tools/a.sh",
          "#!/bin/sh\n# SPDX-License-Identifier: BSD-2-Clause\n")),
    ],
    "file-length": [
        (("archive/base/a.c", "\n" * 600), ("archive/base/a.c", "\n" * 599)),
        (("tests/unit/a.c", "\n" * 800), ("tests/unit/a.c", "\n" * 799)),
    ],
    "function-length": [
        (("archive/base/a.c", "int\nf(void)\n{\n" + "\tg();\n" * 100 + "}\n"),
         ("archive/base/a.c", "int\nf(void)\n{\n" + "\tg();\n" * 90 + "}\n")),
    ],
    "promises": [
        (("archive/base/a.c", "/* TO" "DO: later */\n"),
         ("archive/base/a.c", "/* TO" "DO #12: later */\n")),
    ],
    "format": [
        (("archive/base/a.c", "int  a;\n"), ("archive/base/a.c", "int a;\n")),
    ],
    "shellcheck": [
        (("tools/a.sh", "#!/bin/sh\necho $1\n"),
         ("tools/a.sh", '#!/bin/sh\necho "$1"\n')),
        ((".ci/run", "#!/bin/sh\necho $1\n"),
         (".ci/run", '#!/bin/sh\necho "$1"\n')),
    ],
    "clean": [
        (("archive/base/a.o", "\n"), ("archive/base/a.c", "\n")),
    ],
    "prefix": [
        (("a.c", "int stranger(void) { return 1; }\n"),
         ("a.c", "int mun_friend(void) { return 1; }\n")),
    ],
    "verifier": [
        (("a.c", "int %s(void); int mun_a(void) { return %s(); }\n"
          % (name, name)),
         ("a.c", "int CMS_verify(void);\n"
          "int mun_a(void) { return CMS_verify(); }\n"))
        for name in ("CMS_sign", "EVP_PKEY_sign_init", "EVP_DigestSignInit_ex",
                     "PEM_read_bio_PrivateKey", "d2i_AutoPrivateKey_ex")
    ],
    "declared": [
        (("archive/include/muniment/a.h", "int mun_gone(void);\n"),
         ("archive/include/muniment/a.h", "int mun_here(void);\n")),
    ],
}

OBJECT_CHECKS = ("prefix", "verifier", "declared")


def build(folder, name, check):
    """The object the binary checks look at."""
    source = os.path.join(folder, name)
    if check == "declared":
        source = os.path.join(folder, "here.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write("int mun_here(void);\nint mun_here(void)"
                       " { return 1; }\n")
    subprocess.run(["cc", "-c", "-o", source + ".o", source], check=True)
    return [source + ".o"]


def plant(folder, name, text):
    if text == "NO HEAD":
        text = "int a;\n"
    elif name.endswith((".c", ".h")):
        text = HEAD + text
    base = {
        "docs/ARCHITECTURE.md": ARCHITECTURE,
        "archive/CMakeLists.txt":
            "# SPDX-License-Identifier: BSD-2-Clause\n"
            "foreach(header IN ITEMS error)\n",
    }
    for path, content in list(base.items()) + [(name, text)]:
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(content)


def findings(name, check, path, text):
    with tempfile.TemporaryDirectory() as folder:
        plant(folder, path, text)
        if name == "clean":
            subprocess.run("git init -q . && git add -fA .", shell=True,
                           cwd=folder, check=True)
        more = build(folder, path, name) if name in OBJECT_CHECKS else []
        return check(Tree(folder), *more)


def run(name, check):
    """Problems of the check itself."""
    problems = []
    for broken, sound in CASES[name]:
        if not findings(name, check, *broken):
            problems.append("silent on %s: %r" % broken)
        for said in findings(name, check, *sound):
            problems.append("speaks on %s: %s" % (sound[0], said))
    return problems
