#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The story, as root in a virtual machine of its own: see demo.
#
# A web server opens a new connection to its proxy for every page, and the
# proxy's conntrack table fills with their TIME_WAITs.

set -u
DEMO_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
RUN=/run/demo
# An entry stays for two minutes after its connection ends, so a table that
# takes longer than that to fill never does. This one fills in half a minute,
# in a minute or more on a busy machine.
MAX=1500
RATE=50
FILL_LIMIT=120

# shellcheck source=tests/demo/text.sh
. "$DEMO_DIR/text.sh"
# shellcheck source=tests/demo/network.sh
. "$DEMO_DIR/network.sh"
# shellcheck source=tests/demo/follow.sh
. "$DEMO_DIR/follow.sh"
# shellcheck source=tests/demo/verdict.sh
. "$DEMO_DIR/verdict.sh"

STARTED=()
started() { STARTED+=("$1"); }

stop_all() {
	rm -f "$RUN/go"
	[ ${#STARTED[@]} = 0 ] || kill "${STARTED[@]}" 2>/dev/null
}

# give_up TEXT [LOG...]
give_up() {
	local log
	printf '\ndemo: error: %s\n' "$1"
	shift
	for log in "$@"; do tail -n 20 "$log"; done
	exit 1
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	local last=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$last" ] || return 1
		sleep 0.5
	done
}

set_up() {
	heading "A proxy with a firewall, kernel $(uname -r)"
	tell "Its connection tracking table holds $MAX entries. In the true story it was 30000, and" \
		"29457 of them came from one address."
	picture
	echo
	modprobe ctwatch || give_up "cannot load ctwatch"
	echo $MAX >/proc/sys/net/netfilter/nf_conntrack_max || give_up "cannot set nf_conntrack_max"
	network || give_up "cannot make the network"
	nft -f "$DEMO_DIR/firewall.nft" || give_up "cannot load the firewall"
	origin
	proxy
	fetch bystander 1 1 30 >"$RUN/fetch.log" || give_up "the proxy does not answer" "$RUN/fetch.log"
	prompt "modprobe ctwatch"
	prompt "sysctl net.netfilter.nf_conntrack_max=$MAX"
}

# What the web server does: see client.sh.
webserver() {
	ip netns exec webserver "$DEMO_DIR/client.sh" $RATE "$PROXY:3128" "$URL" "$RUN/go" &
	CLIENT=$!
}

# The bystander wants a page now and then. Its first failure is news.
bystander() {
	while [ -e "$RUN/go" ]; do
		if ! fetch bystander 1 1 3 >/dev/null && [ ! -e "$RUN/failed" ]; then
			at "$(now)" bystander "no answer from the proxy for 3 s"
			: >"$RUN/failed"
		fi
		sleep 3
	done
}

show_table() {
	local count
	read -r count </proc/sys/net/netfilter/nf_conntrack_count
	at "$(now)" table "$((count * 100 / MAX))% full ($count/$MAX)"
}

# What the operator looks at when the warning comes.
look() {
	ctmodctl -j sources >"$RUN/sources.json"
	ctmodctl -j top >"$RUN/top.json"
	echo
	tell "Who holds the table:"
	echo
	show ctmodctl top -N 4
	echo
	tell "Who makes new entries:"
	echo
	show ctmodctl sources
	tell "(10.0.0.1 is the proxy itself, which keeps its connections to the origin.)"
	echo
}

# Until the kernel drops.
fill() {
	local last=$((SECONDS + FILL_LIMIT)) next=$SECONDS
	until happened kernel; do
		[ "$SECONDS" -lt "$last" ] || return 1
		if [ "$SECONDS" -ge "$next" ]; then
			show_table
			next=$((SECONDS + 5))
		fi
		[ -e "$RUN/sources.json" ] || ! happened warned || look
		sleep 0.5
	done
}

time_waits() { conntrack -L -p tcp --state TIME_WAIT "$@" 2>/dev/null | wc -l; }

story() {
	heading "$WEBSERVER asks for $RATE pages a second, each over a new connection"
	: >"$RUN/go"
	begin
	webserver
	bystander &
	BYSTANDER_JOB=$!
	if ! fill; then
		echo
		tell "The table is not full after $FILL_LIMIT s: is this machine too busy?"
		return 1
	fi
	TIME_WAITS=$(time_waits -s "$WEBSERVER")
	wait_for 3 happened full
	ctmodctl stats >"$RUN/stats"
	wait_for 12 [ -e "$RUN/failed" ]
	heading "What ctmodctl says when the table is full"
	prompt "ctmodctl stats"
	cat "$RUN/stats"
}

remedy() {
	heading "The operator's part"
	tell "At the web server: let it keep its connections to the proxy (keep-alive). Here: make" \
		"room for the others."
	echo
	rm "$RUN/go"
	prompt "conntrack -D -s $WEBSERVER -p tcp --state TIME_WAIT"
	{ conntrack -D -s "$WEBSERVER" -p tcp --state TIME_WAIT >/dev/null; } 2>&1
	echo
	wait "$CLIENT" "$BYSTANDER_JOB"
	wait_for 15 happened cleared
	if fetch bystander 1 1 5 >/dev/null; then
		at "$(now)" bystander "served again"
	fi
	ctmodctl -j top --peak >"$RUN/peak.json"
	echo
	tell "The table is empty again. Who had filled it:"
	echo
	show ctmodctl top --peak -N 3
}

in_the_log() {
	heading "All of it in the kernel log"
	dmesg | awk -v full="$TABLE_FULL" \
		'/ctwatch: netns/ || (index($0, full) && !n++)' | wrap_log
}

main() {
	mkdir -p $RUN
	trap stop_all EXIT
	set_up
	story && remedy
	end
	in_the_log
	heading "Did it go as it should?"
	verdicts
}

main
