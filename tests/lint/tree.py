# SPDX-License-Identifier: BSD-2-Clause
"""The files a lint looks at, and C without its comments and strings."""
import os
import re
import subprocess


class Tree:
    """One source tree; files are paths below root, tracked ones if git knows."""

    def __init__(self, root):
        self.root = root
        self.files = sorted(self._list())

    def _list(self):
        if os.path.exists(os.path.join(self.root, ".git")):
            out = subprocess.run(
                ["git", "-C", self.root, "ls-files", "-z", "--cached",
                 "--others", "--exclude-standard"],
                check=True, stdout=subprocess.PIPE).stdout
            names = out.decode("utf-8", "surrogateescape").split("\0")
            return {n for n in names
                    if n and os.path.isfile(os.path.join(self.root, n))}
        found = set()
        for folder, folders, names in os.walk(self.root):
            folders[:] = [f for f in folders if f not in ("build", ".git")]
            for name in names:
                full = os.path.join(folder, name)
                found.add(os.path.relpath(full, self.root))
        return found

    def matching(self, pattern):
        return [f for f in self.files if re.search(pattern, f)]

    def sources(self, *folders):
        return [f for f in self.matching(r"\.[ch]$")
                if not folders or f.split("/")[0] in folders]

    def text(self, name):
        with open(os.path.join(self.root, name), encoding="utf-8",
                  errors="surrogateescape") as file:
            return file.read()

    def lines(self, name):
        return self.text(name).split("\n")


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """The text with comments and literals blanked, lines kept in place."""
    def blank(match):
        word = match.group(0)
        if word.startswith('"') or word.startswith("'"):
            return word[0] + word[-1]
        return re.sub(r"[^\n]", " ", word)
    return TOKEN.sub(blank, text)


def table(tree, name):
    """Rows of the table marked <!-- table: NAME --> in ARCHITECTURE.md."""
    lines = tree.lines("docs/ARCHITECTURE.md")
    start = lines.index("<!-- table: %s -->" % name)
    rows = []
    for line in lines[start + 3:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def words(cell):
    return [w.strip() for w in cell.split(",") if w.strip()]
