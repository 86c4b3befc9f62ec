# SPDX-License-Identifier: BSD-2-Clause
"""What a hand-out has to list, and hand-outs that list one more or one less
before two verifiers: custody.md, What an export hands out."""
import json

import second_bytes as sb
from second_custody import GENERAL

EXACT = "exact"  # stands for what a hand-out has to list


def due(entries, subject):
    """The seqs that a hand-out about this has to list, as the newest entry."""
    archive = (subject or {}).get("archive", "none")
    events = [json.loads(sb.cms_parts(e)[1]) for e in entries]
    return [seq for seq, e in enumerate(events) if (
        e["type"] in GENERAL if "subject" not in e else
        e["subject"].get("archive") == archive)]


def ranges(seqs):
    """Rising, and apart."""
    out = []
    for seq in sorted(seqs):
        if out and out[-1][1] + 1 == seq:
            out[-1][1] = seq
        else:
            out.append([seq, seq])
    return out


def exact(entries, subject, detail):
    if detail.get("entries") != EXACT:
        return detail
    return {**detail, "entries": ranges(due(entries, subject))}


class Cases:
    def __init__(self, events):
        self.events, self.case = events, events.case
        self.one, self.two = {"archive": "STR-0001"}, {"archive": "STR-0002"}
        self.document = events.document(1, 2)
        self.all_due = self.listing(lambda seqs, _: seqs)
        self.but_newest = self.listing(lambda seqs, _: seqs[:-1])
        self.and_newest = self.listing(lambda seqs, size: [*seqs, size - 1])

    def listing(self, change, subject=None):
        """A hand-out of what change makes of the seqs that are due and of
        the size of the log."""
        subject = subject or self.one
        return ("Wren", "copy", subject, lambda entries: {
            "kind": "evidentiary", "entries": ranges(change(
                due(entries, subject), len(entries)))})

    def wrong(self, what, *events):
        self.case(what, [*events], "FAILED", "event.hand-out")

    def fine(self, what, *events):
        self.case(what, [*events, self.all_due], "PASSED")

    def of_now(self):
        entries = self.events.vault.entries
        listed = due(entries, self.one)
        for seq in range(len(entries)):
            self.wrong(f"hand-out, but for {seq}", self.listing(
                lambda seqs, _, seq=seq: set(seqs) ^ {seq}))
        if not 0 < len(listed) < len(entries):
            raise ValueError("all are due, or none")
        self.fine("hand-out")
        self.fine("hand-outs, one after the other", self.all_due)
        self.wrong("the hand-out before left out", self.all_due,
                   self.but_newest)
        self.case("of an archive that is not there", [self.listing(
            lambda seqs, _: seqs, {"archive": "STR-0009"})], "FAILED",
                  "event.subject")

    def of_the_newest(self):
        """An entry right before the hand-out, due or not."""
        look = lambda subject: ("Heron", "access", subject, {})  # noqa: E731
        for event in (
                ("Heron", "actor-revoked", None, {
                    "actor": self.events.id("Crane"), "reason": "retired"}),
                ("Heron", "copy", self.one, {"kind": "evidentiary"}),
                look(self.one), look(self.document)):
            self.fine(f"listed: {event}", event)
            self.wrong(f"left out: {event}", event, self.but_newest)
        for event in (look(self.two), ("Wren", "fixity-check", self.two, {
                "result": "passed"})):
            self.fine(f"not listed: {event}", event)
            self.wrong(f"not due: {event}", event, self.and_newest)

    def of_later_versions(self):
        for subject, other in ((self.one, self.but_newest),
                               (self.document, self.but_newest),
                               (None, self.and_newest),
                               (self.two, self.and_newest)):
            event = ("Heron", "x-y", subject, {})
            self.case(f"of an unknown type: {event}", [event, self.all_due],
                      "INDETERMINATE", "event.unknown-type")
            self.wrong(f"of an unknown type, wrongly: {event}", event, other)


def run(events):
    cases = Cases(events)
    cases.of_now()
    cases.of_the_newest()
    cases.of_later_versions()
