#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py [--plot FILE] FOLDER: the tables of README.md, from the figures that
tests/bench/run left in FOLDER, and a plot of what costs what. A table whose part
was not measured is left out."""
import argparse
import json
import pathlib
import subprocess

CONTENDERS = {
    "ctwatch": "ctwatch",
    "nft-set": "`nft`, dynamic set with a counter per source",
    "ct-count": "`nft`, `ct count` per source (connlimit)",
    "ebpf": "eBPF, counter per source",
    "conntrack-E": "`conntrack -E`",
}
CALLS = {
    "empty": "(the call of an empty hook, and another packet: not in the others)",
    "hash-net": "(a keyed hash of the address, alone)",
    "established-net": "a packet of a known connection",
    "known-1-net": "a new connection, one source",
    "known-1024-net": "a new connection, 1,024 sources in turn",
    "known-4096-net": "a new connection, 4,096 sources in turn",
    "new-net": "a new connection of a new source",
    "eviction-net": "a new connection whose source takes another's place",
    "idle-drop-pair": "the two hooks for drops, below `warning`",
    "armed-drop-pair": "the two hooks for drops, from `warning` on",
}
READERS = {
    "stats": "`ctmodctl stats`",
    "sources": "`ctmodctl sources`",
    "top": "`ctmodctl top`",
    "shared": "`ctmodctl top`, a shared answer",
    "conntrack": "`conntrack -L`",
    "proc": "`cat /proc/net/nf_conntrack`",
    "iptstate": "`iptstate -1`",
}
SIZES = (1000, 10000, 100000, 1000000)
LEAD_SIZES = (16000, 65536, 262144)


def number(x):
    """Three digits that count, thousands apart."""
    if abs(x) >= 100:
        return f"{x:,.0f}"
    return f"{x:.2f}" if abs(x) < 1 else f"{x:.3g}"


class Part:
    """The figures of one part of the bench."""

    def __init__(self, folder, name):
        path = folder / f"{name}.json"
        told = json.loads(path.read_text()) if path.exists() else {}
        self.told = told
        self.figures = told.get("figures", {})

    def __bool__(self):
        return bool(self.figures)

    def has(self, name):
        return name in self.figures

    def median(self, name):
        return self.figures[name]["median"]

    def show(self, name, form=number):
        return form(self.median(name)) if self.has(name) else "-"

    def spread(self, name, form=number):
        """The median, and what it was at least and at most."""
        if not self.has(name):
            return "-"
        values = self.figures[name]["values"]
        if len(values) == 1:
            return self.show(name, form)
        return f"{self.show(name, form)} ({form(min(values))} to {form(max(values))})"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def whole(x):
    return f"{round(x):,}"


def ratio(x):
    return f"{x:.3f}"


def forwarding(part, counted):
    if part:
        print("Packets forwarded, as a share of what conntrack alone forwards\n"
              f"({part.told['kernel']}; median, lowest to highest):\n")
        table(("", "one flow", "10,000 flows", "each packet a new flow"),
              ([text] + [part.spread(f"{kind}-{name}-ratio", ratio) for kind in ("one", "many", "new")]
               for name, text in CONTENDERS.items()))
    if counted:
        alone = ", ".join(number(1e6 / counted.median(f"{kind}-alone-kpps")) for kind in ("one", "many", "new"))
        added = lambda name: (counted.show(f"{name}-instructions", whole) +
                              f" ({counted.show(f'{name}-ratio', ratio)})")
        print("Instructions that each adds to a packet, where a clock counts them and no other load disturbs\n"
              f"({counted.told['kernel']}; conntrack alone takes {alone}, with pktgen and both veths; in\n"
              "parentheses the packets that are forwarded by as many instructions, of those without it):\n")
        table(("", "one flow", "10,000 flows", "each packet a new flow", "that, against ctwatch"),
              ([text] + [added(f"{kind}-{name}") for kind in ("one", "many", "new")] +
               [counted.show(f"new-{name}-factor") + " times" if name != "ctwatch" else "once"]
               for name, text in CONTENDERS.items()))


def calls(part, counted):
    if not part and not counted:
        return
    print("One call of the hooks:\n")
    table(("", "ns", "ns, on each of two CPUs at once", "instructions"),
          ([text, part.spread(f"{name}-1"), part.spread(f"{name}-2"), counted.show(f"{name}-1", whole)]
           for name, text in CALLS.items()))


def reading(part):
    if not part:
        return
    print("To look at a table (ms, with the start of the process; the rest at 1,000,000 entries;\n"
          "the power is that with which time grows with entries):\n")
    last = SIZES[-1]
    table(["entries"] + [f"{size:,}" for size in SIZES] + ["processor, ms", "KiB read", "KiB of memory", "power"],
          ([text] + [part.show(f"{size}-{name}-ms") for size in SIZES] +
           [part.show(f"{last}-{name}-cpu-ms"), part.show(f"{last}-{name}-bytes", lambda x: number(x / 1024)),
            part.show(f"{last}-{name}-rss-kib"), part.show(f"{name}-exponent")]
           for name, text in READERS.items()))


def memory(part, spoofed):
    rows = []
    if part:
        kib = lambda x: f"{x / 1024:,.1f}"
        rows += [("loaded, nothing tracks", part.show("rest", kib)), ("each CPU", part.show("cpu", kib)),
                 ("each of 1,000 namespaces that do not track", part.show("idle-netns-1000", kib)),
                 ("each of 1,000 namespaces that track", part.show("tracking-netns-1000", kib)),
                 ("each of 4,096 sources", part.show("sources-kib", lambda x: number(x / 4096)))]
    if spoofed:
        rows.append(("10,000,000 spoofed sources, more than 200,000 of them", spoofed.show("memory-kib")))
    if rows:
        print("Memory of the kernel, measured:\n")
        table(("", "KiB"), rows)


def census(part):
    if not part:
        return
    print("A census of 1,000,000 entries of 65,536 sources:\n")
    table(("", ""), (
        ("an entry, by source", part.spread("fresh-walk-ns") + " ns"),
        ("an entry, by everything there is", part.spread("every-field-walk-ns") + " ns"),
        ("`ctmodctl top`, fresh", part.spread("fresh-ms") + " ms"),
        ("`conntrack -L \\| awk \\| sort \\| uniq -c \\| sort -nr \\| head`", part.spread("pipeline-ms") + " ms"),
        ("that pipeline / `ctmodctl top`", part.spread("speedup")),
        ("an answer that is shared, asked by a running process", part.spread("snapshot-query-ms") + " ms"),
        ("an empty table of 2^20 buckets", part.spread("empty-walk-ms") + " ms"),
        ("forwarding beside one census after the other / without", part.spread("forward-census-ratio", ratio)),
        ("the same / beside a processor that only counts", part.spread("forward-census-busy-ratio", ratio))))


def lead(part):
    if not part:
        return
    rows = []
    for size in LEAD_SIZES:
        for kind, text in (("heavy", "one source"), ("spoofed", "spoofed sources")):
            name = f"{kind}-{size}"
            tries = part.figures[f"{name}-ahead"]["values"]
            rows.append((f"{size:,}", f"{text}, {part.show(f'{name}-kpps', lambda x: f'{round(x)},000')} a second",
                         part.spread(f"{name}-lead-ms") + " ms", f"{sum(tries):.0f} of {len(tries)}",
                         f"{sum(part.figures[f'{name}-named']['values']):.0f} of {len(tries)}"))
    print("The first line, before the kernel's \"table full\":\n")
    table(("`nf_conntrack_max`", "new connections", "earlier by", "ahead", "says who, or that it is diffuse"), rows)


def growth(part, counted, mem):
    rows = []
    if part and part.has("cpus-exponent"):
        rows.append(("a call, with processors at work", part.spread("cpus-exponent")))
    if counted:
        rows.append(("instructions of a call, with sources", counted.show("sources-exponent", ratio)))
    if mem:
        rows.append(("`ctmodctl -A stats`, with namespaces", mem.show("stats-exponent")))
    if rows:
        print("How a cost grows: the power (0: not at all, 1: as fast):\n")
        table(("", "power"), rows)


GNUPLOT = """
set terminal svg size 900,460 font "sans-serif,12" noenhanced background "white"
set output "{out}"
set multiplot layout 1,2
set style fill solid 0.8
set boxwidth 0.7
set grid ytics
set logscale y
set yrange [{low}:*]
set xtics rotate by -25 nomirror
set title "Instructions added to a new flow"
unset key
plot $added using 2:xtic(1) with boxes lc rgb "#3a6ea5", $added using 0:2:2 with labels offset 0,0.7
set key bmargin maxcols 3
set logscale x
set xrange [1000:1000000]
set yrange [*:*]
set xtics norotate
set format x "%.0s%c"
set format y "%g"
set title "To look at a table: ms, by entries"
plot {lines}
unset multiplot
"""


def block(name, lines):
    return f"${name} << EOD\n" + "\n".join(lines) + "\nEOD\n"


def plot(out, counted, read):
    """Bars of what each adds to a new flow, lines of what it takes to look."""
    added = {name: counted.median(f"new-{name}-instructions") for name in CONTENDERS}
    data = block("added", (f'"{name}" {added[name]:.0f}' for name in CONTENDERS))
    lines = []
    for name, text in READERS.items():
        data += block(name, (f"{n} {read.median(f'{n}-{name}-ms')}" for n in SIZES))
        lines.append(f"${name} using 1:2 with linespoints pt 7 ps 0.5 title '{text.replace('`', '')}'")
    script = data + GNUPLOT.format(out=out, low=min(added.values()) / 4, lines=", ".join(lines))
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plot", metavar="FILE", help="an SVG, where forwarding and reading were measured")
    parser.add_argument("folder", type=pathlib.Path)
    args = parser.parse_args()
    part = {name: Part(args.folder, name) for name in
            ("calls", "calls-instructions", "census", "forward", "forward-instructions", "lead", "memory", "read",
             "spoofed")}
    forwarding(part["forward"], part["forward-instructions"])
    calls(part["calls"], part["calls-instructions"])
    reading(part["read"])
    memory(part["memory"], part["spoofed"])
    growth(part["calls"], part["calls-instructions"], part["memory"])
    census(part["census"])
    lead(part["lead"])
    if args.plot and part["forward-instructions"] and part["read"]:
        plot(args.plot, part["forward-instructions"], part["read"])


main()
