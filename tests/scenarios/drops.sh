#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whose packets the kernel drops when the table is full: forwarded ones in
# softirqs, local ones of processes, both at once; IPv4 and IPv6. Against the
# kernel's own counter.
. "$(dirname "$0")/lib.sh"

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
# Entries that stay, and few of them in many buckets: early_drop() finds none
# to evict in half of the cases, and the packet goes.
table_max 3000
sysctl -qw net.netfilter.nf_conntrack_buckets=131072
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600

hooks_equal "no hooks for it yet" router ctw_drop 0

# heavy PACKETS SOURCE: one source, always new ports
heavy() {
	flood client c0 "$1" "src_min $2" "src_max $2" \
		"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND"
}

# attributed NAME: to a tenth of a per cent of the kernel's counter, not above
attributed() {
	local stats drop known
	stats=$(in_ns router ctmodctl -j stats)
	drop=$(jq .drop <<<"$stats")
	known=$(jq '."drop-attributed"' <<<"$stats")
	[ "$drop" -gt 100 ] && [ "$known" -le "$drop" ] && [ $((known * 1000)) -ge $((drop * 999)) ]
	tap $? "$1: $known of $drop attributed"
}

say "forwarded"
heavy 8000 10.1.9.9
sleep 1.2
attributed "one source"
hooks_equal "now they are in" router ctw_drop 8
equal "they are all its" "$(source_of router 10.1.9.9 .drop)" "$(stat_of router '."drop-attributed"')"
matches "the line names it" "$(log_of | grep ': full: ' | tail -n 1)" \
	'^netns [0-9]+: full: [0-9]+ packets? dropped, [0-9]+ entr(y|ies) evicted early in [0-9.]+s; '"$TOP_SOURCES"'10\.1\.9\.9 [0-9]+% \(udp( UNREPLIED)? [0-9]+%\).*; dropped sources: 10\.1\.9\.9 100%'

say "many sources"
in_ns router ctmodctl reset
flood client c0 8000 "src_min 10.1.0.0" "src_max 10.1.7.255" "flag IPSRC_RND" \
	"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND"
attributed "2,048 sources"
equal "the sum over the sources" \
	"$(in_ns router ctmodctl -j sources | jq '[.source[].drop] | add')" "$(stat_of router '."drop-attributed"')"

say "from processes"
# local_out COUNT SOURCE DEST: datagrams that the router sends itself
local_out() {
	in_ns router python3 - "$@" <<-'PY'
		import socket, sys
		count, source, dest = int(sys.argv[1]), sys.argv[2], sys.argv[3]
		family = socket.AF_INET6 if ":" in dest else socket.AF_INET
		dropped = 0
		for i in range(count):
		    with socket.socket(family, socket.SOCK_DGRAM) as s:
		        s.bind((source, 2000 + i))
		        try:
		            s.sendto(b"x", (dest, 9))
		        except PermissionError:
		            dropped += 1
		print(dropped)
	PY
}
in_ns router ctmodctl reset
told=$(local_out 1500 198.51.100.2 10.2.0.1)
attributed "local out, IPv4"
equal "what the process was told" "$(source_of router 198.51.100.2 .drop)" "$told"
in_ns router ctmodctl reset
told=$(local_out 1500 fd00:5::2 fd02::1)
attributed "local out, IPv6"
equal "what the process was told" "$(source_of router fd00:5:: .drop)" "$told"

say "both at once, on two processors"
in_ns router ctmodctl reset
local_out 2000 198.51.100.2 10.2.0.1 >/tmp/told1 & ONE=$!
local_out 2000 fd00:5::2 fd02::1 >/tmp/told2 & TWO=$!
heavy 20000 10.1.9.9
wait $ONE $TWO
attributed "together"
equal "a process's share, IPv4" "$(source_of router 198.51.100.2 .drop)" "$(cat /tmp/told1)"
equal "a process's share, IPv6" "$(source_of router fd00:5:: .drop)" "$(cat /tmp/told2)"
finish
