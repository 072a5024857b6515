#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Answers about the table are shared, told to be cut short when they go, and
# given back; the last peak is remembered with who it was; lines and events name
# those who hold the table.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/results.sh"

modprobe ctwatch || exit
tracked_network
serve_all
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=9999 \
	net.netfilter.nf_conntrack_udp_timeout_stream=9999

snapshot() { results in_ns router python3 "$HERE/snapshot.py" "$1"; }

# inserted FIRST COUNT EACH: entries that no packet made, of COUNT sources from
# 10.1.FIRST.0 upwards, EACH of each
inserted() {
	local i j
	for ((i = 0; i < $2; i++)); do
		for ((j = 1; j <= $3; j++)); do
			echo "-I -t 9999 -s 10.1.$(($1 + i / 256)).$((i % 256)) -d 10.2.0.1" \
				"-p udp --sport $j --dport $((j + 1))"
		done
	done >/tmp/inserted
	in_ns router conntrack -R /tmp/inserted >/tmp/restored 2>&1 || sed 's/^/# /' /tmp/restored
}

level() { stat_of router .level; }
becomes() { within 4 eval '[ "$(level)" = '"$1"' ]'; }
flushed() { in_ns router conntrack -F 2>/dev/null; }

inserted 0 600 2
say "the same answer for two"
snapshot share
say "a crowd"
sysctl -qw net.netfilter.nf_conntrack_buckets=1048576
snapshot crowd
sysctl -qw net.netfilter.nf_conntrack_buckets=4096
say "slow readers"
snapshot slow
say "readers that leave"
snapshot abandon

say "a line and an event"
flushed
within 8 eval '[ "$(stat_of router .growth)" = 0 ]'
ip netns exec router ctmodctl -j monitor >/tmp/events & MONITOR=$!
connections client tcp 60 10.1.0.7 10.2.0.1 7
connections client udp 12 10.1.0.8 10.2.0.1 7
connections client udp 3 fd01:0:0:7::1 fd02::1 7
# No hurry: else a line may not wait for a walk.
within 20 eval '[ "$(stat_of router .growth)" = 0 ]'
dmesg -C
table_max 90
check "83 %: warning" becomes warning
matches "the line names who holds the table" "$(log_of)" \
	'^netns [0-9]+: warning: conntrack table 83% full \(75/90\), [+-][0-9]/s(, full in [0-9.]+[smh])?; top sources: 10\.1\.0\.7 80% \(TIME_WAIT 100%\), 10\.1\.0\.8 16% \(udp REPLIED 100%\), fd01:0:0:7::/64 4% \(udp REPLIED 100%\)$'
event_came() { grep -q '"warning"' /tmp/events; }
within 10 event_came
tap $? "the event came"
event=$(jq -c 'select(.event == "level" and .level == "warning")' /tmp/events | head -n 1)
equal "its census" "$(jq -c '.census | [.seen, .matched, .entries, .unattributed, .ungrouped, .groups]' <<<"$event")" \
	'[75,75,75,0,0,3]'
equal "its groups" "$(jq -c '[.census.group[] | [.src, .entries, .kind.protocol, .kind.state, .kind.count]]' <<<"$event")" \
	'[["10.1.0.7",60,"tcp","time-wait",60],["10.1.0.8",12,"udp","replied",12],["fd01:0:0:7::",3,"udp","replied",3]]'
equal "its text is the line" "$(jq -r .text <<<"$event")" "$(log_of)"

say "the peak"
# By conntrack -L, before it goes.
held=$(in_ns router conntrack -L -o extended 2>/dev/null | grep -c ' src=10.1.0.7 ')
flushed
check "empty: ok" becomes ok
equal "an empty table" "$(in_ns router ctmodctl -j top | jq .census.seen)" 0
peak=$(in_ns router ctmodctl -j top --peak -b src,proto,state)
equal "tells who it was" \
	"$(jq -c '[.peak, .census.seen, (.group[0] | .src, .protocol, .state, .entries)]' <<<"$peak")" \
	"[true,75,\"10.1.0.7\",\"tcp\",\"time-wait\",$held]"
equal "by fewer keys" "$(in_ns router ctmodctl -j top --peak -b proto | jq -c '[.group[] | [.protocol, .entries]]')" \
	'[["tcp",60],["udp",15]]'
equal "by shorter prefixes" "$(in_ns router ctmodctl -j top --peak -b src/24/48 |
	jq -c '[.group[] | [.src, ."src-prefix-len", .entries]]')" '[["10.1.0.0",24,72],["fd01::",48,3]]'
matches "stats says it" "$(in_ns router ctmodctl stats)" 'At the last peak, .* of 75 entries:.*10\.1\.0\.7 +tcp +TIME_WAIT +60 +80%'
refused "not by what it was not kept by" in_ns router ctmodctl top --peak -b dst 2>/tmp/refusal
check "with a reason" test -s /tmp/refusal
sed 's/^/# /' /tmp/refusal
check "reset" in_ns router ctmodctl reset
refused "forgets it" in_ns router ctmodctl top --peak 2>/tmp/refusal
matches "and says so" "$(cat /tmp/refusal)" 'peak'
refused "stats has none" eval 'in_ns router ctmodctl stats | grep -q "At the last peak"'

say "nobody in particular"
table_max 65536
inserted 4 200 1
within 20 eval '[ "$(stat_of router .growth)" = 0 ]'
dmesg -C
table_max 240
check "83 %: warning" becomes warning
matches "the line has the prefix" "$(log_of)" \
	'^netns [0-9]+: warning: conntrack table 83% full \(200/240\), [+-][0-9]/s(, full in [0-9.]+[smh])?; sources: diffuse \(largest 10\.1\.4\.0/24 [0-9]+%\)$'
within 10 eval '[ "$(grep -c "\"warning\"" /tmp/events)" -ge 2 ]'
tap $? "the event came"
event=$(jq -c 'select(.event == "level" and .level == "warning")' /tmp/events | tail -n 1)
equal "the event, too" "$(jq -c '.census.diffuse | [.address, ."prefix-len", .share]' <<<"$event")" \
	'["10.1.4.0",24,100]'
kill -INT $MONITOR
wait $MONITOR
finish
