#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a census costs: 1,000,000 entries of 65,536 sources in 2^20 buckets,
# against the pipeline that people use, and beside traffic that is forwarded.
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-7}
ENTRIES=1000000
HEAVY=20000
PACKETS=500000

top() { ctmodctl -j top "$@" >/tmp/answer; }
census() { jq "$1" /tmp/answer; }

# The first src= of a line, whichever column it is in: that of the original
# direction.
pipeline() {
	conntrack -L 2>/dev/null |
		awk '{ for (i = 1; i <= NF; i++) if (sub(/^src=/, "", $i)) { print $i; next } }' |
		sort | uniq -c | sort -nr | head >/tmp/pipeline
}

# counted NAME ARG...: a census, its wall time and the walk's own
counted() {
	local name=$1
	shift
	timed "$name-ms" top "$@"
	note "$name-walk-ns" "$(census '.census | .duration * 1000 / .seen')"
}

# The same source on top, with the same number
compare() {
	local ours theirs
	ours=$(census '.group[0] | "\(.entries) \(.src)"' | tr -d '"')
	theirs=$(awk 'NR == 1 { print $1, $2 }' /tmp/pipeline)
	[ "${ours%%/*}" = "$theirs" ] || fail "on top: census $ours, pipeline $theirs"
}

# Inside the router, so that nothing is measured but the commands.
measure() {
	local round
	for ((round = 1; round <= ROUNDS; round++)); do
		counted fresh --by src -N 10
		fresh=$LAST
		timed pipeline-ms pipeline
		note speedup "$(calc "$LAST / $fresh")"
		compare
		counted every-field --by src,dst,proto,dport,state,zone -N 10
		top --by src -N 10
		timed snapshot-ms top --by src -N 10 --max-age 60
		timed nothing-ms ctmodctl version >/dev/null
	done
	# Nobody's start: one process asks, and asks again.
	# shellcheck disable=SC2046
	note snapshot-query-ms $(python3 "$(dirname "$0")/query.py" 60000 100) || fail query.py
}

[ -z "${INSIDE:-}" ] || { measure; exit; }

fill() {
	# Neither range is random, and 64,511 ports have no factor in common with
	# 65,536 addresses: each packet is another flow.
	flood client c0 $((ENTRIES - HEAVY)) "src_min 10.1.0.0" "src_max 10.1.255.255" \
		"udp_src_min 1024" "udp_src_max 65535"
	flood client c0 $HEAVY "src_min 10.1.0.77" "src_max 10.1.0.77" \
		"udp_dst_min 10" "udp_dst_max 10" "udp_src_min 1024" "udp_src_max 65535"
}

# 1,000 flows that have seen an answer
flows="src_min 10.1.0.1,src_max 10.1.3.232,udp_src_min 700,udp_src_max 700"

forward() {
	local IFS=,
	# shellcheck disable=SC2086
	flood client c0 "$1" $flows
}

replies() {
	flood server s0 1000 "src_min 10.2.0.1" "src_max 10.2.0.1" "dst_min 10.1.0.1" "dst_max 10.1.3.232" \
		"udp_src_min 9" "udp_src_max 9" "udp_dst_min 700" "udp_dst_max 700"
}

received() { ip -n server -s -j link show s0 | jq '.[0].stats64.rx.packets'; }

# forwarded NAME: thousands of packets a second that reach the other side
forwarded() {
	local before after usec
	before=$(received)
	forward "$PACKETS" || fail pktgen
	after=$(received)
	usec=$(in_ns client sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' /proc/net/pktgen/c0)
	[ -n "$usec" ] || fail "pktgen: $(in_ns client tail -n 1 /proc/net/pktgen/c0)"
	LAST=$(calc "($after - $before) * 1000 / $usec")
	note "$1" "$LAST"
}

# beside NAME COMMAND [ARG...]: the same while the other processor runs COMMAND
beside() {
	local name=$1 other
	shift
	(exec ip netns exec router taskset -c 1 "$@" >>/tmp/beside) &
	other=$!
	sleep 1
	: >/tmp/beside
	forwarded "$name"
	kill $other 2>/dev/null || fail "$* ended beside traffic"
	wait $other
}

# Processors share more than the table: caches, and the host below. What a
# processor that only counts costs is no cost of the census.
traffic() {
	local round before busy census
	forward 1000
	FLOOD_TO=r1 replies
	# A flow counts as a stream when it lasts.
	sleep 2
	forward 1000
	FLOOD_TO=r1 replies
	forwarded forward-alone-kpps
	for ((round = 1; round <= ROUNDS; round++)); do
		before=$LAST
		beside forward-busy-kpps bash -c 'while :; do :; done'
		busy=$LAST
		forwarded forward-alone-kpps
		note forward-busy-ratio "$(calc "2 * $busy / ($before + $LAST)")"
		before=$LAST
		beside forward-census-kpps python3 "$(dirname "$0")/query.py" 0 0
		note beside-censuses "$(wc -l </tmp/beside)"
		census=$LAST
		forwarded forward-alone-kpps
		note forward-census-ratio "$(calc "2 * $census / ($before + $LAST)")"
		note forward-census-busy-ratio "$(calc "$census / $busy")"
	done
}

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
sysctl -qw net.netfilter.nf_conntrack_buckets=$((1 << 20)) || fail buckets
table_max $((1 << 21))
tracked_network
# Nothing expires, and nothing comes back.
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=36000 \
	net.netfilter.nf_conntrack_udp_timeout_stream=36000
in_ns server nft 'table ip quiet { chain c { type filter hook prerouting priority -500; udp dport { 9, 10 } drop; }; }'
# The table is three quarters empty: nothing is to be said, nor walked for it.
in_ns router ctmodctl config log=0

for ((i = 0; i < ROUNDS; i++)); do
	top --by src -N 10 || fail "ctmodctl top"
	note empty-walk-ms "$(census '.census.duration / 1000')"
done
start=$(now)
fill
say "filled in $(calc "($(now) - $start) / 1000000") s"
entries=$(in_ns router conntrack -C)
sources=$(in_ns router conntrack -L 2>/dev/null |
	awk '{ for (i = 1; i <= NF; i++) if (sub(/^src=/, "", $i)) { seen[$i]; next } } END { for (s in seen) n++; print n }')
say "$entries entries of $sources sources, $(sysctl -n net.netfilter.nf_conntrack_buckets) buckets"
[ "$entries" -ge $((ENTRIES * 99 / 100)) ] && [ "$sources" = 65536 ] || fail "the table is not as it should be"
note entries "$entries"

INSIDE=yes in_ns router "$0" "$ROUNDS" || exit
traffic

heading "1,000,000 entries, 65,536 sources, 2^20 buckets"
show fresh-walk-ns "walk by source, ns an entry"
show every-field-walk-ns "walk with every field read, ns an entry" "<=" 100
show empty-walk-ms "walk of the empty table, ms"
show fresh-ms "fresh top by source, ms"
show every-field-ms "fresh top by everything, ms"
show pipeline-ms "conntrack -L | awk | sort | uniq -c | sort, ms"
show speedup "pipeline / fresh top by source" ">=" 50
show nothing-ms "a process that asks nothing (ctmodctl version), ms"
show snapshot-ms "top from a shared snapshot, ms" "<" 5
show snapshot-query-ms "the same asked by a running process, ms" "<" 5
show forward-alone-kpps "forwarded, 1,000 packets/s"
show forward-busy-kpps "forwarded beside a processor that only counts"
show forward-census-kpps "forwarded beside one census after the other"
show beside-censuses "  so many censuses in that time"
show forward-busy-ratio "ratio beside a processor that only counts"
show forward-census-ratio "ratio beside censuses" ">=" 0.95
show forward-census-busy-ratio "ratio of the two"
figures_json
