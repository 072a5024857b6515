#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where nothing tracks, loading the module starts no tracking and puts no hook
# in; where tracking starts later, the hooks are there within a second, and say
# so; packets that wait in NFQUEUE survive.
. "$(dirname "$0")/lib.sh"

network_up
serve_all
modprobe ctwatch || exit
# README.md has these numbers; tests/source/check compares.
BOUND='memory at most 1280 KiB a CPU, 1444 KiB a netns and 76032 KiB for censuses'
check "the bound of memory is told" grep -q "$BOUND" <(log_of)
sleep 1.5
connections client udp 5 10.1.0.1 10.2.0.1 7
hooks_equal "no hook of ours" router ctw_ 0
hooks_equal "no hook of conntrack" router 'conntrack|nf_confirm' 0
equal "no entries" "$(cat /proc/sys/net/netfilter/nf_conntrack_count)" 0
equal "no attempts" "$(stat_of router .attempts)" 0
equal "not tracking" "$(stat_of router '.tracking | length')" 0

dmesg -C
tracking_on router
# By the kernel's clock: to ask takes a busy emulator longer than a second.
echo "the rules are there" >/dev/kmsg
check "hooks for it" within 10 hooked router
took=$(dmesg | awk -F '[][]' '/the rules are there/ { rules = $2 }
	/ctwatch: .* tracking started/ { print int(($2 - rules) * 1000) }')
check "within a second, and what a busy machine adds ($took ms)" test "${took:-9999}" -lt 2000
matches "the log says so" "$(log_of | tail -n 1)" \
	'^netns [0-9]+: connection tracking started \(ipv4, ipv6\), conntrack table max [0-9]+(, [0-9]+ entr(y|ies) already, \+[0-9]+/s, full in [0-9.]+[smh])?$'
hooks_equal "two hooks for each family" router ctw_preconfirm 4
connections client udp 5 10.1.0.1 10.2.0.1 7
equal "now they count" "$(stat_of router .attempts)" 5

say "tracking off and on again"
in_ns router nft flush ruleset
sleep 1.5
equal "off" "$(stat_of router '.tracking | length')" 0
tracking_on router
within 5 hooked router
connections client udp 5 10.1.0.2 10.2.0.1 7
equal "counts go on" "$(stat_of router .attempts)" 10

say "packets in NFQUEUE"
rmmod ctwatch
in_ns router nft -f - <<-NFT
	table ip held {
		chain forward {
			type filter hook forward priority 5;
			udp dport 7 queue num 3
		}
	}
NFT
in_ns router python3 "$HERE/nfqueue.py" 3 10 8 & QUEUE=$!
sleep 2
in_ns client python3 - <<-'PY'
	import socket
	for i in range(10):
	    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    s.bind(("10.1.0.3", 0)); s.sendto(b"x", ("10.2.0.1", 7))
PY
modprobe ctwatch
wait $QUEUE
equal "all that waited were there to be released" $? 0
equal "and all of them were inserted, and seen" "$(source_of router 10.1.0.3 .count)" 10
finish
