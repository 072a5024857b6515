#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# query.py MAX-AGE TIMES: ask for the ten sources with the most entries so many
# times (0: for ever), a census of so many milliseconds of age being good enough;
# print the milliseconds each one took.
import itertools
import sys
import time

sys.path.insert(0, "/ctwatch/ynl")
from lib import YnlFamily  # noqa: E402

family = YnlFamily("/ctwatch/module/ctwatch.yaml", schema="/ctwatch/netlink/genetlink.yaml")
max_age, times = int(sys.argv[1]), int(sys.argv[2])


def ask():
    answer = family.dump("census-get", {"by": ["src"], "top": 10, "max-age": max_age})
    if not any("group" in message for message in answer):
        sys.exit("no group in the answer")


# So that there is a census to share
ask()
for _ in range(times) if times else itertools.count():
    start = time.monotonic()
    ask()
    print((time.monotonic() - start) * 1000, flush=True)
