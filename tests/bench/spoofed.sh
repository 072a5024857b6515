#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten million sources that are never the same: memory stays where it is, and
# nobody is named who has nothing to do with it.
. "$(dirname "$0")/lib.sh"

SOURCES=${2:-10000000}
FIRST=200000

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
table_max 65536
tracked_network
in_ns server nft 'table ip quiet { chain c { type filter hook prerouting priority -500; meta l4proto udp drop; }; }'

# spoofed FIRST COUNT: one packet of each of COUNT sources, from 11.0.0.0 + FIRST
spoofed() {
	local from=$((0x0b000000 + $1)) to=$((0x0b000000 + $1 + $2 - 1))
	flood client c0 "$2" "src_min $(dotted $from)" "src_max $(dotted $to)"
}

# The table of conntrack is full in both cases.
spoofed 0 $FIRST
sleep 2
before=$(memory)
start=$(now)
spoofed $FIRST $((SOURCES - FIRST))
note kpps "$(calc "($SOURCES - $FIRST) * 1000 / ($(now) - $start)")"
sleep 2
note memory-kib "$(($(memory) - before))"
note attempts "$(stat_of router .attempts)"
note dropped "$(stat_of router .drop)"
log_of | sed 's/^/# /'
note lines "$(log_of | grep -c 'sources')"
note lines-that-name "$(log_of | grep -cE 'sources[^:]*: [0-9]')"
# Exactly one packet each: whatever has a row is only known not to be more.
note guaranteed "$(in_ns router ctmodctl -j sources | jq '[.source[] | .count - .error] | max')"

heading "10,000,000 sources, one packet each"
show kpps "1,000 packets/s"
show attempts "attempts to insert"
show dropped "packets dropped"
show memory-kib "memory of the kernel, KiB more than after 200,000" "<" 4096
show lines "lines with sources" ">" 0
show lines-that-name "of them, lines that name one" "==" 0
show guaranteed "most that a source inserted for certain" "<=" 1
figures_json
