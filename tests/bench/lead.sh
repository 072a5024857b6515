#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How long before the kernel's first "table full" ctwatch's first line comes,
# under the fastest flood there is, and whether it says who it was. UML's clock
# for the log has steps of 10 ms: which line is ahead is told by their order.
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-5}
SIZES=${2:-16000 65536 262144}

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600
in_ns server nft 'table ip quiet { chain c { type filter hook prerouting priority -500; meta l4proto udp drop; }; }'
# The kernel limits its own lines to ten in this many seconds.
sysctl -qw net.core.message_cost=1

# flood_of KIND PACKETS
flood_of() {
	case $1 in
	heavy)
		flood client c0 "$2" "src_min 10.1.0.77" "src_max 10.1.0.77" "flag UDPSRC_RND" "flag UDPDST_RND" \
			"udp_src_min 1024" "udp_src_max 65535" "udp_dst_min 1024" "udp_dst_max 65535"
		;;
	spoofed)
		flood client c0 "$2" "src_min 10.1.0.0" "src_max 10.1.255.255" "flag IPSRC_RND" \
			"flag UDPSRC_RND" "udp_src_min 1024" "udp_src_max 65535"
		;;
	esac
}

# What the line says of the sources, of insertions or of entries
declare -A NAMED=(
	[heavy]='top sources[^:]*: 10\.1\.0\.77 [0-9]+%'
	[spoofed]='sources[^:]*: diffuse \(largest 10\.1\.0\.0/16 [0-9]+%\)'
)

complained() { dmesg | grep -q 'nf_conntrack: .*table full'; }

# Milliseconds
stamp() { calc "$(sed 's/^[^[]*\[ *\([0-9.]*\)\].*/\1/' <<<"$1") * 1000"; }

# round KIND SIZE
round() {
	local kind=$1 size=$2 name=$1-$2 ours theirs
	in_ns router conntrack -F 2>/dev/null
	# Anew each time: neither a level nor a speed is known beforehand.
	rmmod ctwatch && modprobe ctwatch || fail "modprobe ctwatch"
	within 5 hooked router || fail "no hooks"
	# What the kernel said of the last round must not silence it in this one.
	sleep 1.5
	dmesg -C
	flood_of "$kind" $((size * 3))
	within 10 complained || fail "$name: the table did not fill"
	dmesg >/tmp/round
	ours=$(grep -n -m 1 -E 'ctwatch: netns [0-9]+: (notice|warning|critical): ' /tmp/round)
	theirs=$(grep -n -m 1 'nf_conntrack: .*table full' /tmp/round)
	say "$name: ${ours#*:}"
	say "$name: ${theirs#*:}"
	[ -n "$ours" ] && [ "${ours%%:*}" -lt "${theirs%%:*}" ]
	note "$name-ahead" $((1 - $?))
	[[ $ours =~ ${NAMED[$kind]} ]]
	note "$name-named" $((1 - $?))
	[ -z "$ours" ] || note "$name-lead-ms" "$(calc "$(stamp "$theirs") - $(stamp "$ours")")"
	[[ ! $ours =~ \(([0-9]+)/$size\) ]] || note "$name-room" $((size - BASH_REMATCH[1]))
	note "$name-kpps" "$(in_ns client sed -n 's/^ *\([0-9]*\)pps.*/\1/p' /proc/net/pktgen/c0 | awk '{ print $1 / 1000 }')"
}

for size in $SIZES; do
	table_max "$size"
	# Eight buckets are searched for an entry to evict: only where most are
	# empty does the kernel soon find none, and says the table is full.
	sysctl -qw net.netfilter.nf_conntrack_buckets=$((size * 8)) || fail buckets
	for kind in heavy spoofed; do
		for ((i = 0; i < ROUNDS; i++)); do round $kind "$size"; done
	done
done

heading "ctwatch's first line and the kernel's \"table full\""
for size in $SIZES; do
	for kind in heavy spoofed; do
		name=$kind-$size
		show $name-kpps "$kind, nf_conntrack_max $size: 1,000 packets/s"
		show $name-ahead "  ahead" "==" 1 all
		show $name-named "  names the right source" "==" 1 all
		show $name-lead-ms "  so many ms earlier, in steps of 10"
		show $name-room "  with room for so many entries"
	done
done
figures_json
