#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The four stories of operators, on a smaller scale: what they would have read
# in the log, heard as an event and asked the tool.
. "$(dirname "$0")/lib.sh"

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
network_up
ip netns exec router ctmodctl -j monitor >>/tmp/events & MONITOR=$!
sleep 1.5
dmesg -C

line() { log_of | grep -E "$1" | head -n 1; }
event() { jq -c "select($1)" /tmp/events | head -n 1; }
has_line() { [ -n "$(line "$1")" ]; }
has_event() { [ -n "$(event "$1")" ]; }
said() { within 8 has_line "$1"; }
heard() { within 10 has_event "$1"; }
top() { in_ns router ctmodctl -j top "$@"; }
# quiet: no entries, and nothing left to be said of them
quiet() {
	table_max 100000
	in_ns router conntrack -F 2>/dev/null
	within 20 eval '[ "$(stat_of router "[.level, .growth] | tostring")" = "[\"ok\",0]" ]'
	dmesg -C
	: >/tmp/events
}
kernel_full() { dmesg | grep -q 'nf_conntrack: table full'; }

say "a command starts tracking on a busy server, and the table fills in seconds"
table_max 4000
flood client c0 12000 "src_min 10.1.3.3" "src_max 10.1.3.3" "delay 1000000" \
	"udp_src_min 1024" "udp_src_max 65535" & BUSY=$!
sleep 2
equal "nothing is tracked, nothing said" "$(log_of)" ""
tracking_on router
check "it is said when it starts" said 'tracking started'
matches "with how fast the table fills" "$(line 'tracking started')" \
	'^netns [0-9]+: connection tracking started \(ipv4, ipv6\), conntrack table max 4000, [0-9]+ entr(y|ies) already, \+[0-9]+/s, full in [0-9.]+[smh]$'
check "a warning follows" said ': warning: '
matches "that names the source" "$(line ': warning: ')" "$TOP_SOURCES"'10\.1\.3\.3 '
wait $BUSY
equal "as an event" "$(event '.event == "tracking"' | jq -c '[.tracking, ."max-entries"]')" '[["ipv4","ipv6"],4000]'
check "before the kernel had to say it" eval \
	'! kernel_full || dmesg | grep -m1 -E "ctwatch:.*warning|table full" | grep -q warning'

say "a router drops the traffic of phones, and nobody looks"
quiet
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600 \
	net.netfilter.nf_conntrack_udp_timeout_stream=600
sysctl -qw net.netfilter.nf_conntrack_buckets=131072 net.core.message_cost=0
table_max 1600
flood client c0 1500 "src_min 10.1.9.9" "src_max 10.1.9.9" \
	"udp_src_min 1024" "udp_src_max 65535"
sleep 1.2
flood client c0 600 "src_min 10.1.50.1" "src_max 10.1.50.200" "flag IPSRC_RND" \
	"udp_src_min 700" "udp_src_max 1000" "flag UDPSRC_RND"
check "that it is full is said" said ': full: '
matches "by whom" "$(line ': full: ')" \
	': full: [0-9]+ packets? dropped.*; '"$TOP_SOURCES"'10\.1\.9\.9 [0-9]+% '
check "as an event" heard '.level == "full" and .["new-drop"] > 0'
lost=$(jq -cs '[.[] | select(.level == "full") | .dropped[].address] | unique' /tmp/events)
say "$lost"
# A drop is known when the next packet comes: the first event may be too early.
equal "no other source than phones is said to have lost packets" \
	"$(jq 'all(startswith("10.1.50."))' <<<"$lost")" true
equal "and the tool knows which" \
	"$(in_ns router ctmodctl -j sources | jq '[.source[] | select(.drop > 0 and (.address | startswith("10.1.50.")))] | length > 0')" true
stats=$(in_ns router ctmodctl -j stats)
equal "every drop has its source" "$(jq '."drop-attributed"' <<<"$stats")" "$(jq .drop <<<"$stats")"
in_ns router conntrack -D -s 10.1.9.9 >/dev/null 2>&1
in_ns router conntrack -F 2>/dev/null
check "the end is said" said ': cleared: '
matches "with what it cost" "$(log_of | grep ': cleared: ' | tail -n 1)" \
	': cleared: conntrack table [0-9]+% full .* after [0-9.]+[smh], peak 1[0-9]{2}% [0-9.]+[smh] ago, [0-9]+ packets dropped'

say "a web server's TIME_WAITs towards a proxy"
quiet
serve_all
in_ns router sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_time_wait=600
connections client tcp 90 10.1.0.38 10.2.0.1 7
connections client tcp 3 10.1.0.50 10.2.0.1 7
within 20 eval '[ "$(stat_of router .growth)" = 0 ]'
dmesg -C
table_max 110
check "a warning" said ': warning: '
matches "that says TIME_WAIT" "$(line ': warning: ')" \
	'conntrack table 84% full \(93/110\), .*; top sources: 10\.1\.0\.38 96% \(TIME_WAIT 100%\), 10\.1\.0\.50 3% '
check "as an event" heard '.level == "warning" and .census.group[0].kind.state == "time-wait"'
equal "top says so" "$(top | jq -c '.group[0] | [.src, .protocol, .state, .entries]')" '["10.1.0.38","tcp","time-wait",90]'
in_ns router conntrack -D -s 10.1.0.38 >/dev/null 2>&1
equal "and afterwards too" "$(top --peak | jq -c '.group[0] | [.src, .state, .entries]')" '["10.1.0.38","time-wait",90]'

say "a team counts states and top talkers"
counted() { in_ns router conntrack -L "$@" 2>/dev/null | wc -l; }
connections client udp 20 10.1.0.7 10.2.0.1 7
connections client icmp 5 10.1.0.7 10.2.0.1
equal "states" "$(top --by state -N 0 | jq -r '.group[] | select(.state == "time-wait") | .entries')" \
	"$(counted -p tcp --state TIME_WAIT)"
equal "protocols" "$(top --by proto -N 0 | jq -c '[.group[] | {(.protocol): .entries}] | add | [.tcp, .udp, .icmp]')" \
	"[$(counted -p tcp),$(counted -p udp),$(counted -p icmp)]"
equal "the top talker" "$(top --by src -N 1 | jq -r '.group[0] | "\(.src) \(.entries)"')" "10.1.0.7 25"
equal "where to" "$(top --by dst,dport,proto -N 1 | jq -r '.group[0] | "\(.dst) \(.dport) \(.protocol)"')" "10.2.0.1 7 udp"

kill -INT $MONITOR
wait $MONITOR
finish
