#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is a census what conntrack -L says, exactly?

  compare.py all FILTERS NETNS...   every grouping, many prefixes, each filter
                                    alone and FILTERS combinations
  compare.py tool NETNS...          the same of ctmodctl top, for a sample
  compare.py quick NETNS...         some groupings
  compare.py refusals NETNS...      what makes no sense is refused, with words

Run in the initial namespace. Prints "0 NAME" for what is equal, "1 NAME" for
what is not, and comments.
"""
import collections
import ipaddress
import itertools
import json
import random
import subprocess
import sys

import entries
import genl

BITS = {entries.AF_INET: 32, entries.AF_INET6: 128}
ADDRESSES = ("src", "dst")
Ask = collections.namedtuple("Ask", "netns by lengths filter")
WHOLE = {"src": (32, 128), "dst": (32, 128)}


def masked(address, family, length):
    shift = BITS[family] - length
    return address >> shift << shift


def group_of(entry, ask):
    key = []
    for word in ask.by:
        value = getattr(entry, word)
        if word in ADDRESSES:
            six = entry.family == entries.AF_INET6
            value = (entry.family, masked(value, entry.family, ask.lengths[word][six]))
        key.append(value)
    return tuple(key)


def within(entry, which, prefix):
    family, address, length = prefix
    return (entry.family == family and
            masked(getattr(entry, which), family, length) == masked(address, family, length))


MATCH = {
    "family": lambda e, v: e.family == v,
    "protocol": lambda e, v: e.protocol == v,
    "states": lambda e, v: e.state in v,
    "src": lambda e, v: within(e, "src", v),
    "dst": lambda e, v: within(e, "dst", v),
    "sport": lambda e, v: e.ports and e.sport == v,
    "dport": lambda e, v: e.ports and e.dport == v,
    "zone": lambda e, v: e.zone == v,
    "mark": lambda e, v: not (e.mark ^ v[0]) & v[1],
    "assured": lambda e, v: e.assured == v,
    "unreplied": lambda e, v: e.unreplied == v,
    "expired": lambda e, v: e.expired == v,
}


def expected(table, ask):
    """Entries, assured and unreplied of each group."""
    groups = {}
    for entry in table:
        if not all(MATCH[key](entry, value) for key, value in ask.filter.items()):
            continue
        counts = groups.setdefault(group_of(entry, ask), [0, 0, 0])
        counts[0] += 1
        counts[1] += entry.assured
        counts[2] += entry.unreplied
    return groups


class Wire:
    """A question and its answer over netlink."""

    def __init__(self):
        self.family = genl.Family()

    def filter(self, wanted):
        values = {}
        for key, value in wanted.items():
            if key == "states":
                values[key] = sum(1 << self.family.states.index(s) for s in value)
            elif key in ADDRESSES:
                family, address, length = value
                values[key] = address.to_bytes(BITS[family] // 8, "big")
                values[key + "-prefix-len"] = length
            elif key == "mark":
                values["mark"], values["mark-mask"] = value
            else:
                values[key] = int(value)
        return values

    def group(self, got, by):
        key = []
        for word in by:
            value = got[word]
            if word in ADDRESSES:
                value = (got["family"], int.from_bytes(value, "big"))
            elif word == "state":
                value = self.family.states[value]
            key.append(value)
        return tuple(key)

    def answer(self, ask):
        values = {"by": list(ask.by)}
        if ask.netns:
            values["netns"] = ask.netns
        for word in ADDRESSES:
            for name, length in zip(("ipv4", "ipv6"), ask.lengths[word]):
                values[f"{word}-{name}-prefix"] = length
        if ask.filter:
            values["filter"] = self.filter(ask.filter)
        got = self.family.census(**values)
        if got.interrupted or any("other" in g for g in got.groups):
            raise ValueError(f"an answer cut short: {got.query}")
        return got.census, [(self.group(g, ask.by), g) for g in got.groups]


class Tool:
    """The same asked of ctmodctl."""

    FLAGS = {("assured", 1): "--assured", ("assured", 0): "--no-assured",
             ("unreplied", 1): "--unreplied", ("unreplied", 0): "--replied",
             ("expired", 1): "--expired", ("expired", 0): "--no-expired"}

    def options(self, wanted):
        for key, value in wanted.items():
            if key in ("assured", "unreplied", "expired"):
                yield self.FLAGS[key, value]
            elif key == "states":
                yield "--state=" + ",".join(s.upper().replace("-", "_") for s in value)
            elif key in ADDRESSES:
                family, address, length = value
                six = family == entries.AF_INET6
                kind = ipaddress.IPv6Address if six else ipaddress.IPv4Address
                yield f"--{key}={kind(address)}/{length}"
            elif key == "mark":
                yield f"--mark={value[0]}/{value[1]:#x}"
            elif key == "family":
                yield "-4" if value == entries.AF_INET else "-6"
            elif key == "protocol":
                yield f"--proto={value}"
            else:
                yield f"--{key}={value}"

    @staticmethod
    def group(got, by):
        key = []
        for word in by:
            value = got[word]
            if word in ADDRESSES:
                value = (got["family"], int(ipaddress.ip_address(value)))
            elif word == "protocol":
                value = int(value) if value.isdigit() else entries.PROTOCOLS[value]
            key.append(value)
        return tuple(key)

    def answer(self, ask):
        by = [f"{word}/{ask.lengths[word][0]}/{ask.lengths[word][1]}" if word in ADDRESSES
              else word for word in ask.by]
        where = ["-n", str(ask.netns)] if ask.netns else ["-A"]
        command = ["ctmodctl", "-j", *where, "top", "-N", "0", "-b", ",".join(by),
                   *self.options(ask.filter)]
        got = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return got["census"], [(self.group(g, ask.by), g) for g in got["group"]]


class Check:
    def __init__(self, asker, tables):
        self.asker = asker
        self.tables = tables
        self.wrong = 0
        self.asked = 0
        self.rows = 0

    def differs(self, ask, text):
        self.wrong += 1
        if self.wrong <= 10:
            print(f"# {ask}: {text}")

    def facts(self, ask, table, census, wanted):
        """What the first message says of all of it."""
        says = {key: census[key] for key in ("seen", "matched", "groups", "ungrouped", "entries",
                                             "unattributed")}
        matched = sum(counts[0] for counts in wanted.values())
        should = {"seen": len(table), "matched": matched, "groups": len(wanted), "ungrouped": 0,
                  "entries": len(table), "unattributed": 0}
        if says != should:
            self.differs(ask, f"{says}, not {should}")

    def one(self, ask):
        table = self.tables[ask.netns] if ask.netns else sum(self.tables.values(), [])
        wanted = expected(table, ask)
        census, groups = self.asker.answer(ask)
        self.facts(ask, table, census, wanted)
        got = {}
        last = None
        for key, group in groups:
            if key in got or (last is not None and group["entries"] > last) or group["expired"]:
                self.differs(ask, f"a group twice, out of order or expired: {group}")
            got[key] = [group["entries"], group["assured"], group["unreplied"]]
            last = group["entries"]
        if got != wanted:
            for key in set(got) ^ set(wanted) | {k for k in got if got[k] != wanted.get(k)}:
                self.differs(ask, f"{key}: {got.get(key)}, not {wanted.get(key)}")
        self.asked += 1
        self.rows += len(groups)

    def all_of(self, name, asks):
        before = self.wrong, self.asked, self.rows
        for ask in asks:
            self.one(ask)
        print(f"{int(self.wrong > before[0])} {name}: {self.asked - before[1]} questions, "
              f"{self.rows - before[2]} groups")


def groupings(keys):
    for count in range(len(keys) + 1):
        yield from itertools.combinations(keys, count)


def prefixes():
    pairs = [(0, 0), (1, 1), (8, 32), (16, 48), (17, 63), (24, 64), (25, 65), (31, 127),
             (32, 128), (0, 128), (32, 0)]
    for by in (("src",), ("dst",), ("src", "dst"), ("src", "protocol", "state", "zone"),
               ("netns", "src", "dport")):
        for pair in pairs:
            yield by, {"src": pair, "dst": pairs[0] if by[0] == "dst" else pair}
    yield ("src", "dst"), {"src": (8, 48), "dst": (32, 64)}
    yield ("dst",), {"src": (0, 0), "dst": (24, 56)}


def lone_filters(table, states):
    """Each thing one can ask for, with each value there is, and one there is not."""
    for key in ("family", "protocol", "sport", "dport", "zone"):
        values = sorted({getattr(e, key) for e in table})
        for value in values[:20] + ([] if key == "family" else [250]):
            yield {key: value}
    for state in states:
        yield {"states": [state]}
    yield {"states": states}
    yield {"states": ["time-wait", "established", "unreplied"]}
    for mark in sorted({e.mark for e in table} | {77}):
        for mask in (0xFFFFFFFF, 0xFFFF, 1, 0x80000000, 0):
            yield {"mark": (mark, mask)}
    for flag, value in itertools.product(("assured", "unreplied", "expired"), (0, 1)):
        yield {flag: value}
    for which in ADDRESSES:
        for family, address in sorted({(e.family, getattr(e, which)) for e in table}):
            for length in ({entries.AF_INET: (0, 8, 24, 32), entries.AF_INET6: (0, 48, 64, 128)}
                           [family]):
                yield {which: (family, address, length)}


def random_filter(rng, table, states):
    """Of some entry, so that something is left; a state or a flag may be any."""
    entry = rng.choice(table)
    choose = {
        "family": lambda: entry.family,
        "protocol": lambda: entry.protocol,
        "states": lambda: sorted({entry.state, *rng.sample(states, rng.randrange(4))}),
        "src": lambda: (entry.family, entry.src, rng.randrange(BITS[entry.family] + 1)),
        "dst": lambda: (entry.family, entry.dst, rng.randrange(BITS[entry.family] + 1)),
        "sport": lambda: entry.sport,
        "dport": lambda: entry.dport,
        "zone": lambda: entry.zone,
        "mark": lambda: (entry.mark, rng.choice([0xFFFFFFFF, 1, 0x10000])),
        "assured": lambda: rng.randrange(2),
        "unreplied": lambda: rng.randrange(2),
        "expired": lambda: 0,
    }
    return {key: choose[key]() for key in rng.sample(list(choose), rng.choice([2, 2, 3, 4]))}


def check_top(family, netns):
    """The first so many, and in one row the others."""
    counts = "entries", "assured", "unreplied", "expired"
    wrong = 0
    whole = family.census(netns=netns, by=["src", "dport"]).groups
    for top in range(1, len(whole) + 2):
        groups = family.census(netns=netns, by=["src", "dport"], top=top).groups
        rest = whole[top:]
        other = {key: sum(g[key] for g in rest) for key in counts} | {"other": True}
        wrong += groups != whole[:top] + ([other] if rest else [])
    print(f"{int(wrong > 0)} the first so many groups and all others: {len(whole) + 1} questions")


def random_asks(rng, count, tables, keys, states):
    everyone = sum(tables.values(), [])
    for _ in range(count):
        netns = rng.choice([0, *tables])
        by = rng.sample(keys, rng.randrange(len(keys) + 1))
        lengths = {word: (rng.randrange(33), rng.randrange(129)) for word in ADDRESSES}
        wanted = random_filter(rng, everyone, states)
        yield Ask(netns, tuple(by), lengths, wanted)


def check_all(tables, count):
    asker = Wire()
    keys, states = asker.family.keys, asker.family.states
    everyone = sum(tables.values(), [])
    check = Check(asker, tables)
    one = next(iter(tables))
    check.all_of("every grouping, of all namespaces",
                 (Ask(0, by, WHOLE, {}) for by in groupings(keys)))
    check.all_of("some groupings of each namespace",
                 (Ask(netns, by, WHOLE, {}) for netns in tables
                  for by in [(), ("src",), ("protocol", "state"), tuple(keys)]))
    check.all_of("prefixes of many lengths",
                 (Ask(0, by, lengths, {}) for by, lengths in prefixes()))
    check.all_of("each filter alone",
                 (Ask(netns, ("src", "state"), WHOLE, wanted)
                  for wanted, netns in zip(lone_filters(everyone, states),
                                           itertools.cycle([0, one]))))
    check.all_of("filters and groupings by chance",
                 random_asks(random.Random(4), count, tables, keys, states))
    check_top(asker.family, one)


def check_tool(tables):
    keys = genl.Family().keys
    check = Check(Tool(), tables)
    entry = sum(tables.values(), [])[0]
    lengths = {"src": (24, 48), "dst": (16, 64)}
    samples = [(("src", "protocol", "state"), {}), (keys, {}), (("dst", "dport"), {}),
               (("src",), {"states": ["time-wait", "established"]}),
               (("src",), {"protocol": 6, "dport": 443}), (("zone",), {"zone": 7}),
               (("src",), {"src": (2, entry.src if entry.family == 2 else 0x0A090001, 16)}),
               (("dst",), {"dst": (10, 0x20010DB8 << 96, 32), "unreplied": 1}),
               (("state",), {"assured": 1, "expired": 0}), (("state",), {"assured": 0}),
               (("state",), {"unreplied": 0, "family": 10}), (("zone",), {"mark": (1, 0xFFFF)}),
               (("protocol",), {"sport": 1030})]
    check.all_of("ctmodctl top of one namespace",
                 (Ask(next(iter(tables)), tuple(by), lengths, wanted) for by, wanted in samples))
    check.all_of("ctmodctl -A top",
                 (Ask(0, tuple(by), WHOLE, wanted) for by, wanted in samples[:4]))


V4, V6 = bytes(4), bytes(16)
NONSENSE = [
    ("a key that is none", {"by": 1 << 7}),
    ("an IPv4 prefix of 33", {"src-ipv4-prefix": 33}),
    ("an IPv6 prefix of 129", {"dst-ipv6-prefix": 129}),
    ("a family that is none", {"filter": {"family": 7}}),
    ("a state that is none", {"filter": {"states": 1 << 31}}),
    ("an address of 5 bytes", {"filter": {"src": bytes(5)}}),
    ("an address of 17 bytes", {"filter": {"dst": bytes(17)}}),
    ("an empty address", {"filter": {"src": b""}}),
    ("/33 of an IPv4 address", {"filter": {"src": V4, "src-prefix-len": 33}}),
    ("/129 of an IPv6 address", {"filter": {"dst": V6, "dst-prefix-len": 129}}),
    ("the length of no address", {"filter": {"src-prefix-len": 8}}),
    ("two families", {"filter": {"src": V4, "dst": V6}}),
    ("a family and an address of another", {"filter": {"family": 10, "src": V4}}),
    ("a mask without a mark", {"filter": {"mark-mask": 1}}),
    ("a flag of 2", {"filter": {"assured": 2}}),
    ("a number cut short", {"top": b"xy"}),
    ("a filter that is no nest", {"filter": {"mark": b"x"}}),
    ("a netns that is none", {"netns": 4242}),
    ("a peak there was not", {"peak": True}),
]


def check_refusals(tables):
    family = genl.Family()
    netns = next(iter(tables))
    before = family.census(netns=netns, by=["src"])
    # Kernels pass the words of the start of a dump on, or drop them all.
    try:
        family.call("source-get", {"netns": 4242})
    except genl.Refused as refusal:
        mute = not refusal.text
    for name, values in NONSENSE:
        try:
            family.call("census-get", {"netns": netns} | values)
            print(f"1 refused: {name}")
        except genl.Refused as refusal:
            words = refusal.text or "this kernel has no words for it" * mute
            print(f"{int(not words)} refused: {name} ({words})")
    after = family.census(netns=netns, by=["src"])
    print(f"{int(after.groups != before.groups)} the answer is what it was")
    walks = after.census["generation"] - before.census["generation"]
    print(f"{int(walks != 1)} nothing of it made a walk ({walks - 1})")


def check_quick(tables):
    check = Check(Wire(), tables)
    check.all_of("the table and its census",
                 (Ask(netns, by, WHOLE, {}) for netns in tables
                  for by in [(), ("src",), ("src", "protocol", "state"), ("dport", "zone")]))


def main(what, *args):
    count = int(args[0]) if what == "all" else 0
    names = args[1:] if what == "all" else args
    tables = {}
    for name in names:
        netns = genl.netns_inode(name)
        tables[netns] = entries.table(name, netns)
    sizes = ", ".join(f"{name} {len(t)}" for name, t in zip(names, tables.values()))
    print(f"# entries: {sizes}")
    if what == "all":
        check_all(tables, count)
    else:
        {"tool": check_tool, "quick": check_quick, "refusals": check_refusals}[what](tables)
    after = {genl.netns_inode(name): entries.table(name, 0) for name in names}
    print(f"{int(any(len(after[n]) != len(t) for n, t in tables.items()))} "
          f"the table was quiet meanwhile")


if __name__ == "__main__":
    main(*sys.argv[1:])
