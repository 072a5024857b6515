#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""usage.py SECONDS COMMAND [ARG...]: run COMMAND again and again for SECONDS, at
least once, its output thrown away; print the milliseconds one run takes, and the
milliseconds of processor time."""
import resource
import subprocess
import sys
import time

limit, command = float(sys.argv[1]), sys.argv[2:]
runs, start = 0, time.monotonic()
while not runs or time.monotonic() - start < limit:
    # conntrack says on stderr how many it showed
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    runs += 1
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall / runs * 1000, (used.ru_utime + used.ru_stime) / runs * 1000)
