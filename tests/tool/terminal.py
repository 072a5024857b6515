#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""top -w on a real pseudo-terminal: what a person sees, and what is left.

Prints TAP. The kernel is faked (fake_kernel.c), the terminal is not: a small
part of xterm is here, so that the screen can be read as a person would.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

FAKE = os.path.join(os.environ["BUILD"], "ctmodctl-fake")
LINES, COLUMNS = 24, 100
PATIENCE = 20

tests = failures = 0


def ok(passed, name, notes=()):
    global tests, failures
    tests += 1
    failures += not passed
    print("%sok %d - %s" % ("" if passed else "not ", tests, name))
    if not passed:
        for note in notes:
            print("# %s" % note)
    sys.stdout.flush()


class Screen:
    """What xterm makes of what it gets, as far as ncurses uses it here."""

    def __init__(self):
        self.alternate = False
        self.cursor = True
        self.clear()
        self.pending = ""

    def clear(self):
        self.cells = [[" "] * 300 for _ in range(100)]
        self.y = self.x = 0

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        while text:
            m = re.match(r"\x1b\[([?>]?)([0-9;]*)([@-~])|\x1b[()].|\x1b[=>78]",
                         text)
            if m:
                if m.group(3):
                    self.control(m.group(1), m.group(2), m.group(3))
                text = text[m.end():]
            elif text[0] == "\x1b" and len(text) < 16:
                self.pending, text = text, ""
            else:
                self.plain(text[0])
                text = text[1:]

    def plain(self, c):
        if c == "\r":
            self.x = 0
        elif c == "\n":
            self.y += 1
        elif c == "\b":
            self.x -= 1
        elif c >= " ":
            self.cells[self.y][self.x] = self.last = c
            self.x += 1

    def control(self, mark, arguments, final):
        n = [int(a or 0) for a in arguments.split(";")]
        one = max(n[0], 1)
        row = self.cells[self.y]
        if mark == "?":
            if n[0] == 1049:
                self.alternate = final == "h"
            if n[0] == 25:
                self.cursor = final == "h"
        elif final == "H":
            self.y = one - 1
            self.x = max(n[1], 1) - 1 if len(n) > 1 else 0
        elif final == "d":
            self.y = one - 1
        elif final == "G":
            self.x = one - 1
        elif final in "ABCD":
            self.y += {"A": -one, "B": one}.get(final, 0)
            self.x += {"C": one, "D": -one}.get(final, 0)
        elif final == "J":
            x, y = self.x, self.y
            if n[0] == 2:
                self.clear()
                self.x, self.y = x, y
            else:
                row[x:] = [" "] * (300 - x)
                for below in self.cells[y + 1:]:
                    below[:] = [" "] * 300
        elif final == "K":
            if n[0] == 1:
                row[:self.x + 1] = [" "] * (self.x + 1)
            else:
                row[self.x:] = [" "] * (300 - self.x)
        elif final == "X":
            row[self.x:self.x + one] = [" "] * one
        elif final == "P":
            row[self.x:] = row[self.x + one:] + [" "] * one
        elif final == "@":
            row[self.x:] = ([" "] * one + row[self.x:])[:300 - self.x]
        elif final == "b":
            for _ in range(one):
                self.plain(self.last)
        elif final == "L":
            for _ in range(one):
                self.cells.insert(self.y, [" "] * 300)
        elif final == "M":
            for _ in range(one):
                del self.cells[self.y]
                self.cells.append([" "] * 300)

    def lines(self):
        text = ["".join(row).rstrip() for row in self.cells]
        while text and not text[-1]:
            text.pop()
        return text


class Session:
    """The tool as the foreground job of a terminal of its own."""

    def __init__(self, *arguments, fake=None, term="xterm", size=(LINES, COLUMNS)):
        self.master, self.slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.slave)
        self.screen = Screen()
        self.bytes = ""
        environment = dict(os.environ, TERM=term)
        environment.pop("NO_COLOR", None)
        if fake:
            environment["FAKE"] = fake
        if term != "xterm":
            # ncurses does not free what it could not start.
            environment["ASAN_OPTIONS"] = "detect_leaks=0"
        read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            os.dup2(self.slave, 0)
            os.dup2(self.slave, 1)
            os.dup2(write, 2)
            # A shell's job: a group of its own with a parent in the session.
            job = os.fork()
            if job:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                self.serve_job(job)
            os.setpgid(0, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(0, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            os.execve(FAKE, [FAKE, "top", *arguments], environment)
        os.close(write)
        self.errors = read
        self.status = None
        self.stderr = ""

    @staticmethod
    def serve_job(job):
        """Wait for it; stopped, say so in its stead by stopping too."""
        os.write(2, b"job %d\n" % job)
        while True:
            _, status = os.waitpid(job, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                os.write(2, b"stopped\n")
            else:
                code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else \
                    128 + os.WTERMSIG(status)
                os._exit(code)

    def resize(self, lines, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds=0.05):
        ready, _, _ = select.select([self.master, self.errors], [], [], seconds)
        if self.master in ready:
            data = os.read(self.master, 65536).decode("ascii", "replace")
            self.bytes += data
            self.screen.feed(data)
        if self.errors in ready:
            self.stderr += os.read(self.errors, 65536).decode()
        return bool(ready)

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if condition():
                return True
            self.read()
        return False

    def shows(self, *words):
        return self.until(lambda: all(
            any(re.search(word, line) for line in self.screen.lines())
            for word in words))

    def type(self, keys):
        os.write(self.master, keys.encode())

    def job(self):
        self.until(lambda: "\n" in self.stderr)
        return int(re.search(r"job (\d+)", self.stderr).group(1))

    def kill(self, number):
        os.kill(self.job(), number)

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.WEXITSTATUS(status)
        return self.status is not None

    def check_end(self, name, status, error=""):
        """Exit status and error; and the terminal is as it was."""
        self.until(self.ended)
        end = time.monotonic() + 1
        while self.read(0.02) and time.monotonic() < end:
            if len(self.stderr) > 1 << 20:
                break
        if self.status is None:
            self.kill(signal.SIGKILL)
            self.until(self.ended)
        after = termios.tcgetattr(self.slave)
        said = re.sub(r"^(job \d+|stopped)\n", "", self.stderr, flags=re.M)
        ok(self.status == status and re.fullmatch(error, said) is not None and
           after == self.before and not self.screen.alternate and
           self.screen.cursor, name,
           ["status %s, not %d" % (self.status, status), "error %r" % said,
            "modes %s" % ("same" if after == self.before else "changed"),
            "alternate screen %s, cursor %s" % (self.screen.alternate,
                                                self.screen.cursor)])
        for fd in (self.master, self.slave, self.errors):
            os.close(fd)

    def check(self, name, *words):
        ok(self.shows(*words), name, ["no %r" % (words,)] + self.screen.lines())


def test_rows_and_keys():
    s = Session("-w", "3600")
    s.check("the view: fullness, question, facts, rows, keys",
            r"^warning \(predicted\): 80% full \(52429/65536\), \+8123/s, full in 1.6s; netns 4026531840$",
            r"^\d\d:\d\d:\d\d, each 1h 0m, by src,proto,state, most entries first$",
            r"^52417 entries seen in 4.2ms, 3.1s ago",
            r"^SOURCE +PROTO +STATE +ENTRIES +SHARE +ASSURED +UNREPLIED +EXPIRED$",
            r"^192.168.1.38 +tcp +TIME_WAIT +29457 +56% +29457 +0 +0$",
            r"^other +960 ", r"^q quit .*\? help$")
    ok(s.screen.alternate and not s.screen.cursor,
       "it has the alternate screen, without a cursor")
    s.type("ss")
    s.check("s: sorted by another column", "most unreplied first")
    order = ["2001:db8:1:2::/64", "192.168.1.38", "203.0.113.0/24", "other"]
    ok(s.until(lambda: [line.split()[:1] for line in s.screen.lines()[6:10]] ==
               [[word] for word in order]),
       "the rows are, the rest stays last", s.screen.lines())
    s.type("r")
    s.check("r: reversed", "least unreplied first")
    s.type("S<rp")
    s.check("S and < go back, p pauses", "PAUSED, by src,proto,state, most entries first")
    s.type("g")
    s.check("g: another grouping", "by src, most", r"^SOURCE +ENTRIES")
    s.type("t")
    s.check("t: one protocol", "only proto tcp$")
    s.type("e")
    s.check("e: one of the states seen", "only proto tcp state UNREPLIED$")
    s.type("tE")
    s.check("t again, E: the next protocol, all states", "only proto udp$")
    s.type("T ")
    s.check("T: all protocols; space goes on", "each 1h 0m, by src, most entries first$")
    s.type("?")
    s.check("?: the keys", "^Keys", "^q +quit")
    s.type("?\x1b[B")
    s.check("and back", r"^192.168.1.38 +29457")
    s.type("q")
    s.check_end("q: the end, with the terminal as it was", 0)


def test_refresh():
    log = "/tmp/ctmodctl-terminal-%d" % os.getpid()
    os.environ["FAKE_LOG"] = log
    s = Session("-w", "0.1", "-N", "7", "--proto", "udp")
    s.shows("^q quit")

    def requests():
        with open(log) as f:
            return [line.strip() for line in f if "census-get" in line]

    ok(s.until(lambda: len(requests()) > 4), "it asks again and again")
    ok(all(re.fullmatch(r"census-get dump 1=\w+ 2=42 4=64 7=\{ 2=17 \} 8=7", r)
           for r in requests()), "what the command line asked for",
       requests()[:2])
    s.type("p")
    s.shows("PAUSED")
    n = len(requests())
    time.sleep(0.5)
    ok(len(requests()) == n, "not while it pauses")
    s.type("q")
    s.check_end("the end out of a pause", 0)
    os.unlink(log)
    del os.environ["FAKE_LOG"]


def test_sizes():
    s = Session("-w", "3600", size=(24, 100))
    s.shows("^q quit")
    s.screen.clear()
    s.resize(12, 50)
    s.kill(signal.SIGWINCH)
    s.check("a smaller terminal: whole columns only",
            r"^SOURCE +PROTO +STATE +ENTRIES$",
            r"^192.168.1.38 +tcp +TIME_WAIT +29457$")
    for lines, columns in ((1, 1), (2, 5), (6, 20), (60, 250)):
        s.resize(lines, columns)
        s.kill(signal.SIGWINCH)
        time.sleep(0.1)
        s.read()
    s.check("a large one after tiny ones", "UNREPLIED +EXPIRED$")
    s.type("q")
    s.check_end("the end after all sizes", 0)


def test_signals():
    for number, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "SIGINT"),
                         (signal.SIGHUP, "SIGHUP"), (signal.SIGQUIT, "SIGQUIT")):
        s = Session("-w", "3600")
        s.shows("^q quit")
        s.kill(number)
        s.check_end("%s: the terminal is as it was" % name, 0)
    s = Session("-w", "0.1")
    s.shows("^q quit")
    s.type("\x03")
    s.check_end("Ctrl-C: the terminal is as it was", 0)


def test_suspend():
    s = Session("-w", "3600")
    s.shows("^q quit")
    s.type("\x1a")
    stopped = s.until(lambda: "stopped" in s.stderr)
    while s.read(0.1):
        pass
    ok(stopped and termios.tcgetattr(s.slave) == s.before and
       not s.screen.alternate and s.screen.cursor,
       "Ctrl-Z: stopped, with the terminal as it was")
    s.screen.clear()
    s.kill(signal.SIGCONT)
    s.check("and goes on", r"^SOURCE +PROTO", "^192.168.1.38 ")
    ok(s.screen.alternate, "with the screen for itself again")
    s.type("q")
    s.check_end("the end after a stop", 0)


def test_failures():
    s = Session("-w", "1", fake="not-permitted")
    s.check_end("not permitted: no screen at all", 1,
                r"ctmodctl: not permitted: run as root .*\n")
    ok("1049" not in s.bytes, "nothing was drawn")
    s = Session("-w", "0.1", fake="census-fails-later")
    s.check_end("an error later: the terminal first, then the line", 1,
                r"ctmodctl: the table changed its size too often, ask again\n")
    ok("\x1b[?1049h" in s.bytes and "\x1b[?1049l" in s.bytes,
       "the screen was there and has gone")
    s = Session("-w", "1", term="no-such-terminal")
    s.check_end("an unknown terminal", 1,
                r"ctmodctl: terminal type 'no-such-terminal' cannot show a full screen: set TERM, or leave -w out\n")
    s = Session("-w", "0.1", fake="interrupted-always")
    s.check("a warning is on the screen, not across it",
            "^the answer changed while it was read and may be inconsistent$")
    s.type("q")
    s.check_end("the end after a warning", 0)


def test_refusals():
    s = Session("-w", "1", "-j")
    s.check_end("-w and -j exclude each other", 2,
                r"ctmodctl: -w is a view for people, -j is for programs: give one of them\. .*\n")
    p = subprocess.run([FAKE, "top", "-w", "1"], stdin=subprocess.DEVNULL,
                       capture_output=True, text=True)
    ok(p.returncode == 2 and not p.stdout and
       "-w needs a terminal: leave it out to print once" in p.stderr,
       "-w needs a terminal", [p.stderr])


test_rows_and_keys()
test_refresh()
test_sizes()
test_signals()
test_suspend()
test_failures()
test_refusals()
print("1..%d" % tests)
sys.exit(failures != 0)
