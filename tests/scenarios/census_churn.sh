#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Censuses under churn: entries are inserted and evicted at full speed, deleted,
# flushed, and the table is resized meanwhile. Every census adds up, and saw
# neither too little nor too much. Then unloading while censuses are taken.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/results.sh"

SECONDS_EACH=${1:-12}
MAX=${2:-4000}

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
table_max "$MAX"
sysctl -qw net.netfilter.nf_conntrack_buckets=4096
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=9999
# The kernel tells of each packet that it drops, as often as it may.
sysctl -qw net.core.message_cost=60
JOBS=

# in the background, until churn_ends
churn() {
	"$@" &
	JOBS="$JOBS $!"
}

churn_ends() {
	touch /tmp/churn-is-over
	# shellcheck disable=SC2086
	flood_end $JOBS
	rm -f /tmp/churn-is-over
	JOBS=
}

over() { [ -e /tmp/churn-is-over ]; }

# On a busy machine pktgen's thread may forget a device only after the next one
# was added, that one too; then it has nothing to do.
flood_until_stopped() {
	until over; do
		flood client c0 0 "src_min 10.1.0.0" "src_max 10.1.3.255" "flag IPSRC_RND" \
			"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND"
	done
}

delete() {
	local i=0
	until over; do
		in_ns router conntrack -D -s 10.1.$((i++ % 4)).0/27 >/dev/null 2>&1
	done
}

flush() {
	until over; do
		in_ns router conntrack -F >/dev/null 2>&1 && echo >>/tmp/flushes
		sleep 2
	done
}

# watch [KIND]
watch() { results in_ns router python3 "$HERE/census_churn.py" watch "$SECONDS_EACH" "$@"; }

full() { [ "$(in_ns router cat /proc/sys/net/netfilter/nf_conntrack_count)" -ge $((MAX * 9 / 10)) ]; }

# watch_resized [KIND]: take censuses while the table gets other sizes
watch_resized() {
	local resize
	python3 "$HERE/census_churn.py" resize $((SECONDS_EACH + 1)) >/tmp/resized &
	resize=$!
	watch "$@"
	wait $resize
	results cat /tmp/resized
}

early_drop() { in_ns router conntrack -S | grep -o 'early_drop=[0-9]*' | awk -F= '{ n += $2 } END { print n }'; }

say "inserted, evicted and resized"
churn flood_until_stopped
within 60 full
tap $? "the table is full"
before=$(early_drop)
watch_resized evenly
evicted=$(($(early_drop) - before))
[ "$evicted" -gt 0 ]
tap $? "entries were evicted ($evicted)"

say "and deleted and flushed as well"
churn delete
churn flush
watch_resized
churn_ends
check "the table was flushed ($(wc -l </tmp/flushes) times)" test "$(wc -l </tmp/flushes)" -gt 1

say "when it is quiet again"
in_ns router conntrack -F 2>/dev/null
flood client c0 3000 "src_min 10.1.0.0" "src_max 10.1.3.255" "flag IPSRC_RND" \
	"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND"
results python3 "$HERE/compare.py" quick router

say "unloading"
ip netns exec router python3 "$HERE/census_churn.py" hold 60 >/tmp/holding &
HOLD=$!
within 20 grep -q holding /tmp/holding
refused "not while a dump is under way" rmmod ctwatch 2>/tmp/refusal
check "the module is in use" grep -q "in use" /tmp/refusal
kill $HOLD
wait $HOLD 2>/dev/null
unload() { rmmod ctwatch 2>/dev/null || ! grep -q '^ctwatch ' /proc/modules; }
within 20 unload
tap $? "but when it has ended"
check "loaded" modprobe ctwatch
in_ns router python3 "$HERE/census_churn.py" ask "$SECONDS_EACH" >/tmp/asked 2>&1 &
ASK=$!
loads=0
for i in 1 2 3 4 5; do
	within 20 unload && modprobe ctwatch && loads=$((loads + 1))
	sleep 0.5
done
equal "unloaded and loaded while censuses are taken" "$loads" 5
wait $ASK
results cat /tmp/asked
results python3 "$HERE/compare.py" quick router
finish
