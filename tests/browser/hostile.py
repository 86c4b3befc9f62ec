#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Names that want to be markup, in every place of a report where a name can
stand: none is, and none is lost.

hostile.py MUNIMENT MUNIMENT-VERIFY APPEND [FOLDER]
"""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
# pylint: disable=wrong-import-position
import chromium  # noqa: E402
from programs import expect, must, passed, skip  # noqa: E402
from story import HOSTILE, Story, hostile_names  # noqa: E402

MUNIMENT, VERIFY, APPEND = sys.argv[1:4]
NAME = "</title></style><script>alert(9)</script>"
SECOND = "\u202e\"><svg onload=alert(8)>"
TYPED = "</bdi><iframe src=//evil.example></iframe>\u202e<style>*{}"

# Elements that the report has itself.
OURS = {"HTML", "HEAD", "META", "TITLE", "STYLE", "BODY", "MAIN", "SECTION",
        "H1", "H2", "H3", "P", "DIV", "SPAN", "DL", "DT", "DD", "TIME",
        "TABLE", "CAPTION", "THEAD", "TBODY", "TR", "TH", "TD", "CODE", "PRE",
        "BDI", "BR", "WBR", "EM", "STRONG", "NAV", "OL", "UL", "LI", "A",
        "FIGURE", "FIGCAPTION", "DETAILS", "SUMMARY", "svg", "title", "desc",
        "path", "rect", "line", "text"}
ATTRIBUTES = {"lang", "dir", "charset", "http-equiv", "content", "name", "id",
              "class", "scope", "colspan", "href", "datetime", "tabindex",
              "role", "aria-labelledby", "aria-hidden", "viewBox",
              "font-family", "font-size", "fill", "stroke", "stroke-width",
              "stroke-dasharray", "text-anchor", "transform", "d", "x", "y",
              "x1", "x2", "y1", "y2", "width", "height"}


def make():
    story = Story(MUNIMENT, APPEND, ".", name=NAME, second=SECOND)
    hostile_names("docs")
    os.mkfifo("docs/<b>pipe<_b>")
    story.deposit("--note", TYPED, "--case", "<i>T-17</i>", "docs")
    story.custody("XPF-0001")
    story.forget_index()
    folder = "<h1>\"vault' onload=x"
    shutil.move("vault", folder)
    return story, folder


def what_is_there(browser):
    elements = set(browser.evaluate(
        "[...new Set([...document.querySelectorAll('*')].map("
        "e => e.tagName))]"))
    expect(elements <= OURS, f"elements {elements - OURS}")
    attributes = set(browser.evaluate(
        "[...new Set([...document.querySelectorAll('*')].flatMap("
        "e => e.getAttributeNames()))]"))
    expect(attributes <= ATTRIBUTES, f"attributes {attributes - ATTRIBUTES}")
    expect(browser.evaluate(
        "[...document.querySelectorAll('a')].every("
        "a => a.getAttribute('href').startsWith('#'))"), "a link leads out")


def shown(browser):
    """Every name is there, as the escape of it or as itself, isolated."""
    texts = browser.evaluate(
        "[...document.querySelectorAll('bdi')].map(b => b.textContent)")
    whole = "\n".join(texts)
    for name in HOSTILE:
        plain = name.replace("\\", "\\\\")
        for char in "\u202e\u200b\ufeff\u2066\u2067\u2069":
            plain = plain.replace(char, f"\\u{{{ord(char):04x}}}")
        for char, to in (("\n", "\\n"), ("\t", "\\t"), ("\x1b", "\\x1b")):
            plain = plain.replace(char, to)
        if "\u0301" in name:
            plain = name[:5]  # the fifth mark is an escape
        expect(plain in whole, f"{name!r} is not shown as {plain!r}")
    for text in (NAME, "\\u{202e}\"><svg onload=alert(8)>",
                 TYPED.replace("\u202e", "\\u{202e}"), "<b>pipe<_b>"):
        expect(text in whole, f"{text!r} is not shown")
    bad = browser.evaluate(
        "/[\\u202a-\\u202e\\u2066-\\u2069\\u200b-\\u200f\\ufeff\\u0000-"
        "\\u0008\\u000b-\\u001f]/.test(document.body.textContent)")
    expect(not bad, "an invisible character is in the page")
    tall = browser.evaluate(
        "Math.max(...[...document.querySelectorAll('bdi')].map("
        "b => b.getBoundingClientRect().height))")
    expect(tall < 1200, f"a name is {tall} pixels high")


def main():
    if chromium.find() is None:
        skip("there is no Chromium")
    keep = os.path.abspath(sys.argv[4]) if len(sys.argv) > 4 else None
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        story, folder = make()
        must([VERIFY, folder, "--trust", story.anchor, "--report",
              "hostile.html"], 0)
        browser = chromium.Browser()
        try:
            browser.open("hostile.html")
            expect(browser.complaints() == [],
                   f"the console says {browser.complaints()[:2]}")
            expect(len(browser.requests()) == 1,
                   f"it asks for {browser.requests()}")
            what_is_there(browser)
            shown(browser)
            browser.shot("hostile.png")
            browser.print("hostile-a4.pdf", "a4")
        finally:
            browser.close()
            if keep:
                for name in os.listdir("."):
                    if name.startswith("hostile"):
                        shutil.copy(name, keep)
            os.chdir("/")
    passed()


main()
