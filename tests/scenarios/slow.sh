#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A line does not wait for a slow walk: it says who inserts, and the event brings
# who holds the table. 32 million buckets make a walk slow, a tenth of a second
# and more; a table that fills in a second leaves less than that, the less the
# higher the level: 40 ms at critical, of which a line waits a quarter.
. "$(dirname "$0")/lib.sh"

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
sysctl -qw net.netfilter.nf_conntrack_buckets=$((1 << 25))
table_max 1000
ip netns exec router ctmodctl -j monitor >/tmp/events & MONITOR=$!
sleep 1.5
dmesg -C

flood client c0 4000 "delay 400000" "src_min 10.1.7.7" "src_max 10.1.7.7" \
	"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND"

# The first event whose line had to go out without a census, because to count
# took longer than a line may wait: a quarter of the time to full.
late() {
	jq -c 'select((.text | contains("by insertions")) and .census and
		.census.duration / 1000 > ."time-to-full" / 4)' /tmp/events | head -n 1
}
came() { [ -n "$(late)" ]; }
check "an event brings the census that its line did not wait for" within 10 came
kill -INT $MONITOR
wait $MONITOR
late=$(late)
text=$(jq -r .text <<<"$late")
matches "the line says who inserts" "$text" \
	'^netns [0-9]+: [a-z]+: .*; top sources by insertions in [0-9.]+s: 10\.1\.7\.7 [0-9]+% \(udp [0-9]+%\)$'
check "and was in the kernel log" grep -qF "$text" <(log_of)
equal "the event says who holds the table" \
	"$(jq -c '.census.group[0] | [.src, .kind.protocol, .kind.state]' <<<"$late")" '["10.1.7.7","udp","unreplied"]'
say "the walk took $(jq '.census.duration / 1000' <<<"$late") ms, to fill the table $(jq '."time-to-full"' <<<"$late") ms"
finish
