#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Censuses while the table changes.

  census_churn.py watch SECONDS [KIND]
                                    in the namespace of the churn: take
                                    censuses, hold each against the counts of
                                    the kernel meanwhile. KIND "evenly": what
                                    comes and goes is spread over the table
  census_churn.py ask SECONDS       take censuses, whether there is a module or not
  census_churn.py resize SECONDS    give the table another size, again and again
  census_churn.py hold SECONDS      begin dumps, and read no more of them

Prints "0 NAME" for what is right, "1 NAME" for what is not, and comments.
"""
import errno
import math
import os
import sys
import threading
import time

import genl

COUNT = "/proc/sys/net/netfilter/nf_conntrack_count"
BUCKETS = "/proc/sys/net/netfilter/nf_conntrack_buckets"
STAT = "/proc/net/stat/nf_conntrack"

# Counted, but not in the table at this moment: an entry that is made until its
# packet has passed, and one that was taken out until it is given back. A few
# for each CPU; the receive queue holds no entries.
UNDER_WAY = 64

ASKS = [{"by": ["src"], "src_ipv4_prefix": 24}, {"by": []}, {"by": ["protocol", "state"]},
        {"by": ["src", "dport"]}, {"by": ["dst", "zone"], "top": 3},
        {"by": ["src", "dst", "protocol", "dport", "state", "zone", "netns"], "top": 50},
        {"by": ["state"], "filter": {"unreplied": 1}}, {"by": ["netns", "src"], "top": 9}]


class Sampler(threading.Thread):
    """The kernel's count of entries, as often as it can be read."""

    def __init__(self):
        super().__init__(daemon=True)
        self.counts = []
        self.file = os.open(COUNT, os.O_RDONLY)

    def read(self):
        return int(os.pread(self.file, 16, 0))

    def run(self):
        while True:
            self.counts.append(self.read())
            time.sleep(0.0002)


class Stats:
    """What went in and out, by the kernel's own statistics and ctwatch's."""

    def __init__(self, family):
        with open(STAT, encoding="ascii") as file:
            head, *cpus = (line.split() for line in file)
        of = {name: sum(int(cpu[i], 16) for cpu in cpus) for i, name in enumerate(head)}
        self.early_drop = of["early_drop"]
        self.lost = of["insert_failed"] + of["clashres"]
        self.attempts = family.call("status-get", {}, dump=False)[0][0]["attempts"]


class Watch:
    def __init__(self, evenly):
        self.family = genl.Family()
        self.sampler = Sampler()
        self.evenly = evenly
        self.taken = 0
        self.busy = 0
        self.rows = 0
        self.wrong = {"sum": 0, "facts": 0, "bounds": 0, "counts": 0}
        self.seen = []
        self.longest = 0
        self.widest = 0
        self.moved = []

    def complain(self, what, text):
        self.wrong[what] += 1
        if self.wrong[what] <= 5:
            print(f"# {what}: {text}")

    def adds_up(self, answer):
        census = answer.census
        for key in "entries", "assured", "unreplied", "expired":
            if any(g[key] > g["entries"] for g in answer.groups):
                self.complain("sum", f"more {key} than entries: {answer.groups}")
        total = sum(g["entries"] for g in answer.groups)
        if total != census["matched"]:
            self.complain("sum", f"{total} in rows of {census}")
        if answer.interrupted or census["matched"] > census["seen"] or \
           census["unattributed"] != census["entries"] - census["seen"]:
            self.complain("facts", f"{census}")

    def one(self, ask):
        before = Stats(self.family)
        first = self.sampler.read()
        place = len(self.sampler.counts)
        try:
            answer = self.family.census(**ask)
        except genl.Refused as refusal:
            if refusal.code != errno.EBUSY:
                raise
            self.busy += 1
            return
        counts = self.sampler.counts[place:]
        last = self.sampler.read()
        after = Stats(self.family)
        self.adds_up(answer)
        self.taken += 1
        self.rows += len(answer.groups)
        census = answer.census
        seen = census["seen"]
        self.seen.append(seen)
        self.longest = max(self.longest, census["duration"])
        counts += [first, last, census["entries"]]

        # Without doubt: what was there all the time is seen, and what came and
        # went may be.
        came = after.attempts - before.attempts
        went = first + came - last
        self.moved.append(came)
        if not first - went - UNDER_WAY <= seen <= first + came + UNDER_WAY:
            self.complain("bounds", f"seen {seen}, count {first} to {last}, {came} came, "
                          f"{went} went: {census}")
        # And with what came and went spread evenly over the table, all but a
        # few of the counts there were: its places are met at times of their own,
        # which is a draw of as many as moved. Not so beside a flush, which goes
        # from bucket to bucket as a census does: one that has just begun sees
        # none before the flush and, later, none behind it, while as many came
        # as went and the count stood still.
        slack = UNDER_WAY + 5 * math.sqrt(came + max(went, 0))
        self.widest = max(self.widest, min(counts) - seen, seen - max(counts))
        if self.evenly and not min(counts) - slack <= seen <= max(counts) + slack:
            self.complain("counts", f"seen {seen}, counts {min(counts)} to {max(counts)}, "
                          f"slack {slack:.0f}: {census}")

    def run(self, seconds):
        start = Stats(self.family)
        end = time.monotonic() + seconds
        self.sampler.start()
        while time.monotonic() < end:
            self.one(ASKS[self.taken % len(ASKS)])
        done = Stats(self.family)
        print(f"# {self.taken} censuses, {self.busy} refused for resizes, {self.rows} rows; seen "
              f"{min(self.seen)} to {max(self.seen)}; longest walk {self.longest} us; "
              f"at most {max(self.moved)} came during one; {len(self.sampler.counts)} counts, "
              f"at most {self.widest} beside them")
        print(f"# {done.attempts - start.attempts} attempts, "
              f"{done.early_drop - start.early_drop} evicted, {done.lost - start.lost} lost")
        print(f"{int(self.taken < 15)} censuses were taken: {self.taken}")
        print(f"{int(self.wrong['sum'] > 0)} rows add up to the entries matched, each time")
        print(f"{int(self.wrong['facts'] > 0)} so do the facts of the walk")
        print(f"{int(self.wrong['bounds'] > 0)} all that stayed was seen, and no more than came")
        if self.evenly:
            print(f"{int(self.wrong['counts'] > 0)} seen is among the counts of the time, but for "
                  "what is under way")


def resize(seconds):
    end = time.monotonic() + seconds
    sizes = 2048, 8192, 1024, 16384
    done = 0
    while time.monotonic() < end:
        with open(BUCKETS, "w", encoding="ascii") as file:
            file.write(str(sizes[done % len(sizes)]))
        done += 1
        time.sleep(0.02)
    print(f"{int(done < 20)} the table was resized: {done} times")


def ask(seconds):
    """A module that goes takes the number of its family with it."""
    family = genl.Family(ident=0)
    end = time.monotonic() + seconds
    answers = refusals = 0
    while time.monotonic() < end:
        try:
            family.ident = family.find("ctwatch")
            family.census(by=["src", "dport"])
            answers += 1
        except genl.Refused as refusal:
            if refusal.code not in (errno.ENOENT, errno.EOPNOTSUPP):
                raise
            refusals += 1
    print(f"{int(answers == 0)} {answers} answers, {refusals} times nobody there")


def hold(seconds):
    family = genl.Family()
    socks = []
    for _ in range(4):
        socks.append(family.open(4096))
        family.start(socks[-1], "census-get", family.question({"by": ["src", "dport"]}))
    print("holding", flush=True)
    time.sleep(seconds)


if __name__ == "__main__":
    EVENLY = sys.argv[3:] == ["evenly"]
    {"watch": lambda s: Watch(EVENLY).run(s), "resize": resize, "ask": ask,
     "hold": hold}[sys.argv[1]](float(sys.argv[2]))
