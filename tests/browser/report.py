#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The report of a vault that passes, one that fails, one not yet judged, in a
browser and on paper.

report.py MUNIMENT MUNIMENT-VERIFY APPEND [FOLDER]

FOLDER: where pages, pictures and printed sheets are left to be looked at.
"""
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
# pylint: disable=wrong-import-position
import chromium  # noqa: E402
from programs import expect, must, passed, run, skip  # noqa: E402
from story import Story, many, write  # noqa: E402

MUNIMENT, VERIFY, APPEND = sys.argv[1:4]
QUESTIONS = ("Is it intact?", "Who sealed it?", "Since when does it exist?",
             "Who has held it?", "Is the history complete?")
PARTS = ("What was examined", "Custody", "Time", "Documents", "Every check",
         "Certificates", "What is missing, withheld or not yet judged",
         "How to repeat this without this program", "Declarations to sign")


def report(name, status, *words):
    """The page, as text."""
    must([VERIFY, *words, "--report", name], status)
    expect(os.stat(name).st_mode & 0o777 == 0o600, f"{name}: its mode")
    expect(not [f for f in os.listdir(".") if f.endswith(".tmp")],
           f"{name}: something is left beside it")
    with open(name, encoding="utf-8") as page:
        return page.read()


def plain(text):
    """One line of what a person reads."""
    return re.sub(r"\s+", " ", text)


def well_formed(name):
    """By libxml2's parser, which knows HTML 4 and so not every element."""
    said = run(["xmllint", "--html", "--noout", name]).stderr.decode()
    bad = [line for line in said.splitlines()
           if " error " in line and "invalid" not in line]
    expect(not bad, f"{name}: {bad[:3]}")
    with open(name, encoding="utf-8") as page:
        text = page.read()
    # what HTML 5 lets one leave open, we close: it reads as XML too
    text = re.sub(r"<(meta|br|wbr)([^>]*)>", r"<\1\2/>", text)
    text = text.replace("<!DOCTYPE html>\n", "").replace("&sect;", "&#167;")
    with open(name + ".xml", "w", encoding="utf-8") as out:
        out.write(text)
    done = run(["xmllint", "--nonet", "--huge", "--noout", name + ".xml"])
    os.remove(name + ".xml")
    expect(done.returncode == 0, f"{name}: {done.stderr.decode()[:500]}")


def no_claim(name, text):
    expect("authentic" not in text.lower(), f"{name} says 'authentic'")
    expect("<script" not in text and "javascript:" not in text
           and "style=" not in text and "http://" not in text
           and "https://" not in text, f"{name} has what it must not have")
    expect("default-src 'none'; style-src 'sha256-" in text,
           f"{name}: its policy")
    expect('<html lang="en"' in text, f"{name}: its language")


def look(browser, name):
    """In the browser: silence, no request, what a screen reader gets."""
    browser.open(name)
    expect(browser.complaints() == [],
           f"{name}: the console says {browser.complaints()[:2]}")
    expect(browser.requests() == ["file://" + os.path.abspath(name)],
           f"{name} asks for {browser.requests()}")
    expect(browser.evaluate("document.scripts.length") == 0,
           f"{name} has scripts")
    expect(browser.evaluate(
        "getComputedStyle(document.querySelector('h1')).fontSize") != "32px",
        f"{name}: its style sheet is not in force")
    heads = browser.evaluate(
        "[...document.querySelectorAll('h2')].map(h => h.textContent)")
    expect(heads == [f"{n}. {t}" for n, t in enumerate(PARTS, 1)],
           f"{name}: its headings are {heads}")
    expect(browser.evaluate(
        "[...document.querySelectorAll('th')].every(t => t.scope)"),
        f"{name}: a table's header without scope")
    expect(browser.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].every(s => "
        "s.getAttribute('aria-labelledby').split(' ').every("
        "i => document.getElementById(i).textContent.length > 0))"),
        f"{name}: a drawing without title or description")
    names = [n.get("name", {}).get("value", "") for n in browser.ask(
        "Accessibility.getFullAXTree")["nodes"]
             if n.get("role", {}).get("value") == "heading"]
    expect("Verification report" in names,
           f"{name}: headings for a screen reader: {names}")
    # nothing is wider than the page
    expect(browser.evaluate(
        "document.documentElement.scrollWidth <= innerWidth"),
        f"{name} is wider than the window")
    browser.shot(name[:-5] + ".png")


def on_paper(browser, name, wanted):
    """Printed on both papers: page n of m, questions, digests whole."""
    for paper, (width, height) in chromium.PAPERS.items():
        pdf = f"{name[:-5]}-{paper}.pdf"
        browser.print(pdf, paper)
        info = must(["pdfinfo", pdf]).decode()
        size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", info)
        expect(abs(float(size[1]) - 72 * width) < 2
               and abs(float(size[2]) - 72 * height) < 2,
               f"{pdf}: its size is {size[0]}")
        count = int(re.search(r"Pages:\s+(\d+)", info)[1])
        pages = must(["pdftotext", "-layout", pdf, "-"]).decode().split("\f")
        for number in range(1, count + 1):
            expect(f"Page {number} of {count}" in pages[number - 1],
                   f"{pdf}: page {number} is not numbered")
        first = plain(must(["pdftotext", "-l", "1", pdf, "-"]).decode())
        for question in QUESTIONS:
            expect(question in first,
                   f"{pdf}: '{question}' is not on the first page")
        text = must(["pdftotext", pdf, "-"]).decode()
        for word in wanted:
            expect(word in text, f"{pdf}: '{word}' is not in it whole")


def digests(name):
    return must(["sha256sum", name]).decode()[:64]


def commands(page):
    """The commands of the page, as a person would copy them."""
    return [html.unescape(c) for c in re.findall(
        r"<pre tabindex=\"0\"><code>(.*?)</code></pre>", page, re.S)]


def repeat(page, vault, anchor):
    """Type what the page prints, with the vault beside; each has to hold."""
    typed = commands(page)
    expect(len(typed) == 6, f"{len(typed)} commands")
    os.mkdir("typed")
    archive = re.search(r"sha256sum (\S+)\.tar", typed[0])[1]
    shutil.copy(f"{vault}/archives/{archive}.tar", f"typed/{archive}.tar")
    os.symlink(os.path.abspath(vault), "typed/VAULT")
    os.symlink(os.path.abspath(VERIFY), "typed/muniment-verify")
    script = "set -eux\nPATH=$PWD:$PATH\ntop=$PWD\n" + "".join(typed[:3]) + \
        'cp pinned.pem "$top"\ncd "$top"\n' + "".join(typed[3:]).replace(
            "vault:FINGERPRINT", anchor)
    done = subprocess.run(["bash", "-c", script], cwd="typed", check=False,
                          capture_output=True)
    out = done.stdout.decode()
    expect(done.returncode == 0, f"a command: {done.stderr.decode()[-800:]}")
    expect(digests(f"typed/{archive}.tar") in out, "the digest of the file")
    expect(f"{anchor[6:]}  entry0.der" in out, "the vault fingerprint")
    expect(out.count("\n1\n") == 2, "grep does not say 1 twice")
    expect("verdict: PASSED" in out, "the program again")


def make(folder):
    os.chdir(folder)
    story = Story(MUNIMENT, APPEND, ".")
    write("docs/letter.txt", b"hello")
    write("docs/Приказ № 12.txt", b"order")
    story.deposit("--case", "T-17", "--received-from", "somebody", "docs")
    story.custody("XPF-0001")
    many("many", 3000)
    story.deposit("--note", "the long one", "many")
    story.append("fixity-check", {"archive": "XPF-0002"},
                 {"result": "passed"})
    story.forget_index()
    return story


def passing(browser, story):
    # entry 2: its statement is withheld
    page = report("long.html", 0, "vault", "--trust", story.anchor)
    well_formed("long.html")
    no_claim("long.html", page)
    look(browser, "long.html")
    tar = digests("vault/archives/XPF-0001.tar")
    letter = digests("docs/letter.txt")
    on_paper(browser, "long.html",
             [story.anchor[6:], tar, letter, story.actor,
              "902(13)", "902(14)", "1746", "Counsel, Den Haag office"])
    expect(page.count("<tr><th scope=\"row\">XPF-0002-<wbr>") == 3000,
           "documents are missing")
    expect(page.count("<details>") == 12, "3,000 documents in folds of 250")
    expect(page.count("<strong>equal</strong>") == 2, "the schedule")
    for word in ("Handed over; the receiver has to countersign.",
                 "The receiver confirms having taken it over.",
                 "Registry of the court", "P-113", "write blocker",
                 "Приказ № 12.txt", "the long one"):
        expect(word in page, f"'{word}' is not in the page")
    repeat(page, "vault", story.anchor)


def withheld(browser, story):
    os.remove("vault/log/statements/000003.json")
    page = report("withheld.html", 0, "vault", "--trust", story.anchor)
    look(browser, "withheld.html")
    expect("it is withheld or was erased" in page
           and "statement.withheld" in page, "a withheld statement is not told")


def failing(browser, story):
    shutil.copytree("vault", "bad")
    path = "bad/archives/XPF-0001.tar"
    os.chmod(path, 0o644)
    with open(path, "r+b") as archive:
        at = archive.read().index(b"hello")
        archive.seek(at)
        archive.write(b"J")
    page = report("failed.html", 1, "bad", "--trust", story.anchor)
    well_formed("failed.html")
    no_claim("failed.html", page)
    look(browser, "failed.html")
    on_paper(browser, "failed.html", [digests(path), "NOT equal", "FAILED"])
    expect("the stored bytes have another SHA-256" in plain(page),
           "the document that differs is not marked")
    # cut after its lists, before its seal; then after the documents
    os.truncate(path, os.path.getsize(path) - 8192)
    page = report("unsealed.html", 1, "bad", "--trust", story.anchor)
    expect("It was not read to its end." in page
           and "docs/letter.txt" in page, "an archive without its seal")
    os.truncate(path, 3500)
    page = report("cut.html", 1, "bad", "--trust", story.anchor)
    look(browser, "cut.html")
    expect("cannot be listed" in page, "nobody says that lists are missing")


def unjudged(browser):
    page = report("open.html", 2, "vault/archives/XPF-0001.tar")
    well_formed("open.html")
    no_claim("open.html", page)
    look(browser, "open.html")
    on_paper(browser, "open.html", ["[INDETERMINATE]", "Not yet judged",
                                    digests("vault/archives/XPF-0001.tar")])
    expect("Not yet judged</span> <span class=\"machine\">[INDETERMINATE]"
           in page, "an INDETERMINATE does not read 'not yet judged'")
    expect("not compared" in page, "the schedule of a lone archive")
    repeated = commands(page)
    expect(len(repeated) == 3, "commands for a log that was not given")


def refusals():
    """Nothing is overwritten, nothing is written into what is examined."""
    done = run([VERIFY, "vault", "--report", "open.html"])
    expect(done.returncode == 3 and b"is there already" in done.stderr,
           "a report is overwritten")
    before = sorted(os.listdir("vault"))
    for name in ("vault/r.html", "vault/log/r.html"):
        done = run([VERIFY, "vault", "--report", name])
        expect(done.returncode == 64 and not os.path.exists(name),
               f"{name} is written into the vault")
    expect(sorted(os.listdir("vault")) == before, "the vault changed")
    done = run([VERIFY, "vault", "--report", "none/r.html"])
    expect(done.returncode == 3, "a folder that is not there")


def main():
    for program in ("pdftotext", "pdfinfo", "xmllint", "openssl"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
    if chromium.find() is None:
        skip("there is no Chromium")
    keep = os.path.abspath(sys.argv[4]) if len(sys.argv) > 4 else None
    with tempfile.TemporaryDirectory() as folder:
        story = make(folder)
        browser = chromium.Browser()
        try:
            passing(browser, story)
            failing(browser, story)
            unjudged(browser)
            withheld(browser, story)
            refusals()
        finally:
            browser.close()
            if keep:
                for name in os.listdir("."):
                    if name.endswith((".html", ".png", ".pdf")):
                        shutil.copy(name, keep)
            os.chdir("/")
    passed()


main()
