#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Answers that are shared, and dumps that are read slowly or left.

  snapshot.py share       the same answer for who asks the same
  snapshot.py crowd       many ask at once
  snapshot.py slow        an answer that goes before it is read
  snapshot.py abandon     a thousand dumps begun and left

Run in the namespace of the table. Prints "0 NAME" for what is right, "1 NAME"
for what is not, and comments.
"""
import gc
import sys
import threading
import time

import genl

ASK = {"by": ["src", "dport"]}
# As in module/table/snapshot.h.
SNAPSHOTS, IDLE = 4, 10


def verdict(wrong, name):
    print(f"{int(bool(wrong))} {name}")


def generation(answer):
    return answer.census["generation"]


def share():
    family, other = genl.Family(), genl.Family()
    first = family.census(**ASK)
    second = other.census(**ASK, max_age=60000)
    verdict(generation(first) != generation(second), "max-age: another one gets the same answer")
    verdict(first.groups != second.groups, "group by group")
    verdict(generation(other.census(**ASK, max_age=60000, top=2)) != generation(first),
            "the first two groups of it, too")
    verdict(second.census["age"] > 60000, f"its age is told ({second.census['age']} ms)")
    time.sleep(0.5)
    old = other.census(**ASK, max_age=60000)
    verdict(generation(old) != generation(first) or old.census["age"] < 500,
            f"and grows ({old.census['age']} ms)")
    fresh = other.census(**ASK, max_age=300)
    verdict(generation(fresh) == generation(first), "an answer that is too old is none")
    verdict(generation(family.census(**ASK)) == generation(fresh),
            "who wants a new one gets it")
    verdict(generation(family.census(by=["src"], max_age=60000)) == generation(fresh),
            "another question is another answer")
    verdict(generation(family.census(**ASK, src_ipv4_prefix=31, max_age=60000)) ==
            generation(fresh), "so is another prefix")
    verdict(generation(family.census(**ASK, filter={"protocol": 6}, max_age=60000)) ==
            generation(fresh), "and another filter")


class Asker(threading.Thread):
    """One of a crowd that asks the same at the same time, again and again."""

    def __init__(self, barrier, rounds, ask):
        super().__init__()
        self.family = genl.Family()
        self.barrier = barrier
        self.rounds = rounds
        self.question = ask
        self.generations = []
        self.again = 0
        self.wrong = 0

    def answer(self):
        while True:
            begun = time.monotonic()
            try:
                answer = self.family.census(**self.question)
                if not answer.interrupted:
                    break
            except genl.CutShort:
                pass
            self.again += 1
        # the walk began after the question; ages are in whole milliseconds
        self.wrong += answer.census["age"] > (time.monotonic() - begun) * 1000 + 1
        self.wrong += sum(g["entries"] for g in answer.groups) != answer.census["matched"]
        return generation(answer)

    def run(self):
        for _ in range(self.rounds):
            self.barrier.wait(60)
            self.generations.append(self.answer())


def crowd_of(askers, rounds, ask):
    """Walks in each round, and how often somebody had to ask again."""
    barrier = threading.Barrier(askers)
    threads = [Asker(barrier, rounds, ask) for _ in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    walks = [len(set(generations)) for generations in zip(*(t.generations for t in threads))]
    again = sum(t.again for t in threads)
    print(f"# walks for {askers} askers: {walks}; asked again {again} times")
    verdict(len(walks) != rounds or any(t.wrong for t in threads),
            "all get an answer of after the question, and it adds up")
    return walks, again


def crowd():
    askers, rounds = 8, 6
    # so few rows come with the question
    walks, again = crowd_of(askers, rounds, dict(ASK, top=3))
    verdict(again, "no short answer is cut")
    verdict(sum(walks) >= askers * rounds or min(walks) > askers // 2,
            f"walks are shared: {sum(walks)} for {askers * rounds} questions")
    # and these are read while others walk
    walks, again = crowd_of(askers, rounds, ASK)
    verdict(again > askers * rounds,
            f"few readers of a long one are in each other's way: {again} of {askers * rounds}")


class Slow:
    """A dump, one datagram after the other."""

    def __init__(self, family, **ask):
        self.family = family
        self.sock = family.open(2048)
        family.start(self.sock, "census-get", family.question(ask))
        self.messages = []
        self.done = False

    def step(self):
        for message in self.family.receive(self.sock, 4096):
            self.messages.append(message)
            if message.kind in (genl.NLMSG_DONE, genl.NLMSG_ERROR):
                self.done = True

    def rest(self):
        while not self.done:
            self.step()
        last = self.messages.pop()
        code = last.error()[0]
        entries = 0
        matched = None
        for message in self.messages:
            got = self.family.decode("query", message.payload[4:])
            if "census" in got:
                matched = got["census"]["matched"]
            else:
                entries += got["group"]["entries"]
        self.sock.close()
        interrupted = last.interrupted or any(m.interrupted for m in self.messages)
        return code, interrupted, entries == matched


def others(family, count):
    """As many different questions; the last is not forgotten soon."""
    for number in range(count):
        family.census(by=["src"], src_ipv4_prefix=number + 1)


def slow():
    family, asker = genl.Family(), genl.Family()
    for before, count, gone in ((0, 0, False), (1, SNAPSHOTS - 1, False), (1, SNAPSHOTS + 2, True),
                                (3, SNAPSHOTS + 2, True)):
        dump = Slow(family, **ASK)
        for _ in range(before):
            dump.step()
        if dump.done:
            verdict(True, "the answer is too small for this test")
            return
        others(asker, count)
        code, interrupted, complete = dump.rest()
        print(f"# after {before} datagrams {count} others: {len(dump.messages)} messages, "
              f"error {code}, {'interrupted' if interrupted else 'whole'}")
        verdict(interrupted != gone or complete == gone or code,
                f"read slowly with {count} other questions: " +
                ("told that it was cut short" if gone else "complete"))
    # asked in between, by who wants it anyhow, it does not go
    dump = Slow(family, **ASK)
    for number in range(SNAPSHOTS + 2):
        dump.step()
        asker.census(by=["dst"], src_ipv4_prefix=number)
    code, interrupted, complete = dump.rest()
    verdict(code or interrupted or not complete, "a dump that is being read keeps its answer")


def memory():
    with open("/proc/meminfo", encoding="ascii") as file:
        values = {line.split(":")[0]: int(line.split()[1]) for line in file}
    return values["Slab"] + values["VmallocUsed"], values["MemAvailable"]


def is_kept(family, ask):
    """Is there an answer of before?"""
    now = generation(family.census(by=["zone"]))
    return generation(family.census(**ask, max_age=600000)) < now


def abandon():
    family = genl.Family()
    answer = family.census(**ASK)
    one = len(answer.groups) * 80 // 1024
    gc.collect()
    before = memory()
    open_ones = []
    for number in range(1000):
        dump = Slow(family, **ASK, src_ipv4_prefix=32 - number % 8)
        # some are left at once, some stay open
        if number % 5:
            dump.sock.close()
        else:
            open_ones.append(dump)
    during = memory()
    newest = generation(family.census(**ASK))
    print(f"# one answer is some {one} KiB; slabs and vmalloc grew by {during[0] - before[0]} KiB, "
          f"available memory fell by {before[1] - during[1]} KiB; generation {newest}")
    verdict(newest - generation(answer) < 1000, f"{newest - generation(answer) - 1} walks were made")
    # the sockets have a datagram or two each, and there are four answers
    verdict(before[1] - during[1] > 8 * 1024 + len(open_ones) * 20,
            "memory did not grow with the dumps begun")
    for dump in open_ones:
        dump.sock.close()
    verdict(not is_kept(family, ASK), "an answer is kept for a while")
    time.sleep(IDLE + 2)
    after = memory()
    verdict(is_kept(family, ASK), "and is given back")
    print(f"# at last: slabs and vmalloc {after[0] - before[0]:+} KiB, available memory "
          f"{after[1] - before[1]:+} KiB")
    # An answer is in slabs or in vmalloc; what is available has other takers,
    # this process among them, and is told apart from a thousand answers only.
    verdict(after[0] - before[0] > 2048 or before[1] - after[1] > 16384, "memory is as before")


if __name__ == "__main__":
    {"share": share, "crowd": crowd, "slow": slow, "abandon": abandon}[sys.argv[1]]()
