#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Entries of a table: some hundreds of all kinds, and what conntrack(8) says.

  entries.py COUNT SEED      so many, as lines for conntrack -R
"""
import ipaddress
import random
import subprocess
import sys

PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "sctp": 132, "gre": 47,
             "udplite": 136, "dccp": 33, "esp": 50, "ah": 51, "ospf": 89, "pim": 103}
WITH_PORTS = {6, 17, 33, 132, 136}
AF_INET, AF_INET6 = 2, 10

TCP = ("NONE SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT "
       "CLOSE SYN_SENT2").split()
SCTP = ("CLOSED COOKIE_WAIT COOKIE_ECHOED ESTABLISHED SHUTDOWN_SENT "
        "SHUTDOWN_RECD SHUTDOWN_ACK_SENT").split()
SOURCES = {4: ["10.9.0.1", "10.9.0.2", "10.9.1.1", "10.9.128.7", "10.200.3.4",
               "172.16.0.1", "192.168.1.38", "192.168.1.39", "203.0.113.9", "1.2.3.4"],
           6: ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:3::1",
               "2001:db8:2:2::1", "fd09:1::1", "fd09:1:0:0:8000::1"]}
DESTINATIONS = {4: ["198.51.100.7", "198.51.100.8", "192.168.1.107", "10.9.0.1"],
                6: ["2001:db8:ffff::53", "2001:db8:1:2::1", "fd09:2::7"]}
PORTS = [22, 53, 80, 443, 3128, 5060, 65535, 1]
STATUS = ["", "", "-u SEEN_REPLY", "-u SEEN_REPLY,ASSURED", "-u ASSURED"]
ZONES = ["", "", "-w 7", "-w 65535", "--orig-zone 9", "--reply-zone 9"]
MARKS = ["", "", "-m 1", "-m 0x10001", "-m 0xffffffff"]


def layer4(rng, family, number):
    """Options of one protocol; number makes the entry unlike all others."""
    ports = f"--sport {1024 + number} --dport {rng.choice(PORTS)}"
    kind = rng.choice(["tcp"] * 4 + ["udp"] * 3 + ["icmp"] * 2 + ["sctp"] * 2 +
                      ["gre", "other", "udplite", "dccp"])
    if kind == "tcp":
        return f"-p tcp {ports} --state {rng.choice(TCP)}"
    if kind == "sctp":
        return f"-p sctp {ports} --state {rng.choice(SCTP)} --orig-vtag {number} --reply-vtag 1"
    if kind == "icmp" and family == 6:
        return f"-p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id {number}"
    if kind == "icmp":
        return f"-p icmp --icmp-type 8 --icmp-code 0 --icmp-id {number}"
    if kind == "gre":
        return f"-p gre --srckey {number} --dstkey 1"
    if kind == "dccp":
        return f"-p dccp {ports} --state OPEN --role client"
    if kind == "other":
        return f"-p {rng.choice([50, 51, 89, 103, 254])}"
    return f"-p {kind} {ports}"


def make(count, seed):
    """Lines for conntrack -R, which stops at an entry that is there already."""
    rng = random.Random(seed)
    alone = set()
    for number in range(1, count + 1):
        family = rng.choice([4, 4, 6])
        # the first ones weigh most
        source = SOURCES[family][int(len(SOURCES[family]) * rng.random() ** 2)]
        who = f"-I -t 100000 -s {source} -d {rng.choice(DESTINATIONS[family])}"
        what = layer4(rng, family, number)
        protocol = what.split()[1]
        # without ports the addresses are all there is
        if protocol not in ("tcp", "udp", "icmp", "icmpv6", "sctp"):
            if (who, protocol) in alone:
                continue
            alone.add((who, protocol))
        more = f"{rng.choice(STATUS)} {rng.choice(MARKS)}"
        yield f"{who} {what} {rng.choice(ZONES)} {more}"
        # the same once more, in a zone of its own
        if protocol == "udp" and number % 5 == 0:
            yield f"{who} {what} -w 8 {more}"


class Entry:
    """One line of conntrack -L -o extended."""

    def __init__(self, line, netns):
        words = line.split()
        self.netns = netns
        self.family = AF_INET if words[0] == "ipv4" else AF_INET6
        self.protocol = int(words[3])
        state = words[5] if "=" not in words[5] and words[5][0] != "[" else None
        first = {}
        for word in words[5:]:
            key, _, value = word.partition("=")
            first.setdefault(key, value)
        self.src = int(ipaddress.ip_address(first["src"]))
        self.dst = int(ipaddress.ip_address(first["dst"]))
        self.ports = self.protocol in WITH_PORTS
        self.sport = int(first.get("sport", 0)) if self.ports else 0
        self.dport = int(first.get("dport", 0)) if self.ports else 0
        self.zone = int(first.get("zone", first.get("zone-orig", 0)))
        self.mark = int(first.get("mark", 0))
        self.assured = "[ASSURED]" in words
        self.unreplied = "[UNREPLIED]" in words
        self.expired = False
        if not state:
            state = ("ASSURED" if self.assured else
                     "UNREPLIED" if self.unreplied else "REPLIED")
        self.state = state.lower().replace("_", "-")


def table(name, netns):
    """All entries of a namespace; conntrack -L may stop at one family."""
    entries = []
    for family in "ipv4", "ipv6":
        text = subprocess.run(["ip", "netns", "exec", name, "conntrack", "-L", "-f", family,
                               "-o", "extended"], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        entries += [Entry(line, netns) for line in text.splitlines()]
    return entries


if __name__ == "__main__":
    print("\n".join(make(int(sys.argv[1]), int(sys.argv[2]))))
