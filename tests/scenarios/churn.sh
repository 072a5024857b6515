#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Loaded and unloaded under a flood; namespaces that come and go with traffic
# in them; rules, limits and the hash table changed meanwhile. Afterwards the
# numbers are still exact, and nothing is left behind.
. "$(dirname "$0")/lib.sh"

LOADS=${1:-6}
# By the thousand when asked: each takes a kernel some 50 ms, with its rules.
NAMESPACES=${2:-$(is_emulated && echo 100 || echo 400)}

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
serve_all
table_max 20000

flood client c0 60000 "src_min 10.1.0.0" "src_max 10.1.255.255" "flag IPSRC_RND" \
	"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND" &
FLOOD=$!
loaded=0
for ((i = 0; i < LOADS; i++)); do
	timeout 60 rmmod ctwatch && modprobe ctwatch sources=$((64 << i % 4)) && loaded=$((loaded + 1))
	in_ns router ctmodctl -j stats >/dev/null
done
equal "unloaded and loaded under a flood" "$loaded" "$LOADS"

# Each namespace has traffic in it, and some lose their rules and get them again.
# Meanwhile the router's go and come, and the table is rebuilt.
say "namespaces come and go"
python3 "$HERE/namespaces.py" "$NAMESPACES" 25 >/tmp/namespaces 2>&1 &
MAKER=$!
for ((i = 0; ; i++)); do
	kill -0 $MAKER 2>/dev/null || break
	case $((i % 6)) in
	0) in_ns router nft flush ruleset ;;
	1) tracking_on router ;;
	# never so few that a chain gets too long for the kernel, which drops then
	2) sysctl -qw net.netfilter.nf_conntrack_buckets=$((16384 << i % 3)) ;;
	3) ctmodctl -A stats >/dev/null ;;
	4) in_ns router ctmodctl reset ;;
	5) in_ns router ctmodctl config ipv4-prefix=$((24 + i % 9)) ;;
	esac
	sleep 0.1
done
wait $MAKER
tap $? "namespaces came and went"
# The kernel destroys each table of nftables with grace periods of its own, and
# rmmod waits until the last has gone: minutes, for a thousand.
expedite 1
check "the router was changed meanwhile ($i times)" test "$i" -ge 6
wait $FLOOD
sed 's/^/# /' /tmp/namespaces
matches "all were made" "$(cat /tmp/namespaces)" "made $NAMESPACES of $NAMESPACES"
matches "those that were asked had counted exactly" "$(cat /tmp/namespaces)" 'exact ([1-9][0-9]*) of ([0-9]+)'
equal "each of them" "${BASH_REMATCH[1]:-none}" "${BASH_REMATCH[2]:-of how many}"
check "what went is gone" within 60 eval '[ "$(ctmodctl -A -j stats | jq length)" = 4 ]'

say "numbers afterwards"
in_ns router nft flush ruleset
tracking_on router
in_ns router conntrack -F 2>/dev/null
in_ns router ctmodctl config ipv4-prefix=32
timeout 60 rmmod ctwatch
tap $? "unloaded"
expedite 0
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
