#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the module takes of the kernel's memory: at rest, for each CPU, each
# namespace, each source; and what asking for all namespaces takes of time.
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-3}
NETNS=${2:-10 100 1000}
SOURCES=4096

many() { seq -f "n%g" "$1" "$2"; }

# Bytes that loading takes: TAKEN
load() {
	local empty
	empty=$(memory)
	modprobe ctwatch || fail modprobe
	# It notices who tracks within a second, and folds within another.
	sleep 3
	TAKEN=$(calc "($(memory) - $empty) * 1024")
}
unload() { within 60 rmmod ctwatch || fail rmmod; }

# A source a packet
all_sources() {
	flood client c0 $SOURCES "src_min 10.1.0.0" "src_max 10.1.15.255" "udp_src_min 700" "udp_src_max 700"
	in_ns router conntrack -F 2>/dev/null
}

modprobe pktgen 2>/dev/null
# First of all, before other namespaces give their memory back, and once without
# ctwatch: what the flood itself takes is there already.
network_up
tracking_on router
in_ns server nft 'table ip quiet { chain c { type filter hook prerouting priority -500; meta l4proto udp drop; }; }'
all_sources
for ((i = 0; i < ROUNDS; i++)); do
	load
	within 5 hooked router || fail "no hooks"
	before=$(memory)
	all_sources
	sleep 3
	known=$(in_ns router ctmodctl -j sources | jq '.source | length')
	[ "$known" -ge $((SOURCES * 99 / 100)) ] || fail "$known sources, not $SOURCES"
	note sources-kib $(($(memory) - before))
	unload
done
network_down
sleep 3

for ((i = 0; i < ROUNDS; i++)); do
	load
	note rest "$TAKEN"
	unload
done
rest=$(median rest)

# The windows of each CPU come with the first that tracks.
ip netns add first
tracking_on first
for ((i = 0; i < ROUNDS; i++)); do
	load
	note one "$TAKEN"
	note cpu "$(calc "($TAKEN - $rest) / $(nproc)")"
	unload
done
one=$(median one)

# What it takes for those that track already is none of the new ones'.
tracked=0 before=$one
for count in $NETNS; do
	for name in $(many $((tracked + 1)) "$count"); do ip netns add "$name"; done
	for ((i = 0; i < ROUNDS; i++)); do
		load
		note "idle-netns-$count" "$(calc "($TAKEN - $before) / ($count - $tracked)")"
		unload
	done
	for name in $(many $((tracked + 1)) "$count"); do tracking_on "$name"; done
	tracked=$count
	for ((i = 0; i < ROUNDS; i++)); do
		load
		note "tracking-netns-$count" "$(calc "($TAKEN - $one) / $count")"
		timed "stats-$count-ms" ctmodctl -A stats >/dev/null
		unload
	done
	before=$TAKEN
done
promised=$(dmesg | sed -n 's/.*memory at most.* \([0-9]*\) KiB a netns.*/\1/p' | tail -n 1)
heading "memory of the kernel, bytes"
show rest "loaded, nothing tracks"
show cpu "each CPU, when something tracks"
for count in $NETNS; do
	show "idle-netns-$count" "each of $count namespaces that do not track"
	show "tracking-netns-$count" "each of $count namespaces that track"
done
show sources-kib "4,096 sources that come, KiB more" "<=" "${promised:?}"
heading "all namespaces in one answer"
for count in $NETNS; do
	show "stats-$count-ms" "ctmodctl -A stats, $count namespaces that track, ms"
done
for count in $NETNS; do
	echo "$count $(median "stats-$count-ms")"
done | exponent stats-exponent
show stats-exponent "  grows with namespaces to the power of"
figures_json
