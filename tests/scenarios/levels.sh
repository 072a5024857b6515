#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Levels as the table fills and empties: lines in the kernel log, events, JSON,
# and that they agree; hysteresis; a maximum that changes; limits of lines.
. "$(dirname "$0")/lib.sh"

modprobe ctwatch || exit
tracked_network
serve_all
table_max 200
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600 \
	net.netfilter.nf_conntrack_udp_timeout_stream=600
# Speed is another test's business.
check "no prediction" in_ns router ctmodctl config predict-time=0

# Not through a function: $! is to be ctmodctl itself.
ip netns exec router ctmodctl -j monitor >/tmp/events & MONITOR=$!
ip netns exec router ctmodctl monitor >/tmp/lines & MONITOR2=$!
sleep 1
dmesg -C

level() { stat_of router .level; }
fill() { connections client udp "$1" "${2:-10.1.0.1}" 10.2.0.1 7; }
# becomes LEVEL: the tick is a second
becomes() { within 4 eval '[ "$(level)" = '"$1"' ]'; }

fill 116
check "58 %: ok" becomes ok
equal "nothing said" "$(log_of)" ""
fill 4
check "60 %: notice" becomes notice
fill 30
check "75 %: still notice" becomes notice
fill 10 10.1.0.2
check "80 %: warning" becomes warning
matches "the line of the warning" "$(log_of | grep warning)" \
	'^netns [0-9]+: warning: conntrack table 80% full \(160/200\), \+[0-9]+/s(, full in [0-9.]+[smh])?; '"$TOP_SOURCES"'10\.1\.0\.1 [0-9]+% \(udp( REPLIED)? [0-9]+%\), 10\.1\.0\.2 [0-9]+% \(udp( [A-Z]+)? [0-9]+%\)$'
fill 20
check "90 %: critical" becomes critical

# Down: five points below each threshold.
in_ns router conntrack -D -s 10.1.0.2 >/dev/null 2>&1
check "85 %: still critical" becomes critical
equal "entries" "$(stat_of router .entries)" 170
in_ns router conntrack -F 2>/dev/null
check "empty: ok" becomes ok
matches "the line says it is over" "$(log_of | tail -n 1)" \
	'^netns [0-9]+: cleared: conntrack table 0% full \(0/200\) after [0-9.]+s, peak 90% [0-9.]+s ago$'
# A second may fall into the deletion: then it is cleared in two steps.
matches "notice, warning, critical, cleared" \
	"$(log_of | sed 's/netns [0-9]*: \([a-z]*\):.*/\1/' | xargs)" '^notice warning critical( cleared)+$'

# A smaller maximum moves the thresholds within a second.
fill 60
table_max 64
check "a smaller maximum: critical" becomes critical
table_max 200
check "a larger one: ok" becomes ok
table_max 70
check "another: warning" becomes warning
table_max 100000
check "and back: ok" becomes ok
if sysctl -qw net.netfilter.nf_conntrack_max=0 2>/dev/null; then
	sleep 1.5
	equal "no limit: ok" "$(level)" ok
	equal "no limit: max-entries" "$(stat_of router '."max-entries"')" 0
else
	say "this kernel has no 'no limit'"
fi

# A burst of changes runs into the limit of lines, and is counted: sooner where
# changes are fast.
said() { log_of | grep -q ", [0-9]* messages* suppressed$"; }
before=$(log_of | wc -l)
for ((changes = 0; changes < 60; changes += 2)); do
	! said || break
	table_max 62; within 4 eval '[ "$(level)" = critical ]'
	table_max 100000; within 4 eval '[ "$(level)" = ok ]'
done
check "lines are limited ($changes changes)" test $(($(log_of | wc -l) - before)) -lt $changes
check "what was withheld is counted" test "$(stat_of router .suppressed)" -gt 0
check "and said" said

# repeat: the level lasts.
in_ns router ctmodctl config repeat=1
sleep 7
n=$(log_of | wc -l)
table_max 62
sleep 9
check "a level that lasts is repeated" test $(($(log_of | wc -l) - n)) -ge 2
table_max 100000
check "ok again" becomes ok
in_ns router ctmodctl config log=0
n=$(log_of | wc -l)
table_max 62
check "critical without a line" becomes critical
equal "log=0 writes nothing" "$(log_of | wc -l)" "$n"

sleep 1
kill -INT $MONITOR $MONITOR2
wait $MONITOR
equal "monitor ends cleanly" $? 0
wait $MONITOR2

# What the log says, the monitor said, in the same order and words.
equal "monitor delivers the lines of the log" \
	"$(jq -r 'select(.logged) | .text' /tmp/events | sha256sum)" "$(log_of | sha256sum)"
equal "as text too" "$(wc -l </tmp/lines)" "$(wc -l </tmp/events)"
check "events without a line come too" \
	eval '[ "$(jq -r "select(.logged | not) | .text" /tmp/events | wc -l)" -gt 0 ]'
equal "each is of this netns" "$(jq -r .netns /tmp/events | sort -u)" \
	"$(in_ns router stat -Lc %i /proc/self/ns/net)"
warning=$(jq -c 'select(.event == "level" and .level == "warning")' /tmp/events | head -n 1)
equal "the event's facts" \
	"$(jq -c '[."previous-level", ."max-entries", .source[0].address, .source[0].kind[0].protocol]' <<<"$warning")" \
	'["notice",200,"10.1.0.1","udp"]'
finish
