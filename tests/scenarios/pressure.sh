#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Processors that go offline and come back, and memory that runs out, under a
# flood: nothing hangs, and afterwards the numbers are exact.
. "$(dirname "$0")/lib.sh"

TURNS=${1:-8}
# KiB of memory that are left when it is short
LEFT=40000
CPU1=/sys/devices/system/cpu/cpu1/online

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
serve_all
table_max 20000
# Nothing expires while it is added up.
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600

# From each CPU, so that each has something to tell. from_cpus COUNT ADDRESS
from_cpus() {
	taskset -c 0 ip netns exec client python3 "$HERE/traffic.py" udp "$1" "$2" 10.2.0.1 7
	[ "$(cat $CPU1 2>/dev/null || echo 1)" = 0 ] ||
		taskset -c 1 ip netns exec client python3 "$HERE/traffic.py" udp "$1" "$2" 10.2.0.1 7
}

noise_on() {
	flood client c0 0 "delay 100000" "src_min 11.1.0.0" "src_max 11.1.255.255" "flag IPSRC_RND" \
		"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND" &
	NOISE=$!
	within 20 noisy
}
noisy() { [ "$(in_ns router conntrack -C)" -gt 1000 ]; }
noise_off() { flood_end $NOISE; }

# What has to hold whatever happened.
adds_up() {
	local stats sources
	stats=$(in_ns router ctmodctl -j stats)
	sources=$(in_ns router ctmodctl -j sources)
	equal "$1: sources and unattributed add up" \
		"$(jq '[.source[] | .count - .error] | add' <<<"$sources")" \
		"$(jq '.attempts - .unattributed' <<<"$stats")"
	equal "$1: attempts add up" "$(jq .attempts <<<"$stats")" \
		"$(jq '.entries + ."early-drop" + ."insert-failed" + ."clash-resolve"' <<<"$stats")"
}

say "processors go and come"
if [ -w $CPU1 ]; then
	from_cpus 20 10.1.0.1
	equal "counted on two CPUs" "$(source_of router 10.1.0.1 .count)" 40
	check "one goes" eval 'echo 0 >$CPU1'
	equal "what it had counted stays" "$(source_of router 10.1.0.1 .count)" 40
	from_cpus 10 10.1.0.1
	equal "the other goes on" "$(source_of router 10.1.0.1 .count)" 50
	check "it comes back" eval 'echo 1 >$CPU1'
	from_cpus 10 10.1.0.1
	equal "and counts again" "$(source_of router 10.1.0.1 .count)" 70
	noise_on
	turned=0
	for ((i = 0; i < TURNS; i++)); do
		echo 0 >$CPU1 && ctmodctl -A stats >/dev/null && echo 1 >$CPU1 && turned=$((turned + 1))
	done
	noise_off
	equal "went and came under a flood" "$turned" "$TURNS"
	check "a module loaded with a CPU away" eval \
		'echo 0 >$CPU1; timeout 60 rmmod ctwatch && modprobe ctwatch; status=$?; echo 1 >$CPU1; [ $status = 0 ]'
	in_ns router conntrack -F 2>/dev/null
	within 5 hooked router
	in_ns router ctmodctl reset
	from_cpus 15 10.1.0.3
	equal "counts on the one that came later" "$(source_of router 10.1.0.3 .count)" 30
	adds_up "processors"
else
	skip "processors go and come" "this kernel cannot take a CPU offline"
fi

# hog: hold memory until LEFT KiB are available, then wait to be killed; the
# kernel's first choice if it has to choose.
hog() {
	echo 1000 >/proc/self/oom_score_adj
	exec python3 - "$1" <<-'PY'
		import sys, time
		def available():
		    with open("/proc/meminfo", encoding="ascii") as info:
		        return next(int(l.split()[1]) for l in info if l.startswith("MemAvailable"))
		held = []
		while available() > int(sys.argv[1]):
		    held.append(b"x" * (4 << 20))
		print("full", flush=True)
		time.sleep(600)
	PY
}

say "memory runs out"
in_ns router conntrack -F 2>/dev/null
in_ns router ctmodctl reset
hog $LEFT >/tmp/hog &
HOG=$!
within 120 grep -q full /tmp/hog
tap $? "$(awk '/MemAvailable/ { print $2 }' /proc/meminfo) KiB are left"
noise_on
answered=0
for ((i = 0; i < TURNS; i++)); do
	python3 "$HERE/namespaces.py" 8 >/dev/null
	in_ns router ctmodctl -j top -b src,dport >/dev/null && answered=$((answered + 1))
done
noise_off
say "the census answered $answered of $TURNS times"
kill $HOG 2>/dev/null || say "the kernel took the memory back"
wait $HOG 2>/dev/null
adds_up "memory"
check "all is answered again" eval 'in_ns router ctmodctl -j top | jq -e ".group | length > 0" >/dev/null'
in_ns router conntrack -F 2>/dev/null
in_ns router ctmodctl reset
connections client udp 30 10.1.0.1 10.2.0.1 7
equal "and counted" "$(source_of router 10.1.0.1 .count)" 30
within 20 timeout 60 rmmod ctwatch
tap $? "unloaded"
finish
