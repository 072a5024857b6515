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

# beside NAME COMMAND [ARG...]: the same while the other processor runs COMMAND
beside() {
	local name=$1
	shift
	beside_begin "$@"
	sleep 1
	: >/tmp/beside
	forwarded "$name" $PACKETS "${FLOWS[@]}"
	beside_end || fail "$* ended beside traffic"
}

alone() { forwarded forward-alone-kpps $PACKETS "${FLOWS[@]}"; }

# Processors share more than the table: caches, and the host below. What a
# processor that only counts costs is no cost of the census.
traffic() {
	local round before busy census
	answered 1000
	alone
	for ((round = 1; round <= ROUNDS; round++)); do
		before=$LAST
		beside forward-busy-kpps bash -c 'while :; do :; done'
		busy=$LAST
		alone
		note forward-busy-ratio "$(calc "2 * $busy / ($before + $LAST)")"
		before=$LAST
		beside forward-census-kpps python3 "$(dirname "$0")/query.py" 0 0
		note beside-censuses "$(wc -l </tmp/beside)"
		census=$LAST
		alone
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
