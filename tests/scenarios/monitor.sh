#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ctmodctl monitor: one that does not keep up is told how much it missed and
# goes on, others miss nothing, and each ends cleanly. Lines of all namespaces
# together are limited, events are not.
. "$(dirname "$0")/lib.sh"

NETNS=20

modprobe ctwatch || exit
LOADED=$SECONDS
# The host's view: events of all namespaces come to the initial one. As it is, a
# buffer holds thousands of events; the slow one asks for less.
ctmodctl -A -j monitor >/tmp/quick 2>/tmp/quick.err & QUICK=$!
ctmodctl -A -j monitor --buffer-size 16384 >/tmp/slow 2>/tmp/slow.err & SLOW=$!
sleep 1.5

# begin NAME: a namespace that begins to track is an event
begin() {
	ip netns add "$1"
	tracking_on "$1"
}
# events FILE JQ: how many of them
events() { jq -c "select($2)" "$1" | wc -l; }
tracking() { [ "$(events "$1" '.event == "tracking"')" -ge "$2" ]; }
lines() { wc -l <"$1"; }

for ((i = 1; i <= NETNS; i++)); do
	begin "t$i"
	in_ns "t$i" conntrack -I -t 9999 -s 10.0.0.1 -d 10.0.0.2 -p udp --sport 1 --dport 2 >/dev/null 2>&1
done
check "both get all $NETNS events" within 30 eval "tracking /tmp/quick $NETNS && tracking /tmp/slow $NETNS"

# The maximum is one for all: each change is an event of each namespace.
kill -STOP $SLOW
for ((i = 1; i <= 10; i++)); do
	before=$(lines /tmp/quick)
	table_max $((i % 2 ? 1 : 100000))
	within 5 eval "[ \$(lines /tmp/quick) -ge $((before + NETNS)) ]" || say "round $i: $(($(lines /tmp/quick) - before)) events"
done
seconds=$((SECONDS - LOADED))
say "$(lines /tmp/quick) events came to who keeps up, in $seconds s"
# A burst of 100 and two a second; of one namespace 10 and one in six seconds.
logged=$(events /tmp/quick .logged)
check "$logged lines: not more than they may be" test "$logged" -le $((100 + 2 * (seconds + 1)))
check "and not all" test "$logged" -lt "$(lines /tmp/quick)"
check "what was withheld is counted" \
	test "$(ctmodctl -A -j stats | jq '[.[].suppressed] | add')" -ge $(($(lines /tmp/quick) - logged))
kill -CONT $SLOW
overrun() { [ "$(events /tmp/slow '.event == "overrun"')" -gt 0 ]; }
check "who does not is told" within 10 overrun

begin last
inum=$(ip netns exec last stat -Lc %i /proc/self/ns/net)
has_last() { [ "$(events "$1" ".netns == $inum")" = 1 ]; }
check "it goes on" within 10 has_last /tmp/slow
check "as the other does" within 10 has_last /tmp/quick
came=$(events /tmp/slow '.event != "overrun"')
missed=$(jq -s '[.[] | .missed // 0] | add' /tmp/slow)
check "it says how many it missed: $missed" test "$missed" -gt 0
equal "came and missed" $((came + missed)) "$(lines /tmp/quick)"
equal "who kept up was told nothing" "$(cat /tmp/quick.err)" ""
equal "each line is an object with a time" \
	"$(jq -r .timestamp /tmp/quick /tmp/slow | grep -cE '^20[0-9-]{8}T[0-9:]{8}\.')" \
	"$(cat /tmp/quick /tmp/slow | wc -l)"
kill -INT $QUICK $SLOW
wait $QUICK
equal "SIGINT ends one" $? 0
wait $SLOW
equal "and the other" $? 0
finish
