# SPDX-License-Identifier: BSD-2-Clause
"""A custodian's own exporter: it hands out a dossier without some entries, and
signs into the log that there are no others.

Everything is signed with the right key and stands under a good head.  Works in
the current folder, which is scratch.
"""
import base64
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "harness"),
             os.path.join(HERE, "..", "interop")]
import second_bytes as sb  # noqa: E402
from programs import entries  # noqa: E402
from second_hand_outs import due, ranges  # noqa: E402
from second_signer import Signer, log_key, write_log  # noqa: E402


def events(log):
    return [json.loads(sb.cms_parts(e)[1]) for e in log]


def proof(leaves, index):
    """RFC 6962: the path of a leaf."""
    if len(leaves) < 2:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return proof(leaves[:split], index) + [sb.root(leaves[split:])]
    return proof(leaves[split:], index - split) + [sb.root(leaves[:split])]


class Exporter:
    def __init__(self, vault, keys):
        self.vault, self.log = vault, entries(vault)
        first = json.loads(sb.cms_parts(self.log[0])[1])
        self.origin = first["origin"]
        self.public = bytes.fromhex(first["detail"]["log_key"])
        self.key = log_key(keys, self.public)
        with open(f"{keys}/actor.pem", "rb") as file:
            self.signer = Signer(keys, sb.Certificate(
                sb.read_pem(file.read())[0]))

    def due(self, archive):
        """What an honest one lists now."""
        return set(due(self.log, {"archive": archive}))

    def hand_out(self, archive, seqs):
        """Log a copy event that lists these, whatever they are."""
        last = json.loads(sb.cms_parts(self.log[-1])[1])
        event = {"format": "muniment-event/1", "origin": self.origin,
                 "vault": sb.hexsha(self.log[0]), "seq": len(self.log),
                 "prev": sb.hexsha(self.log[-1]), "time": last["time"],
                 "type": "copy", "actor": self.signer.certificate.fingerprint,
                 "subject": {"archive": archive},
                 "detail": {"kind": "evidentiary", "entries": ranges(seqs)},
                 "nonce": "0" * 64}
        self.log.append(self.signer.cms(json.dumps(
            event, separators=(",", ":")).encode() + b"\n",
            sb.seconds(last["time"]), True))
        write_log(self.vault, self.log, self.origin,
                  [(self.key, self.public)])
        return event["seq"]

    def dossier(self, parts, dropped=()):
        """Members of an honest dossier of an archive, whose hand-out is its
        newest entry, made to be of this log and without some entries."""
        made, leaves = {}, [sb.sha(b"\0" + e) for e in self.log]
        head = json.loads(dict(parts)["dossier.json"])
        seq = len(self.log) - 1
        event = json.loads(sb.cms_parts(self.log[-1])[1])
        with open(f"{self.vault}/log/checkpoint", "rb") as file:
            checkpoint = file.read()
        for name, data in parts:
            if name.startswith("tile/"):
                data, name = b"".join(leaves), f"tile/0/000.p/{len(leaves)}"
            elif name == "checkpoint":
                data = checkpoint
            elif name.startswith("proofs/"):
                rows = data.split(b"\n")[:3]
                index = int(rows[2].split()[1])
                data = b"\n".join(rows + [
                    base64.b64encode(h) for h in proof(leaves, index)])
                data += b"\n\n" + checkpoint
            made[name] = data
        (archive,) = head["archives"]
        for old in {archive["hand_out"], *dropped}:
            for kind in ("entries/%06d.json", "entries/%06d.p7m",
                         "statements/%06d.json"):
                made.pop(kind % old, None)
        made[f"entries/{seq:06}.p7m"] = self.log[-1]
        made[f"entries/{seq:06}.json"] = sb.cms_parts(self.log[-1])[1]
        archive["hand_out"] = head["as_of_entry"] = seq
        head["size"], head["as_of"] = len(self.log), event["time"]
        made["dossier.json"] = json.dumps(
            head, separators=(",", ":")).encode() + b"\n"
        return sorted(made.items())
