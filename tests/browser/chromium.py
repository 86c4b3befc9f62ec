# SPDX-License-Identifier: BSD-2-Clause
"""Headless Chromium over its own debugging pipe: what a page says, asks for
and looks like.  No network, no library, a profile of its own."""
import base64
import json
import os
import shutil
import subprocess
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--remote-debugging-pipe",
         "--host-resolver-rules=MAP * ~NOTFOUND"]
# Inches; what printToPDF asks for.
PAPERS = {"a4": (8.27, 11.69), "letter": (8.5, 11)}


def find():
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One browser with one page; events are kept in the order they come."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="muniment-chromium.")
        down, self.to_browser = os.pipe()
        self.from_browser, up = os.pipe()

        def move():
            # the browser reads 3 and writes 4
            spare_down, spare_up = os.dup(down), os.dup(up)
            os.dup2(spare_down, 3)
            os.dup2(spare_up, 4)

        self.process = subprocess.Popen(
            [find(), *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            pass_fds=(3, 4, down, up), preexec_fn=move,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(down)
        os.close(up)
        self.events = []
        self.rest = b""
        self.number = 0
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")
        self.session = self.ask("Target.attachToTarget", flatten=True,
                                targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Security",
                       "Audits", "DOM", "Accessibility"):
            self.ask(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.rest:
            piece = os.read(self.from_browser, 1 << 20)
            if not piece:
                raise EOFError("the browser ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to_browser, data):]
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, path):
        """Load a file; the events of its loading."""
        self.events = []
        self.ask("Page.navigate", url="file://" + os.path.abspath(path))
        while not any(e.get("method") == "Page.loadEventFired"
                      for e in self.events):
            self.events.append(self.receive())
        self.evaluate("0")
        return self.events

    def evaluate(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression,
                          returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def complaints(self):
        """What a console would show: messages, violations, failed loads."""
        bad = ("Log.entryAdded", "Runtime.consoleAPICalled",
               "Runtime.exceptionThrown", "Network.loadingFailed",
               "Audits.issueAdded", "Page.javascriptDialogOpening")
        return [e for e in self.events if e.get("method") in bad]

    def requests(self):
        return [e["params"]["request"]["url"] for e in self.events
                if e.get("method") == "Network.requestWillBeSent"]

    def shot(self, path, width=1000, height=1400, whole=False):
        self.ask("Emulation.setDeviceMetricsOverride", width=width,
                 height=height, deviceScaleFactor=1, mobile=False)
        data = self.ask("Page.captureScreenshot", format="png",
                        captureBeyondViewport=whole)["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))

    def print(self, path, paper):
        width, height = PAPERS[paper]
        data = self.ask("Page.printToPDF", paperWidth=width,
                        paperHeight=height, printBackground=False,
                        displayHeaderFooter=False, preferCSSPageSize=False,
                        generateTaggedPDF=True)["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        shutil.rmtree(self.profile, ignore_errors=True)
