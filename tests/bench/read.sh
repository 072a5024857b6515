#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What it takes to look at a table: wall time, processor time, bytes through the
# socket and memory of the process, by ctmodctl and by what people use, over
# tables of 1,000 to 1,000,000 entries; and how each grows with the table.
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-3}
SIZES=${2:-1000 10000 100000 1000000}
# Seconds of each measurement: short commands run often; what takes longer than
# PATIENCE, ms, runs once.
LONG=0.5
PATIENCE=20000

declare -A COMMAND=(
	[stats]="ctmodctl stats"
	[sources]="ctmodctl sources"
	[top]="ctmodctl top"
	[shared]="ctmodctl top --max-age 600"
	[conntrack]="conntrack -L"
	[proc]="cat /proc/net/nf_conntrack"
	[iptstate]="sh $HERE/../bench/iptstate.sh"
)
ORDER="stats sources top shared conntrack proc iptstate"

# entries SIZE: of SIZE / 16 sources, at least 64
entries() {
	local sources=$(($1 / 16 > 64 ? $1 / 16 : 64))
	in_ns router conntrack -F 2>/dev/null
	flood client c0 "$1" "src_min 10.1.0.0" "src_max $(dotted $((0x0a010000 + sources - 1)))" \
		"udp_src_min 1024" "udp_src_max 65534"
	entries=$(in_ns router conntrack -C)
	[ "$entries" -ge $(($1 * 99 / 100)) ] || fail "$entries entries, not $1"
}

# Both ways, of the router's sockets
netlink_bytes() { ip -n router -s -j link show nlmon0 | jq '.[0].stats64.rx.bytes'; }

# used NAME SECONDS [PREFIX...]: sets WALL and CPU
used() {
	# shellcheck disable=SC2086
	read -r WALL CPU < <(in_ns router python3 "$HERE/../bench/usage.py" "${@:2}" ${COMMAND[$1]})
	[ -n "$CPU" ] || fail "${COMMAND[$1]}"
}

# first SIZE NAME: what it reads of the kernel and its memory; fails when it takes
# so long that this is the measurement
first() {
	local figure=$1-$2 before bytes
	before=$(netlink_bytes)
	used "$2" 0 /usr/bin/time -o /tmp/rss -f %M
	# Asking for them takes some as well.
	bytes=$(($(netlink_bytes) - before - EMPTY))
	[ "$2" != proc ] || bytes=$(in_ns router ${COMMAND[$2]} | wc -c)
	note "$figure-bytes" "$bytes"
	note "$figure-rss-kib" "$(cat /tmp/rss)"
	[ "${WALL%.*}" -gt $PATIENCE ] || return 0
	note "$figure-ms" "$WALL"
	note "$figure-cpu-ms" "$CPU"
	return 1
}

# once SIZE NAME
once() {
	used "$2" $LONG
	note "$1-$2-ms" "$WALL"
	note "$1-$2-cpu-ms" "$CPU"
}

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
sysctl -qw net.netfilter.nf_conntrack_buckets=$((1 << 18)) || fail buckets
table_max $((1 << 21))
tracked_network
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=36000
in_ns router ctmodctl config log=0
in_ns server nft 'table ip quiet { chain c { type filter hook prerouting priority -500; meta l4proto udp drop; }; }'
ip -n router link add nlmon0 type nlmon && ip -n router link set nlmon0 up || fail nlmon
a=$(netlink_bytes) b=$(netlink_bytes)
EMPTY=$((b - a))

for size in $SIZES; do
	entries "$size"
	ip -n router link set nlmon0 up
	again=
	for name in $ORDER; do
		! first "$size" "$name" || again+=" $name"
	done
	# It would see each message when the clock runs.
	ip -n router link set nlmon0 down
	for ((i = 0; i < ROUNDS; i++)); do
		for name in $again; do
			once "$size" "$name"
		done
		for name in sources top shared; do
			for peer in conntrack proc iptstate; do
				note "$size-$peer-to-$name" "$(calc "$(tail -n 1 "$FIGURES/$size-$peer-ms") / $(tail -n 1 "$FIGURES/$size-$name-ms")")"
			done
		done
	done
done

for size in $SIZES; do
	heading "$size entries: ms"
	for name in $ORDER; do
		show "$size-$name-ms" "${COMMAND[$name]}"
		show "$size-$name-cpu-ms" "  of it processor time"
		show "$size-$name-bytes" "  bytes read of the kernel"
		show "$size-$name-rss-kib" "  memory of the process, KiB"
	done
	show "$size-conntrack-to-top" "conntrack -L / ctmodctl top"
	show "$size-iptstate-to-top" "iptstate / ctmodctl top"
done
heading "time grows with entries to the power of"
for name in $ORDER; do
	for size in $SIZES; do
		echo "$size $(median "$size-$name-ms")"
	done | exponent "$name-exponent"
	show "$name-exponent" "${COMMAND[$name]}"
done
figures_json
