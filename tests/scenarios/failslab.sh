#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory fails at each allocation in turn, of loading, a new netns, the first
# sources, each request, and a table that gets critical. Each works or fails
# whole, and afterwards numbers are exact and nothing is left behind.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/results.sh"

if ! [ -w /proc/self/fail-nth ] || ! [ -d /sys/kernel/debug/failslab ]; then
	skip "memory that fails" "this kernel has no fault injection (CONFIG_FAILSLAB)"
	finish
fi

# logscan takes stack dumps of the page allocator for what they are then.
mark() { echo "ctwatch test: memory $1" >/dev/kmsg; }

# failing WHAT [ARG...]: not by ip netns exec, which hides debugfs
failing() { results python3 "$HERE/failslab.py" "$@"; }
failing_in() {
	local ns=$1
	shift
	results nsenter --net="/run/netns/$ns" python3 "$HERE/failslab.py" "$@"
}

network_up
tracking_on router
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600

mark "fails from here"
failing_in router load client
failing_in router windows client
in_ns router conntrack -F 2>/dev/null
check "loaded" modprobe ctwatch
check "hooks are in" within 5 hooked router
failing netns
failing_in router growth client
failing_in router commands client
failing tracking
table_max 100
failing critical
table_max 20000
mark "is back"
check "unloaded" rmmod ctwatch

say "numbers afterwards"
check "loaded" modprobe ctwatch
check "hooks are in" within 5 hooked router
serve_all
connections client udp 30 10.1.0.1 10.2.0.1 7
connections client tcp 20 fd01:0:0:1::1 fd02::1 7
equal "a source" "$(source_of router 10.1.0.1 .count)" 30
equal "another" "$(source_of router fd01:0:0:1:: .count)" 20
equal "attempts" "$(stat_of router .attempts)" 50
equal "nothing is unattributed" "$(stat_of router .unattributed)" 0
equal "namespaces" "$(ctmodctl -A -j stats | jq length)" 4

say "nothing is left behind"
check "unloaded for good" within 20 timeout 60 rmmod ctwatch
hooks_equal "no hook" router ctw_ 0
refused "no family" eval 'ctmodctl stats 2>/dev/null'
finish
