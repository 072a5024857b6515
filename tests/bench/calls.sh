#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What one call of the hooks costs, by hooks/, on one processor and on two at
# once; and how that grows with sources and with processors. In nanoseconds, or
# in instructions where the clock counts those.
UNIT=${2:-ns}
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-5}
MODULE=/ctwatch/ctwatch-bench.ko
# Where the clock counts, few tell as much as many.
[ "$UNIT" = ns ] || FEW="chunks=15"
SOURCES="1 16 256 1024 4096"

# measure NAME WHAT: figures "NAME-CASE-CPUS", of each processor one a round
measure() {
	local prefix=$1 name cpus ns
	# Two ticks: what filled the windows in the round before is folded.
	sleep 2.5
	dmesg -C
	in_ns router insmod $MODULE what="$2" ${FEW:-} || fail "the bench of hooks: $2"
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
in_ns router insmod $MODULE 2>/dev/null && fail "there are hooks where nothing is tracked"
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

heading "a call of the hooks, $UNIT, with the call itself"
two() {
	show "$1-1" "$2" "${@:3}"
	[ ! -s "$FIGURES/$1-2" ] || show "$1-2" "  each of two processors at once"
}
two empty "an empty hook, and another packet"
two hash "a keyed hash of the address, and nothing else"
two established "packet of an established connection"
for n in $SOURCES; do two "known-$n" "insertion, $n sources in turn"; done
two new "insertion of a new source"
two eviction "insertion that takes another source's place"
two idle-drop-pair "both hooks of drops, idle"
two armed-drop-pair "both hooks of drops, armed"
heading "without the empty hook"
declare -A MOST=([established]=3 [known-1]=30 [known-1024]=40 [eviction]=60)
of() {
	net "$1"
	# shellcheck disable=SC2046
	two "$1-net" "$2" $(target "<=" "${MOST[$1]:-}")
}
of hash "a keyed hash of the address, and nothing else"
of established "packet of an established connection"
for n in $SOURCES; do of "known-$n" "insertion, $n sources in turn"; done
of new "insertion of a new source"
of eviction "insertion that takes another source's place"
# By the lowest of each: whatever else a machine has to do only adds to it, and
# not to all alike.
heading "the cost of an insertion grows"
for n in $SOURCES; do echo "$n $(lowest "known-$n-net-1")"; done | exponent sources-exponent
show sources-exponent "with sources to the power of"
if [ -s "$FIGURES/known-1024-net-2" ]; then
	for n in 1 2; do echo "$n $(lowest "known-1024-net-$n")"; done | exponent cpus-exponent
	show cpus-exponent "with processors at work to the power of"
fi
figures_json
