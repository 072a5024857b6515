#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What one call of the hooks costs, by hooks/: in nanoseconds, on one processor
# and on two at once.
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-5}
MODULE=/ctwatch/ctwatch-bench.ko

# measure NAME WHAT: figures "NAME-CASE-CPUS", of each processor one a round
measure() {
	local prefix=$1 name cpus ns
	dmesg -C
	in_ns router insmod $MODULE what="$2" || fail "the bench of hooks: $2"
	rmmod ctwatch-bench
	while read -r name cpus ns; do
		note "$prefix$name-$cpus" "$ns"
	done < <(dmesg | sed -n 's/.*ctwatch_bench: //p' | jq -r '"\(.name) \(.cpus) \(.ns)"')
}

entries() { connections client udp "$1" 10.1.0.1 10.2.0.1 7; }
level_is() { [ "$(stat_of router .level)" = "$1" ]; }

modprobe ctwatch || exit
network_up
serve_all
in_ns router insmod $MODULE && fail "there are hooks where nothing is tracked"
tracking_on router
within 5 hooked router || fail "no hooks"
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600
for ((i = 0; i < ROUNDS; i++)); do measure "" insert; done

# From warning on the hooks of drops are there, and armed.
table_max 1000
entries 700
within 5 level_is warning || fail "no warning"
for ((i = 0; i < ROUNDS; i++)); do measure armed- drop; done
in_ns router conntrack -F 2>/dev/null
within 60 level_is ok || fail "still $(stat_of router .level)"
for ((i = 0; i < ROUNDS; i++)); do measure idle- drop; done

# net NAME: without the call of an empty hook and the packet's change
net() {
	local cpus
	for cpus in 1 2; do
		[ -s "$FIGURES/$1-$cpus" ] || continue
		paste "$FIGURES/$1-$cpus" "$FIGURES/empty-$cpus" | awk 'NF == 2 { print $1 - $2 }' >"$FIGURES/$1-net-$cpus"
	done
}

heading "a call of the hooks, ns, with the call itself"
two() {
	show "$1-1" "$2" "${@:3}"
	[ ! -s "$FIGURES/$1-2" ] || show "$1-2" "  each of two processors at once"
}
two empty "an empty hook, and another packet"
two established "packet of an established connection"
two known-1 "insertion, one source"
two known-1024 "insertion, 1,024 sources in turn"
two new "insertion of a new source"
two eviction "insertion that takes another source's place"
two idle-drop-pair "both hooks of drops, idle"
two armed-drop-pair "both hooks of drops, armed"
heading "without the empty hook"
for name in established known-1 known-1024 new eviction; do net $name; done
two established-net "packet of an established connection" "<=" 3
two known-1-net "insertion, one source" "<=" 30
two known-1024-net "insertion, 1,024 sources in turn" "<=" 40
two new-net "insertion of a new source"
two eviction-net "insertion that takes another source's place" "<=" 60
figures_json
