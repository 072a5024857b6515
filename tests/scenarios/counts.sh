#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A source's count equals the number of connections it opened: forwarded, to
# the tracking host, from it; IPv4 and IPv6; TCP, UDP, ICMP.
. "$(dirname "$0")/lib.sh"

modprobe ctwatch || exit
tracked_network
serve_all
N=40

# expect NAME NETNS-OF-SOURCE SOURCE WHERE(address in sources) PROTOCOL STATE
expect() {
	local name=$1 source=$2 protocol=$3 state=$4 count=$5
	equal "$name: count of $source" "$(source_of router "$source" .count)" "$count"
	equal "$name: by kind" \
		"$(source_of router "$source" "[.kind[] | select(.protocol == \"$protocol\" and .state == \"$state\")][0].count")" \
		"$count"
}

in_ns router ctmodctl reset
connections client tcp $N 10.1.0.1 10.2.0.1 7
expect "forwarded TCP, IPv4" 10.1.0.1 tcp syn-sent $N
connections client udp $N 10.1.0.2 10.2.0.1 7
expect "forwarded UDP, IPv4" 10.1.0.2 udp unreplied $N
connections client icmp $N 10.1.0.3 10.2.0.1
expect "forwarded ICMP, IPv4" 10.1.0.3 icmp unreplied $N
connections client tcp $N fd01:0:0:1::1 fd02::1 7
expect "forwarded TCP, IPv6" fd01:0:0:1:: tcp syn-sent $N
connections client udp $N fd01:0:0:2::1 fd02::1 7
expect "forwarded UDP, IPv6" fd01:0:0:2:: udp unreplied $N
connections client icmp $N fd01:0:0:3::1 fd02::1
expect "forwarded ICMP, IPv6" fd01:0:0:3:: icmpv6 unreplied $N

# Two hosts of one /64 are one source.
connections client tcp 3 fd01:0:0:4::1 fd02::1 7
connections client tcp 4 fd01:0:0:4:1::9 fd02::1 7
expect "one /64" fd01:0:0:4:: tcp syn-sent 7
equal "prefix length" "$(source_of router fd01:0:0:4:: '."prefix-len"')" 64

# From the router itself, and to it.
in_ns router ctmodctl reset
connections router tcp $N 198.51.100.2 10.2.0.1 7
expect "local out TCP, IPv4" 198.51.100.2 tcp syn-sent $N
connections router udp $N fd00:5::2 fd02::1 7
expect "local out UDP, IPv6" fd00:5:: udp unreplied $N
serve router 8 127.0.0.1 192.0.2.2 fd00:c::2
in_ns router ctmodctl reset
connections client tcp $N 10.1.0.5 192.0.2.2 8
expect "local in TCP, IPv4" 10.1.0.5 tcp syn-sent $N
connections client udp $N fd01:0:0:5::1 fd00:c::2 8
expect "local in UDP, IPv6" fd01:0:0:5:: udp unreplied $N
connections router tcp $N 127.0.0.1 127.0.0.1 8
expect "over loopback" 127.0.0.1 tcp syn-sent $N

equal "attempts are the sum of sources" "$(stat_of router .attempts)" \
	"$(in_ns router ctmodctl -j sources | jq '[.source[].count] | add')"
equal "attempts are the sum of kinds" "$(stat_of router .attempts)" \
	"$(stat_of router '[.kind[].count] | add')"
equal "nothing is unattributed" "$(stat_of router .unattributed)" 0

# Exact up to the capacity: more sources than any set of the hash table holds.
in_ns router ctmodctl reset
connections client sources udp 10.1.4.0 2000 10.2.0.1 7 2
equal "2,000 sources" "$(stat_of router .sources)" 2000
equal "each has its two" \
	"$(in_ns router ctmodctl -j sources | jq -c '[.source[] | [.count, .error]] | unique')" "[[2,0]]"

# A connection picked up under way, as after a failover.
in_ns router ctmodctl reset
in_ns router sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1
in_ns client python3 - <<-'PY' &
	import os, socket, time
	s = socket.socket()
	s.bind(("10.1.0.9", 0))
	s.connect(("10.2.0.1", 7))
	s.sendall(b"x"); s.recv(1)
	open("/tmp/opened", "w").close()
	while not os.path.exists("/tmp/flushed"):
	    time.sleep(0.1)
	s.sendall(b"x"); s.recv(1)
PY
PICKED=$!
within 20 test -e /tmp/opened
in_ns router conntrack -F 2>/dev/null
touch /tmp/flushed
wait $PICKED
equal "picked up under way" \
	"$(source_of router 10.1.0.9 '[.kind[] | "\(.protocol) \(.state) \(.count)"] | join(", ")')" \
	"tcp syn-sent 1, tcp established 1"
finish
