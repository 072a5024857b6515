#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hostile requests to the family, from root and from who has no rights, while
# the table fills; then the same while the module comes and goes.
#
#   fuzz.sh [SECONDSs|MESSAGES] [SEED]
#
# For so long (15s), or with so many messages. The fuzzer,
# /ctwatch/fuzz/genl_fuzz, is built by tests/fuzz/build.sh.
. "$(dirname "$0")/lib.sh"

LONG=${1:-15s}
SEED=${2:-1}
FUZZ=${FUZZ:-/ctwatch/fuzz/genl_fuzz}
RELOAD_SECONDS=10

case $LONG in
*s) LIMIT=(--seconds "${LONG%s}") ;;
*) LIMIT=(--messages "$LONG") ;;
esac
if ! [ -x "$FUZZ" ]; then
	echo "not ok 1 - $FUZZ is there (see tests/fuzz/build.sh)"
	exit 1
fi

modprobe pktgen 2>/dev/null
modprobe ctwatch || exit
tracked_network
serve_all
table_max 2000
connections client tcp 20 10.1.0.2 10.2.0.1 7
connections client udp 20 fd01:0:0:7::1 fd02::1 7

# Some hundred entries a second, until it is told to stop.
flood client c0 0 "delay 4000000" "src_min 10.1.0.0" "src_max 10.1.0.255" "flag IPSRC_RND" \
	"udp_src_min 1024" "udp_src_max 65535" "flag UDPSRC_RND" &
FLOOD=$!

# Most of what is done waits for RCU; so that more is done in the time. The
# second part waits as everybody does.
expedite() { echo "$1" >/sys/kernel/rcu_expedited; }
expedite 1 || say "grace periods as they are"

say "requests of every kind"
check "the fuzzer finds nothing" "$FUZZ" --seed "$SEED" "${LIMIT[@]}" --watched router --victim server
equal "good requests are answered" "$(in_ns server ctmodctl -j config | jq -c '[.notice, .warning, .critical]')" "[60,80,90]"
table_max 100000
connections client udp 5 10.1.0.1 10.2.0.1 7
check "sources too" eval '[ "$(in_ns router ctmodctl -j sources | jq ".source | length")" -gt 0 ]'
say "$(in_ns router ctmodctl -j stats | jq -c '{attempts, entries, level, sources}')"
check "the census too" eval '[ "$(in_ns router ctmodctl -j top -b src | jq ".group | length")" -gt 0 ]'

say "the module comes and goes"
table_max 2000
expedite 0
reloads=0
reload() {
	local end=$(($(date +%s) + RELOAD_SECONDS))
	while [ "$(date +%s)" -lt "$end" ]; do
		rmmod ctwatch 2>/dev/null && reloads=$((reloads + 1))
		modprobe ctwatch
	done
}
"$FUZZ" --seed $((SEED + 1)) --seconds $((RELOAD_SECONDS + 3)) --reload --watched router --victim server &
FUZZER=$!
reload
wait $FUZZER
tap $? "the fuzzer finds nothing meanwhile"
[ "$reloads" -gt 0 ]
tap $? "unloaded and loaded under it ($reloads times)"

in_ns client sh -c 'echo stop >/proc/net/pktgen/pgctrl'
wait $FLOOD
check "good requests are answered afterwards" eval 'ctmodctl -A -j stats | jq -e "length == 4" >/dev/null'
within 20 timeout 60 rmmod ctwatch
tap $? "unloaded for good"
check "it stays away" eval '! [ -e /sys/module/ctwatch ]'
finish
