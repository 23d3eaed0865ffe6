"""A client as public automation for this CLI is written: prompt matching over a pty, nothing else.

Usage: prompt_client.py PORT USER   (the password stands in the environment)
Adds a bundle, commits, reads it back, prints what it read.
"""

import os
import pty
import re
import select
import sys
import time

PROMPT = re.compile(r"(?m)^[\w.\-]+(\([^)\n]*\))?# ?\Z")
ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class Session:
    def __init__(self, port, user):
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR",
                   "PreferredAuthentications=password", "IdentityAgent=none"]
        argv = ["ssh", "-F", "/dev/null", "-tt", "-p", port]
        for option in options:
            argv += ["-o", option]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp("ssh", argv + [f"{user}@127.0.0.1"])

    def read_until(self, pattern, limit=20.0):
        text, end = "", time.monotonic() + limit
        while time.monotonic() < end:
            ready, _, _ = select.select([self.fd], [], [], 0.1)
            if ready:
                chunk = os.read(self.fd, 65536).decode("utf-8", "replace")
                text += chunk
                continue
            clean = ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
            if pattern.search(clean):
                return clean
        raise SystemExit(f"no {pattern.pattern!r} in {text!r}")

    def command(self, line):
        os.write(self.fd, (line + "\n").encode())
        return self.read_until(PROMPT)


def main():
    session = Session(sys.argv[1], sys.argv[2])
    session.read_until(re.compile(r"assword:\s*\Z"))
    os.write(session.fd, (os.environ["LAB_PASSWORD"] + "\n").encode())
    session.read_until(PROMPT)
    session.command("set cli-terminal-length 0")
    session.command("configure")
    session.command("interfaces bundle-77 description 'x'".replace("'", '"'))
    session.command("top")
    answer = session.command("commit and-exit")
    if "commit succeeded by" not in answer.lower():
        raise SystemExit(f"commit: {answer!r}")
    shown = session.command("show config interfaces | fl | i bundle-77 | no-more")
    print([line for line in shown.splitlines() if line.startswith("interfaces ")])


main()
