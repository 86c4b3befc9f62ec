# SPDX-License-Identifier: BSD-2-Clause
"""What the text of a file may hold, and how long it may be."""
import json
import re
import shutil
import subprocess

from tree import code_only

LINES_MAX = 600
TEST_LINES_MAX = 800  # tables of cases
FUNCTION_LINES_MAX = 100

BANNED = {
    "strcpy": "it has no bound", "strcat": "it has no bound",
    "sprintf": "it has no bound", "vsprintf": "it has no bound",
    "gets": "it has no bound", "strtok": "it keeps hidden state",
    "atoi": "it hides errors", "atol": "it hides errors",
    "atoll": "it hides errors", "alloca": "the stack has no bound",
    "system": "it runs a shell", "popen": "it runs a shell",
    "tmpnam": "it races", "tempnam": "it races", "mktemp": "it races",
    "memcpy": "use mun_reader or mun_buffer, or say why in "
              "tests/lint/memcpy-allowed.txt",
}
CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))

# memcpy(to, from, sizeof(x)) and memcpy(to, from, SOME_LEN): the length is no
# input, and the compiler sees whether the objects are as large.
CONSTANT_LENGTH = re.compile(
    r"memcpy\((?:[^()]|\([^()]*\))*,\s*(?:[A-Z][A-Z0-9_]*|sizeof\([^()]*\))\)")

HEAD = "SPDX-License-Identifier: BSD-2-Clause"
WITH_HEAD = (r"\.(c|h|sh|py|cmake|sql)$|(^|/)CMakeLists\.txt$|^\.ci/run$"
             r"|\.(cmake|pc)\.in$")


class Skipped(Exception):
    pass


def allowed_memcpy(tree):
    name = "tests/lint/memcpy-allowed.txt"
    if name not in tree.files:
        return set()
    return {line.split(":")[0] for line in tree.lines(name)
            if line and not line.startswith("#")}


def check_banned(tree):
    allowed = allowed_memcpy(tree)
    found = []
    for name in tree.sources("archive", "tools"):
        lines = code_only(tree.text(name)).split("\n")
        for number, line in enumerate(lines, 1):
            for match in CALL.finditer(line):
                word = match.group(1)
                call = " ".join([line[match.start():]]
                                + lines[number:number + 2])
                if word == "memcpy" and (name in allowed
                                         or CONSTANT_LENGTH.match(call)):
                    continue
                found.append("%s:%d: %s: %s"
                             % (name, number, word, BANNED[word]))
    unused = [name for name in allowed if name not in tree.files
              or "memcpy" not in code_only(tree.text(name))]
    return found + ["tests/lint/memcpy-allowed.txt:1: %s has no memcpy"
                    % name for name in unused]


def check_spdx(tree):
    found = []
    for name in tree.matching(WITH_HEAD):
        first = tree.lines(name)[:2]
        if first and first[0].startswith("#!"):
            first = first[1:]
        if not first or HEAD not in first[0]:
            found.append("%s:1: does not begin with '%s'" % (name, HEAD))
    return found


def check_file_length(tree):
    found = []
    for name in tree.matching(r"\.(c|h|py|sh)$"):
        count = tree.text(name).count("\n")
        most = TEST_LINES_MAX if name.startswith("tests/") else LINES_MAX
        if count > most:
            found.append("%s:%d: %d lines, at most %d"
                         % (name, most, count, most))
    return found


def check_function_length(tree):
    if shutil.which("ctags") is None:
        raise Skipped("ctags is not installed")
    out = subprocess.run(
        ["ctags", "-L", "-", "--c-kinds=f", "--fields=+ne",
         "--output-format=json", "-f", "-"],
        input="\n".join(tree.sources()), cwd=tree.root, check=True,
        stdout=subprocess.PIPE, text=True).stdout
    found = []
    for line in out.splitlines():
        tag = json.loads(line)
        count = tag.get("end", tag["line"]) - tag["line"] + 1
        if count > FUNCTION_LINES_MAX:
            found.append("%s:%d: %s has %d lines, at most %d"
                         % (tag["path"], tag["line"], tag["name"], count,
                            FUNCTION_LINES_MAX))
    return found


def check_promises(tree):
    """Work put off has an issue number, or is not mentioned."""
    word = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b(?!.*#\d)")
    found = []
    for name in tree.matching(r"\.(c|h|sh|py|cmake)$|CMakeLists\.txt$"):
        for number, line in enumerate(tree.lines(name), 1):
            if word.search(line):
                found.append("%s:%d: %s" % (name, number, line.strip()))
    return found


def check_format(tree):
    if shutil.which("clang-format") is None:
        raise Skipped("clang-format is not installed")
    names = [name for name in tree.sources("archive", "tools", "tests")
             if name.endswith(".c")]
    if not names:
        return []
    run = subprocess.run(["clang-format", "--dry-run", "-Werror"] + names,
                         cwd=tree.root, stderr=subprocess.PIPE, text=True,
                         check=False)
    first = {}
    for line in run.stderr.splitlines():
        if "clang-format-violations" in line:
            first.setdefault(line.split(":")[0], line.split(" ")[0])
    return ["%s clang-format -i would change it" % place
            for place in first.values()]


def check_shellcheck(tree):
    if shutil.which("shellcheck") is None:
        raise Skipped("shellcheck is not installed")
    names = [name for name in tree.files
             if name.endswith(".sh") or name == ".ci/run"]
    if not names:
        return []
    run = subprocess.run(["shellcheck", "-x", "-f", "gcc"] + names,
                         cwd=tree.root, stdout=subprocess.PIPE, text=True,
                         check=False)
    return run.stdout.splitlines()


GENERATED = re.compile(r"\.(o|a|so|gcda|gcno|pyc|orig|rej|swp|tmp)$"
                       r"|(^|/)(build|__pycache__|CMakeFiles)/"
                       r"|(^|/)(compile_commands\.json|CMakeCache\.txt)$")


def check_clean(tree):
    """Nothing generated is tracked, and a build leaves nothing behind."""
    run = subprocess.run(["git", "-C", tree.root, "status", "--porcelain",
                          "-uall"], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True, check=False)
    found = ["%s: generated, yet in the source tree" % name
             for name in tree.files if GENERATED.search(name)]
    if run.returncode != 0 and not found:
        raise Skipped("not a git working tree")
    return found + ["%s: is not tracked and not ignored" % line[3:]
                    for line in run.stdout.splitlines()
                    if line.startswith("??")]
