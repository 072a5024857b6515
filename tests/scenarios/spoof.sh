#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A flood of spoofed sources neither grows a table nor names an innocent; a
# real source that makes a twentieth of the noise is on top within two seconds,
# however long the flood has lasted.
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-10}

modprobe pktgen 2>/dev/null
modprobe ctwatch sources=512 || exit
tracked_network
table_max 20000
in_ns router sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.r0.rp_filter=0
in_ns router ctmodctl config predict-time=0

# Until it is told to stop; not at full speed, or nobody gets to ask meanwhile.
flood client c0 0 "delay 400000" "src_min 11.0.0.0" "src_max 223.255.255.255" "flag IPSRC_RND" \
	"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND" &
FLOOD=$!
within 30 eval '[ "$(stat_of router .sources)" = 512 ]'
tap $? "the table of sources is full"

attempts() { stat_of router .attempts; }
first=$(attempts)
sleep 5
noise=$((($(attempts) - first) / 5))
say "noise: about $noise new sources a second"

# heavy ADDRESS RATE SECONDS: so many new connections a second
heavy() {
	exec ip netns exec client python3 - "$@" <<-'PY'
		import socket, sys, time
		source, rate, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
		start = time.monotonic()
		sent = 0
		while (now := time.monotonic() - start) < seconds:
		    while sent < now * rate:
		        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
		            s.bind((source, 2000 + sent))
		            s.sendto(b"x", ("10.2.0.1", 9))
		        sent += 1
		    time.sleep(0.02)
	PY
}

named=0
for ((round = 1; round <= ROUNDS; round++)); do
	heavy "10.1.1.$round" $((noise / 19 + 1)) 30 & HEAVY=$!
	start=$(date +%s%N)
	# its first packet, then two seconds
	within 5 eval '[ "$(source_of router 10.1.1.'$round' .count)" != null ]'
	sleep 1.8
	top=$(in_ns router ctmodctl -j sources -N 1 | jq -r '.source[0] | "\(.address) \(.recent)"')
	say "round $round: on top: $top, after $((($(date +%s%N) - start) / 1000000)) ms"
	[ "${top% *}" = "10.1.1.$round" ] && named=$((named + 1))
	kill $HEAVY 2>/dev/null
	wait $HEAVY 2>/dev/null
done
equal "a new heavy source is on top two seconds after it came, of $ROUNDS" "$named" "$ROUNDS"

stats=$(in_ns router ctmodctl -j stats)
equal "the table keeps its bound" "$(jq .sources <<<"$stats")" 512
check "there were many more" test "$(jq .attempts <<<"$stats")" -gt 10000
flood_end $FLOOD
# Without the real one the line names nobody.
check "lines name only the real sources" \
	eval '! log_of | grep -E "top sources" | grep -vE "10\.1\.1\.[0-9]+ [0-9]+%"'
check "and say diffuse" eval 'log_of | grep -q "diffuse"'
finish
