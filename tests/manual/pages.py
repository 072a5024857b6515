#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the pages say, and whether the sources say the same.

pages.py options|examples|inline    print what is in the pages
pages.py display REGEX              print the display with such a line
pages.py sysctls [table]            names of sysctls; of the table, "name default"
pages.py keys|params|lines|told|netlink|references   print what is wrong
"""

import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MAN = TOP / "tool/man"
PAGES = sorted(MAN.glob("*.[1-8]"))


def read(path):
    return (TOP / path).read_text()


def source(page):
    return (MAN / page).read_text()


def rendered(page):
    """Lines of a page that is so wide that nothing is wrapped."""
    out = subprocess.run(["mandoc", "-Tutf8", "-O", "width=1000", str(MAN / page)],
                         check=True, capture_output=True, text=True).stdout
    # bold and underlined are a letter, a backspace and a letter
    return re.sub(".\b", "", out).splitlines()


def words(page):
    return " ".join(" ".join(rendered(page)).split())


def items(page):
    """Each .It of a page: its line and what belongs to it."""
    for part in re.split(r"^\.It ", source(page), flags=re.M)[1:]:
        head, _, body = re.split(r"^\.El", part, flags=re.M)[0].partition("\n")
        yield head, body


def options():
    """COMMAND OPTION, as the lists of ctmodctl.8 explain them."""
    where = None
    for line in source("ctmodctl.8").splitlines():
        if line.startswith(".Sh "):
            where = "global" if line == ".Sh OPTIONS" else None
        elif line.startswith(".Ss "):
            where = line.split()[1]
        elif line.startswith(".It Fl ") and where:
            for dashes, name in re.findall(r"((?:Fl )+)([a-zA-Z0-9-]+)", line):
                print(where, "-" * dashes.count("Fl") + name)


def blocks(page):
    """Commands and output of each display, as (command or None, line)."""
    going_on = None
    seen = False
    for line in rendered(page):
        text = line.strip()
        if not line.startswith("       ") or not text:
            seen = False if not text else seen
            continue
        if going_on is not None:
            going_on += " " + text.rstrip("\\").strip()
        elif re.match(r"[#$] [a-z0-9]", text):
            going_on = text[2:].rstrip("\\").strip()
            seen = True
        elif seen:
            yield None, text
            continue
        else:
            continue
        if not text.endswith("\\"):
            yield going_on, None
            going_on = None


def display(pattern):
    """The text of the display that has a line like this, as it is typed."""
    for page in PAGES:
        for text in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", page.read_text(), re.M | re.S):
            if re.search(pattern, text, re.M):
                print(text.replace(r"\-", "-").replace(r"\(aq", "'").replace(r"\e", "\\"), end="")


def examples():
    for page in PAGES:
        for command, _ in blocks(page.name):
            if command:
                print(command)


def inline():
    for page in PAGES:
        for command in re.findall("‘(ctmodctl [^’]*)’", words(page.name)):
            print(command)


def sysctls(table=None):
    if table:
        for head, _ in items("ctwatch.4"):
            columns = [c.strip() for c in head.split(" Ta ")]
            if len(columns) == 3 and columns[1].startswith("nf_conntrack_"):
                print(columns[1], columns[2])
        return
    found = set()
    for page in PAGES:
        found |= set(re.findall(r"\bnf_conntrack_[a-z0-9_]*[a-z0-9]\b(?!_)", words(page.name)))
        found |= {n.replace("net.", "", 1) for n in
                  re.findall(r"\bnet\.ipv[46]\.[a-z_]+", words(page.name))}
    print("\n".join(sorted(found)))


def spec():
    import yaml
    return yaml.safe_load(read("module/ctwatch.yaml"))


def defaults():
    body = re.search(r"CTW_CONFIG_DEFAULT \{(.*?)\n\}", read("module/lib/config.h"), re.S)[1]
    return dict(re.findall(r"\.(\w+) = (\d+)", body))


def keys():
    want = {}
    for s in spec()["attribute-sets"]:
        for a in s["attributes"] if s["name"] == "config" else []:
            if "checks" in a:
                want[a["name"]] = (a["checks"].get("min", 0), a["checks"]["max"])
    has = {head.split()[1]: body for head, body in items("ctwatch.conf.5") if head.startswith("Cm ")}
    for key, (least, most) in want.items():
        say = f"Range {least} to {most}, default {defaults()[key.replace('-', '_')]}"
        if say not in has.get(key, ""):
            print(f"ctwatch.conf.5: {key}: no '{say}'")
    for key in has.keys() - want.keys():
        print(f"ctwatch.conf.5: {key} is no key")
    if len(want) != len(defaults()):
        print("the specification and config.h differ")


def params():
    main = read("module/lib/params.c")
    has = {}
    for head, body in items("ctwatch.4"):
        if head.startswith("Cm "):
            has.setdefault(head.split()[1], head + "\n" + body)
    own = re.findall(r"module_param_named\((\w+), (ctw_param_\w+),.*?\);\nMODULE_PARM_DESC\(\w+,\s*\"(.*?)\"",
                     main, re.S)
    for name, _, text in own:
        for say in re.findall(r"\d+ to \d+|default \w+", text):
            if say not in has.get(name, ""):
                print(f"ctwatch.4: parameter {name}: no '{say}'")
    settings = re.findall(r"^CTW_PARAM\((\w+),", main, re.M)
    for name in settings:
        if not has.get(name, "").startswith(f"Cm {name} Ta {defaults()[name]} Ta "):
            print(f"ctwatch.4: parameter {name}: no default {defaults()[name]}")
    if len(own) != 3 or len(settings) != len(defaults()):
        print("cannot find the parameters in module/lib/params.c")


def phrases(text):
    """The fixed words between what printf fills in."""
    for piece in re.split(r"%[+-]?(?:ll|z)?(?:pI4|pI6c|[udsx])|%%|\\n", text):
        piece = piece.strip(" ;:,.()/+[]\"")
        if re.search("[a-z]{2}", piece) and piece != "ies":
            yield piece


def lines():
    page = words("ctwatch.4")
    code = re.sub(r"/\*.*?\*/|^#include.*?$|\"\s*\n\s*\"", "", read("module/watch/report.c"), flags=re.S | re.M)
    found = [p for text in re.findall(r'"((?:[^"\\]|\\.)*)"', code) for p in phrases(text)]
    for text in re.findall(r'pr_(?:info|err)\("(.*?)"', read("module/main.c")):
        found += phrases(text)
    for phrase in found:
        if not re.search(r"(?<![a-z])" + re.escape(phrase), page):
            print(f"ctwatch.4 lacks: {phrase}")
    if len(found) < 40:
        print(f"only {len(found)} phrases in module/watch/report.c")


def told():
    """Lines of the kernel log and output come from where they are tested."""
    known = " ".join((read("README.md") + read("tests/kunit/report_test.c")).split())
    known = re.sub(r'"\s*"', "", known)
    n = 0
    for page in PAGES:
        for line in rendered(page.name):
            line = line.strip()
            if re.match(r"ctwatch: netns \d", line):
                n += 1
                if line.removeprefix("ctwatch: ") not in known:
                    print(f"{page.name}: nobody says: {line}")
        for command, line in blocks(page.name):
            if line:
                n += 1
                if " ".join(line.split()) not in known:
                    print(f"{page.name}: output that README.md has not: {line}")
    if n < 5:
        print(f"only {n} lines to compare")


def netlink():
    has = {}
    for head, body in items("ctwatch-netlink.7"):
        if head.startswith("Cm "):
            for name in head.split(" Ta ")[0][3:].split(" , "):
                has.setdefault(name, []).append(head)
    for s in spec()["attribute-sets"]:
        if s["name"] not in has:
            print(f"ctwatch-netlink.7: no attribute set {s['name']}")
    for op in spec()["operations"]["list"]:
        kinds = ", ".join(k for k in ("do", "dump", "event") if k in op)
        admin = "uns-admin-perm" in op.get("flags", []) or "event" in op
        row = (f"Cm {op['name']} Ta {op['attribute-set']} Ta {kinds} Ta "
               f"{'Dv CAP_NET_ADMIN' if admin else 'everybody in the namespace'}")
        if row not in has.get(op["name"], []):
            print(f"ctwatch-netlink.7: no row '{row}'")
    known = {a["name"] for s in spec()["attribute-sets"] for a in s["attributes"]}
    known |= {s["name"] for s in spec()["attribute-sets"]}
    known |= {o["name"] for o in spec()["operations"]["list"]}
    known |= {d for g in spec()["mcast-groups"]["list"] for d in [g["name"]]}
    known |= {"nlctrl", "notice", "warning", "ctwatch"}
    for line in source("ctwatch-netlink.7").splitlines():
        for group in re.findall(r"\bCm ((?:[a-z-]+ , )*[a-z-]+)", line.split(" Ta ")[0]):
            for name in group.split(" , "):
                if name not in known:
                    print(f"ctwatch-netlink.7: {name} is not in the specification")


def references():
    """To our own pages and sections; dates; what troff would change."""
    there = {(p.stem, p.suffix[1:]) for p in PAGES}
    for page in PAGES:
        for name, section in re.findall(r"^\.Xr (\S+) (\d)", page.read_text(), re.M):
            ours = re.match("ctwatch|ctmodctl", name)
            if ours and (name, section) not in there:
                print(f"{page.name}: no page {name}({section})")
            if (name, section) == (page.stem, page.suffix[1:]):
                print(f"{page.name}: refers to itself")
        if not re.search(r"^\.Dd [A-Z][a-z]+ [0-9]{1,2}, 20[0-9]{2}$", page.read_text(), re.M):
            print(f"{page.name}: no date of its own")
        for text in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", page.read_text(), re.M | re.S):
            for line in re.sub(r"\\e\n", " ", text).splitlines():
                # troff makes other characters of them, which no shell takes
                if re.match("[#$] ", line) and re.search(r"(?<!\\)[-'`^~]", line):
                    print(f"{page.name}: write \\- and \\(aq: {line}")
        for name in set(re.findall(r"^\.(?:Sx|Pq Sx|.* Sx) (.*?)(?: [.,)])?$", page.read_text(), re.M)):
            if not re.search(rf"^\.S[hs] {re.escape(name.rstrip(' .,:'))}$", page.read_text(), re.M):
                print(f"{page.name}: no section '{name}'")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
