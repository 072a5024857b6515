#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Types into a shell at a terminal, as a person does: typed.py SETUP SHELL...

SETUP are commands of the shell. Each line of the standard input is typed, with
<Tab> where it says so; what the shell then runs as ctmodctl is printed, each
argument in brackets.
"""

import os
import pty
import re
import select
import sys
import time

PROMPT = b"@ready@"


def until(fd, mark, seconds=20):
    seen = b""
    end = time.monotonic() + seconds
    while mark not in seen:
        if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit(f"the shell did not answer: {seen!r}")
        seen += os.read(fd, 4096)
    return seen


def quiet(fd, seconds=0.4):
    """Completion has no mark of its own: it is over when nothing comes."""
    while select.select([fd], [], [], seconds)[0]:
        os.read(fd, 4096)


setup, shell = sys.argv[1], sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="", LC_ALL="C.UTF-8")
    os.execvp(shell[0], shell)
with open(setup, "a") as f:
    f.write("\nctmodctl() { printf '@<'; printf '[%s]' \"$@\"; printf '>@\\n'; }\n"
            "PS1=; printf '@%s@\\n' ready\n")
time.sleep(0.5)
os.write(fd, f". {setup}\n".encode())
until(fd, PROMPT)
for line in sys.stdin.read().splitlines():
    for part in re.split("(<Tab>)", line):
        os.write(fd, b"\t" if part == "<Tab>" else part.encode())
        if part == "<Tab>":
            quiet(fd)
    os.write(fd, b"\n")
    print(re.search(rb"@<(.*?)>@", until(fd, b">@"))[1].decode())
os.close(fd)
