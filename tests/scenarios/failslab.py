#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Memory fails at each allocation in turn: the first, the second, and so on,
until an operation gets through without having met one.

  failslab.py load|windows CLIENT    in the router's netns, the module not loaded;
                                     traffic comes from netns CLIENT
  failslab.py growth|commands CLIENT with the module loaded
  failslab.py netns|tracking|critical
                                     with the module loaded, in the initial netns

Each time the operation works, or it fails whole. What else there is to check
afterwards is with each operation. Prints "0 NAME" for what holds, "1 NAME" for
what does not, and comments.
"""
import contextlib
import ctypes
import errno
import functools
import os
import re
import socket
import struct
import subprocess
import sys
import time

import genl

DEBUGFS = "/sys/kernel/debug"
KINDS = [kind for kind in ("failslab", "fail_page_alloc") if os.path.isdir(f"{DEBUGFS}/{kind}")]
MODULE = "/sys/module/ctwatch"
FINIT_MODULE, DELETE_MODULE = 313, 176  # x86-64
CLONE_NEWNET = 0x40000000
NETLINK_ADD_MEMBERSHIP = 1
EVERYTHING = (0, (1 << 64) - 1)
CRITICAL = 3  # of the levels
# Of a maximum of 100 entries: all levels at once, and by count alone.
THRESHOLDS = {"notice": 88, "warning": 89, "predict-time": 0}
# Those that run the work queue of the module, and make its windows.
WORKERS = re.compile(r"kworker/u\d+:")
HOTPLUG = re.compile(r"cpuhp/\d+$")

LIBC = ctypes.CDLL(None, use_errno=True)


def call(function, *args):
    """A C function's error as an exception."""
    if function(*args) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Broken(Exception):
    """What should hold does not."""


def expect(name, got, wanted):
    if got != wanted:
        raise Broken(f"{name} is {str(got)[:200]}, not {str(wanted)[:200]}")


# Faults


def set_faults(name, value):
    for kind in KINDS:
        path = f"{DEBUGFS}/{kind}/{name}"
        if os.path.exists(path):
            with open(path, "w", encoding="ascii") as file:
                file.write(str(value))


def faults_on():
    """Every allocation may fail, those that may wait too; without a word each."""
    for name, value in {"probability": 0, "times": -1, "verbose": 0, "ignore-gfp-wait": "N",
                        "ignore-gfp-highmem": "N", "min-order": 0}.items():
        set_faults(name, value)


def symbols():
    with open("/proc/kallsyms", encoding="ascii") as file:
        for line in file:
            address, _, name = line.split()[:3]
            yield int(address, 16), name, "[ctwatch]" in line


def function_range(wanted):
    """From a function's beginning to that of the next one."""
    table = sorted((address, name) for address, name, ours in symbols() if not ours)
    start = next(address for address, name in table if name == wanted)
    return start, next(address for address, _ in table if address > start)


def can_narrow():
    return os.path.exists(f"{DEBUGFS}/failslab/require-start")


def narrow(window=EVERYTHING):
    """Only allocations below a function of this range count and fail."""
    set_faults("stacktrace-depth", 32)
    set_faults("require-start", hex(window[0]))
    set_faults("require-end", hex(window[1]))


def narrow_to_module():
    """Its text is smaller than its file."""
    if can_narrow():
        with open(f"{MODULE}/sections/.text", encoding="ascii") as section:
            start = int(section.read(), 16)
        narrow((start, start + os.path.getsize(module_path())))


def narrow_to_function(name):
    if can_narrow():
        narrow(function_range(name))


def threads(pattern):
    for pid in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                if pattern.match(comm.read()):
                    yield pid


class Tasks:
    """Tasks of which the Nth allocation is to fail."""

    def __init__(self, pattern=None, own=False):
        self.pattern = pattern
        self.files = {}
        if own:
            self.add("self")
        self.find()

    def add(self, pid):
        self.files[pid] = os.open(f"/proc/{pid}/fail-nth", os.O_RDWR)

    def find(self):
        """Those there are now. Returns the new ones."""
        found = set(threads(self.pattern) if self.pattern else []) - set(self.files)
        for pid in found:
            with contextlib.suppress(OSError):
                self.add(pid)
        return found & set(self.files)

    def arm(self, n):
        for pid in self.files:
            self.arm_one(pid, n)

    def arm_one(self, pid, n):
        """A thread may end at any time."""
        with contextlib.suppress(ProcessLookupError):
            os.pwrite(self.files[pid], b"%d" % n, 0)

    def bitten(self, n):
        """Has one failed? Those that came meanwhile are armed too."""
        for pid in self.find():
            self.arm_one(pid, n)
        return any(self.spent(pid) for pid in self.files)

    def spent(self, pid):
        with contextlib.suppress(ProcessLookupError):
            return os.pread(self.files[pid], 16, 0) == b"0\n"
        return False

    def disarm(self):
        bitten = any([self.spent(pid) for pid in self.files])
        self.arm(0)
        return bitten


class Sweep:
    """Lets the first, second, ... allocation fail, and counts what came of it."""

    def __init__(self, name, patience=1, most=5000):
        self.name = name
        self.patience = patience
        self.most = most
        self.failed = self.refused = 0
        self.errors = set()

    def steps(self):
        """The Nth again, as often as there is patience, when none failed: what
        runs beside does not always get as far."""
        n, missed = 1, 0
        while n < self.most:
            before = self.failed
            yield n
            if self.failed > before:
                n += 1
                missed = 0
                continue
            missed += 1
            if missed == self.patience:
                return
        raise Broken(f"there was no end after {self.most} allocations")

    def done(self, bitten, error):
        """One step: what failed, and how the operation took it."""
        if not bitten and error:
            raise Broken(f"failed although there was memory: {error}")
        self.failed += bitten
        if error:
            self.refused += 1
            self.errors.add(errno.errorcode.get(getattr(error, "errno", None) or
                                                getattr(error, "code", None), str(error)))

    def run(self, step):
        n = 0
        try:
            for n in self.steps():
                step(self, n)
        except Broken as problem:
            print(f"1 {self.name}: allocation {n}: {problem}", flush=True)
            return
        words = f" ({', '.join(sorted(self.errors))})" if self.errors else ""
        print(f"0 {self.name}: {self.failed} allocations failed: {self.refused} times refused{words}, "
              f"{self.failed - self.refused} times done without", flush=True)


def attempt(tasks, n, operation):
    """Returns whether an allocation failed, the error, and the answer."""
    error = answer = None
    tasks.arm(n)
    try:
        answer = operation()
    except (OSError, MemoryError, genl.Refused) as problem:
        error = problem
    return tasks.disarm(), error, answer


# The module


@functools.cache
def module_path():
    return run("modinfo", "-n", "ctwatch").strip()


class Module:
    def __init__(self):
        self.file = os.open(module_path(), os.O_RDONLY)

    def load(self):
        call(LIBC.syscall, FINIT_MODULE, self.file, b"", 0)

    @staticmethod
    def unload():
        call(LIBC.syscall, DELETE_MODULE, b"ctwatch", os.O_NONBLOCK)

    @staticmethod
    def gone():
        """All that a user could see of it."""
        with open("/proc/modules", encoding="ascii") as modules:
            if any(line.startswith("ctwatch ") for line in modules):
                return False
        return not os.path.exists(MODULE)


@functools.cache
def specification():
    return genl.Family(ident=0)


def family():
    """It has a new number each time the module is loaded."""
    fam = specification()
    fam.ident = fam.find("ctwatch")
    return fam


def no_family():
    try:
        family()
    except genl.Refused as refused:
        return refused.code == errno.ENOENT
    return False


def this_netns():
    return {"netns": os.stat("/proc/thread-self/ns/net").st_ino}


def status():
    return family().call("status-get", this_netns(), dump=False)[0][0]


def reset():
    family().call("reset", this_netns(), dump=False)


def sources():
    """(address, count, error)"""
    return sorted((source["address"], source["count"], source["error"])
                  for message, _ in family().call("source-get", this_netns())
                  for source in [message["source"]])


# Traffic


@contextlib.contextmanager
def entered(netns):
    """In a netns of that name, or in a new one."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    if netns:
        other = os.open(f"/run/netns/{netns}", os.O_RDONLY)
        call(LIBC.setns, other, CLONE_NEWNET)
        os.close(other)
    else:
        call(LIBC.unshare, CLONE_NEWNET)
        run("ip", "link", "set", "lo", "up")
    try:
        yield
    finally:
        call(LIBC.setns, own, CLONE_NEWNET)
        os.close(own)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def track():
    run("nft", "table inet watched { chain output { type filter hook output priority 0;"
        " ct state invalid counter; }; }")


class Client:
    """Sources in another netns, or in this one; each datagram is a new connection."""

    def __init__(self, count, netns=None):
        self.port = 1024
        if netns:
            with entered(netns):
                self.socks = [self.source(f"10.1.4.{1 + i}") for i in range(count)]
            self.server = "10.2.0.1"
        else:
            self.socks = [self.source(f"127.0.1.{1 + i}") for i in range(count)]
            self.server = "127.0.0.1"

    @staticmethod
    def source(address):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((address, 0))
        return sock

    def connect(self):
        """One connection from each source."""
        self.port += 1
        for sock in self.socks:
            sock.sendto(b"x", (self.server, self.port))


def adds_up(attempts):
    """Totals are exact; what sources have for certain is no more than that, and
    what they lack is said."""
    now = status()
    expect("attempts", now["attempts"], attempts)
    sure = sum(count - error for _, count, error in sources())
    expect("what sources have and what is unattributed", sure + now["unattributed"], attempts)


def exact(client):
    """With memory again everything has its source."""
    reset()
    client.connect()
    expect("sources", [(count, error) for _, count, error in sources()], [(1, 0)] * len(client.socks))
    expect("unattributed", status()["unattributed"], 0)


def forget():
    run("conntrack", "-F")


# Operations


def check_loaded():
    """Hooks that found no memory come with a later tick."""
    if not until(lambda: status()["tracking"] != 0):
        raise Broken("there are no hooks")


def check_not_loaded():
    if not until(Module.gone):
        raise Broken("the module is still listed")
    if not no_family():
        raise Broken("the family is still there")


def load(client):
    """The netns tracks: loading puts hooks in and makes windows."""
    module = Module()
    client = Client(20, client)
    narrow_to_function("do_one_initcall")
    tasks = Tasks(own=True)

    def step(sweep, n):
        bitten, error, _ = attempt(tasks, n, module.load)
        sweep.done(bitten, error)
        if error:
            check_not_loaded()
        else:
            check_loaded()
            client.connect()
            adds_up(20)
            module.unload()
            check_not_loaded()

    Sweep("load").run(step)


def windows(client):
    """The windows of a CPU are made by a thread of that CPU."""
    module = Module()
    client = Client(20, client)
    narrow_to_function("cpuhp_thread_fun")
    tasks = Tasks(HOTPLUG)
    cpus = os.sched_getaffinity(0)

    def step(sweep, n):
        bitten, error, _ = attempt(tasks, n, module.load)
        sweep.done(bitten, error)
        check_loaded()
        for cpu in cpus:
            os.sched_setaffinity(0, [cpu])
            client.connect()
        os.sched_setaffinity(0, cpus)
        adds_up(20 * len(cpus))
        if any(count < len(cpus) for _, count, _ in sources()):
            raise Broken("a source counts less than it made")
        exact(client)
        module.unload()

    Sweep("windows of a CPU").run(step)


def growth(client):
    """The first rows of the table of sources, and more: by whoever folds first,
    the asker or the worker."""
    client = Client(150, client)
    own = Tasks(own=True)
    workers = Tasks(WORKERS)
    narrow_to_module()

    def step(sweep, n):
        reset()
        fam = family()
        workers.arm(n)
        client.connect()
        with genl.Family.open() as sock:
            bitten, error, _ = attempt(own, n, lambda: fam.call("status-get", {}, False, sock))
        bitten |= workers.disarm()
        sweep.done(bitten, error)
        adds_up(150)

    Sweep("rows for new sources", patience=3).run(step)
    exact(client)
    forget()


def command(name, operation, check):
    tasks = Tasks(own=True)

    def step(sweep, n):
        with genl.Family.open() as sock:
            bitten, error, answer = attempt(tasks, n, lambda: operation(sock))
        sweep.done(bitten, error)
        check(error, answer)

    Sweep(name).run(step)


def commands(client):
    client = Client(150, client)
    fam = family()
    inum = this_netns()["netns"]
    settings = fam.call("config-get", {}, dump=False)

    def asked(operation, values, dump=True):
        return lambda sock: fam.call(operation, values, dump, sock)

    def unchanged(*_):
        expect("settings", fam.call("config-get", {}, dump=False), settings)
        adds_up(150)

    def same_status(error, answer):
        if not error:
            expect("attempts", answer[0][0]["attempts"], 150)
        unchanged()

    def same_sources(error, answer):
        if not error:
            expect("sources", sorted((m["source"]["address"], m["source"]["count"], m["source"]["error"])
                                     for m, _ in answer), rows)

    def same_settings(error, answer):
        if not error:
            expect("settings", answer, settings)

    def census(entries):
        def check(error, answer):
            if error:
                return
            answer = genl.Answer(answer)
            in_groups = sum(group["entries"] for group in answer.groups)
            expect("what is in groups", in_groups, answer.census["matched"])
            expect("what matched", answer.census["matched"], entries)
        return check

    def reset_whole(error, _):
        # its acknowledgement may be what found no memory
        if error and status()["attempts"]:
            adds_up(150)
        else:
            adds_up(0)
            client.connect()

    def set_whole(error, _):
        now = fam.call("config-get", {}, dump=False)
        if not error:
            expect("notice", now[0][0]["notice"], 50)
        elif now != settings:
            expect("notice", now[0][0]["notice"], 50)
        fam.call("config-set", {"notice": settings[0][0]["notice"]}, dump=False)
        unchanged()

    def join(sock):
        group = struct.pack("=I", event_group(fam))
        sock.setsockopt(genl.SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)

    narrow_to_module()
    forget()
    reset()
    client.connect()
    # While there is memory: a row that finds none is growth()'s business.
    rows = sources()
    ask = {"netns": inum}
    command("stats", asked("status-get", {}, False), same_status)
    command("stats of all", asked("status-get", {}), same_status)
    command("sources", asked("source-get", ask), same_sources)
    command("config", asked("config-get", {}, False), same_settings)
    command("config of all", asked("config-get", {}), same_settings)
    command("config with a new value", asked("config-set", {"notice": 50}, False), set_whole)
    command("reset", asked("reset", {}, False), reset_whole)
    forget()
    client.connect()
    for name, values in (
            ("top", {"by": ["src", "protocol", "state"]}),
            ("top by everything", {"by": ["netns", "src", "dst", "protocol", "dport", "state", "zone"],
                                   "src_ipv4_prefix": 31}),
            ("top with a filter", {"by": ["src"], "filter": {"src": socket.inet_aton("10.1.0.0"),
                                                             "src-prefix-len": 16, "protocol": 17}})):
        command(name, asked("census-get", fam.question(dict(values, netns=inum))), census(150))
    command("monitor joins", join, lambda *_: None)


def event_group(fam):
    """The number of the multicast group, as the family's description has it."""
    fam.send(fam.sock, genl.GENL_ID_CTRL, genl.CTRL_CMD_GETFAMILY, genl.NLM_F_ACK,
             genl.put(genl.CTRL_ATTR_FAMILY_NAME, b"ctwatch\0"))
    found = dict(genl.attributes(fam.collect(fam.sock)[0].payload[4:]))
    groups = dict(genl.attributes(found[7]))  # CTRL_ATTR_MCAST_GROUPS
    return struct.unpack("=I", dict(genl.attributes(groups[1]))[2])[0]


def drop_hooks():
    return run("nft", "list", "hooks").count("ctw_drop")


def tracking():
    """Connections are tracked in a netns: the worker puts hooks in."""
    family()  # asks in the initial netns
    workers = Tasks(WORKERS)
    narrow_to_module()

    def step(sweep, n):
        with entered(None):
            client = Client(20)
            workers.find()
            workers.arm(n)
            track()
            until(lambda: workers.bitten(n) or status()["tracking"])
            sweep.done(workers.disarm(), None)
            check_loaded()
            client.connect()
            adds_up(20)

    Sweep("tracking that starts", patience=3).run(step)


def critical():
    """The table gets high: who holds it is counted and told, hooks go in."""
    fam = family()
    workers = Tasks(WORKERS)
    narrow_to_module()

    def told():
        """Hooks follow the first line."""
        return status()["level"] >= CRITICAL and drop_hooks() == 8

    def step(sweep, n):
        with entered(None), genl.Family.open() as monitor:
            client = Client(95)
            track()
            check_loaded()
            fam.call("config-set", dict(this_netns(), **THRESHOLDS), dump=False)
            monitor.setsockopt(genl.SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                               struct.pack("=I", event_group(fam)))
            workers.find()
            workers.arm(n)
            client.connect()
            until(lambda: workers.bitten(n) or told())
            # the event follows the line
            until(lambda: workers.bitten(n), 0.2)
            sweep.done(workers.disarm(), None)
            if not until(told):
                raise Broken(f"level {status()['level']}, {drop_hooks()} hooks around conntrack")
            adds_up(95)

    Sweep("a table that gets critical", patience=3).run(step)


def netns():
    fam = family()
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    tasks = Tasks(own=True)

    def known():
        return {message["netns"] for message, _ in fam.call("status-get", {})}

    before = known()

    def step(sweep, n):
        bitten, error, _ = attempt(tasks, n, lambda: call(LIBC.unshare, CLONE_NEWNET))
        inum = this_netns()["netns"]
        if not error and inum not in known():
            raise Broken("the new one is not known")
        call(LIBC.setns, own, CLONE_NEWNET)
        sweep.done(bitten, error)
        if error:
            expect("a netns that could not be made", inum in before, True)
        if not until(lambda: known() == before):
            raise Broken("one that has gone is still known")

    if can_narrow():
        # Of a netns one in 64 needs memory there, for its number.
        narrow_to_module()
        Sweep("a new netns", patience=70).run(step)
    else:
        Sweep("a new netns").run(step)


def main(argv):
    faults_on()
    try:
        globals()[argv[1]](*argv[2:])
    finally:
        narrow()


if __name__ == "__main__":
    main(sys.argv)
