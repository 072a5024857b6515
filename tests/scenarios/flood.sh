#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A flood past the limit: the numbers add up exactly, the line comes before the
# kernel's own every time, and no table grows.
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-10}
MAX=${2:-10000}
PACKETS=${3:-30000}

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
table_max "$MAX"
# Many more buckets than entries: early_drop() looks at eight of them, finds
# nothing often enough, and the kernel complains.
sysctl -qw net.netfilter.nf_conntrack_buckets=131072
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600
# The kernel limits its own lines to ten in five seconds, whoever they are from:
# a round must not be silent for what another one said.
sysctl -qw net.core.message_cost=1

random_flood() {
	flood client c0 "$PACKETS" "src_min 10.1.0.0" "src_max 10.1.255.255" \
		"flag IPSRC_RND" "udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND"
}

# Entries of the router, all others of this table being none.
entries() { in_ns router cat /proc/sys/net/netfilter/nf_conntrack_count; }

settled() { local a; a=$(entries); sleep 0.3; [ "$a" = "$(entries)" ]; }

say "attempts = entries + evictions + failures"
in_ns router ctmodctl reset
random_flood
within 10 settled
stats=$(in_ns router ctmodctl -j stats)
say "$stats"
field() { jq -r "$1" <<<"$stats"; }
# A clash that was resolved drops the newcomer: counted once, as clash-resolve.
equal "attempts add up" "$(field .attempts)" \
	"$(field '.entries + ."early-drop" + ."insert-failed" + ."clash-resolve"')"
check "the flood went past the limit" test "$(field '."early-drop" + .drop')" -gt 0
equal "kinds add up" "$(field '[.kind[].count] | add')" "$(field .attempts)"
sources=$(in_ns router ctmodctl -j sources)
equal "sources and unattributed add up" \
	"$(jq '[.source[] | .count - .error] | add' <<<"$sources")" \
	"$(field '.attempts - .unattributed')"
check "the table of sources keeps its bound" \
	test "$(field .sources)" -le "$(field '."sources-max"')"

say "first ctwatch's line, then the kernel's"
ahead=0 named=0
for ((round = 1; round <= ROUNDS; round++)); do
	in_ns router conntrack -F 2>/dev/null
	# Anew each time: neither a level nor a speed is known beforehand.
	rmmod ctwatch && modprobe ctwatch
	dmesg -C
	random_flood
	within 10 eval 'dmesg | grep -q "nf_conntrack: .*table full"'
	dmesg >"/tmp/round.$round"
	ours=$(grep -nE 'ctwatch: netns [0-9]+: (notice|warning|critical): ' "/tmp/round.$round" |
		head -n 1)
	theirs=$(grep -n 'nf_conntrack: .*table full' "/tmp/round.$round" | head -n 1)
	say "round $round: $(cut -d: -f2- <<<"$ours" | cut -c1-200)"
	say "round $round: ${theirs#*:}"
	[ -n "$ours" ] && [ -n "$theirs" ] && [ "${ours%%:*}" -lt "${theirs%%:*}" ] &&
		ahead=$((ahead + 1))
	grep -q 'diffuse (largest 10.1.0.0/16 [0-9]*%)' <<<"$ours" && named=$((named + 1))
done
equal "warned before the table was full, of $ROUNDS" "$ahead" "$ROUNDS"
equal "said diffuse, with the prefix, and named no host" "$named" "$ROUNDS"
finish
