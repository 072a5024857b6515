#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Loaded and unloaded under a flood; namespaces that come and go with traffic
# in them; rules, limits and the hash table changed meanwhile. Afterwards the
# numbers are still exact, and nothing is left behind.
. "$(dirname "$0")/lib.sh"

LOADS=${1:-6}
NAMESPACES=${2:-24}

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
serve_all
table_max 20000

# brief NAME: a namespace that tracks its own loopback, for a moment
brief() {
	ip netns add "$1" && ip -n "$1" link set lo up && tracking_on "$1" || return
	in_ns "$1" ping -qc2 -i0.2 127.0.0.1 >/dev/null
	ip netns del "$1"
}

flood client c0 60000 "src_min 10.1.0.0" "src_max 10.1.255.255" "flag IPSRC_RND" \
	"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND" &
FLOOD=$!
loaded=0
for ((i = 0; i < LOADS; i++)); do
	timeout 60 rmmod ctwatch && modprobe ctwatch sources=$((64 << i % 4)) && loaded=$((loaded + 1))
	in_ns router ctmodctl -j stats >/dev/null
done
equal "unloaded and loaded under a flood" "$loaded" "$LOADS"

made=0
for ((i = 0; i < NAMESPACES; i++)); do
	brief "brief$i" && made=$((made + 1)) &
	[ $((i % 4)) != 3 ] || wait -n
	case $((i % 6)) in
	0) in_ns router nft flush ruleset ;;
	1) tracking_on router ;;
	2) sysctl -qw net.netfilter.nf_conntrack_buckets=$((1024 << i % 5)) ;;
	3) ctmodctl -A stats >/dev/null ;;
	4) in_ns router ctmodctl reset ;;
	5) in_ns router ctmodctl config ipv4-prefix=$((24 + i % 9)) ;;
	esac
done
# The flood's own process may go on for a while; the namespaces are waited for.
for job in $(jobs -p); do
	[ "$job" = "$FLOOD" ] || [[ " $SERVERS " == *" $job "* ]] || wait "$job"
done
wait $FLOOD
check "namespaces came and went" eval '! ip netns | grep -q brief'
equal "those that are left" "$(ctmodctl -A -j stats | jq length)" 4

say "numbers afterwards"
in_ns router nft flush ruleset
tracking_on router
in_ns router conntrack -F 2>/dev/null
timeout 60 rmmod ctwatch
tap $? "unloaded"
check "loaded" modprobe ctwatch
within 5 hooked router
connections client udp 30 10.1.0.1 10.2.0.1 7
connections client tcp 20 10.1.0.2 10.2.0.1 7
equal "a source" "$(source_of router 10.1.0.1 .count)" 30
equal "another" "$(source_of router 10.1.0.2 .count)" 20
equal "attempts" "$(stat_of router .attempts)" 50

say "nothing is left behind"
within 20 timeout 60 rmmod ctwatch
tap $? "unloaded for good"
hooks_equal "no hook" router ctw_ 0
refused "no family" eval 'ctmodctl stats 2>/dev/null'
finish
