#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may see and change what; and nonsense changes nothing.
. "$(dirname "$0")/lib.sh"

modprobe ctwatch || exit
tracked_network
serve_all
connections client udp 5 10.1.0.1 10.2.0.1 7
router=$(in_ns router stat -Lc %i /proc/self/ns/net)
client=$(in_ns client stat -Lc %i /proc/self/ns/net)

say "an unprivileged user"
user() { in_ns router setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$@"; }
equal "sees totals" "$(user ctmodctl -j stats | jq .attempts)" 5
equal "sees settings" "$(user ctmodctl -j config | jq .notice)" 60
refused "sees no sources" user ctmodctl sources
matches "is told what to do" "$(user ctmodctl sources 2>&1)" "CAP_NET_ADMIN|root"
refused "sets nothing" user ctmodctl config notice=10
refused "resets nothing" user ctmodctl reset
refused "gets no events" timeout 5 ip netns exec router \
	setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all ctmodctl monitor
equal "no address in what it can read" "$(user ctmodctl -j stats | grep -c 10.1.0)" 0
equal "settings are what they were" "$(in_ns router ctmodctl -j config | jq .notice)" 60
equal "attempts too" "$(stat_of router .attempts)" 5

say "the root of a netns"
equal "sees its own" "$(in_ns client ctmodctl -A -j stats | jq -c '[.[].netns]')" "[$client]"
refused "not another's totals" in_ns client ctmodctl -n "$router" stats
refused "not another's sources" in_ns client ctmodctl -n "$router" sources
refused "does not set another's" in_ns client ctmodctl -n "$router" config notice=10
refused "does not reset another's" in_ns client ctmodctl -n "$router" reset
equal "-A shows no foreign source" \
	"$(in_ns client ctmodctl -A -j sources | jq '[.[].source[]] | length')" 0

say "root of a user namespace with a netns of its own"
contained() { unshare --user --map-root-user --net "$@"; }
check "sets its own" contained sh -c 'ctmodctl config notice=10 && ctmodctl -j config | jq -e ".notice == 10" >/dev/null'
refused "not the router's" contained ctmodctl -n "$router" config notice=10
refused "does not see the router" contained ctmodctl -n "$router" stats

say "the host's root"
check "sees all" eval '[ "$(ctmodctl -A -j stats | jq length)" -ge 4 ]'
equal "a netns by name" "$(ctmodctl -n router -j stats | jq .attempts)" 5
equal "a netns by inode" "$(ctmodctl -n "$router" -j sources | jq '.source[0].count')" 5
check "sets another's" ctmodctl -n router config notice=50
equal "and it is set" "$(in_ns router ctmodctl -j config | jq .notice)" 50
equal "only there" "$(ctmodctl -j config | jq .notice)" 60
refused "no such netns" ctmodctl -n 4242 stats
check "each error says something" eval 'ctmodctl -n 4242 stats 2>&1 | grep -q netns'

say "nonsense"
config=$(in_ns router ctmodctl -j config)
for junk in notice=0 notice=101 notice=80 warning=40 critical=80 critical=101 hysteresis=51 \
	    hysteresis=50 predict-time=86401 predict-min=101 repeat=86401 log=2 ipv4-prefix=0 \
	    ipv4-prefix=33 ipv6-prefix=129 notice=x notice= notice=-1 notice=1e3 \
	    notice=4294967356 nonsense=1 =1 "notice=55 warning=54" "warning=85 critical=84"; do
	# shellcheck disable=SC2086
	message=$(in_ns router ctmodctl config $junk 2>&1)
	status=$?
	[ $status != 0 ] && [ -n "$message" ]
	tap $? "refused: $junk (${message##*: })"
done
equal "nothing has changed" "$(in_ns router ctmodctl -j config)" "$config"
check "a good change still works" in_ns router ctmodctl config notice=55 warning=70 critical=85

say "parameters"
rmmod ctwatch
for junk in notice=0 warning=50 sources=1 sources=100000 ipv4_prefix=40 critical=200 notice=x; do
	refused "modprobe ctwatch $junk" modprobe ctwatch $junk 2>/dev/null
done
check "the reason is in the log" eval 'dmesg | grep -q "ctwatch: bad parameter: thresholds must rise"'
check "good ones" modprobe ctwatch notice=50 sources=128 ipv6_prefix=56
equal "are the defaults of a netns" "$(in_ns router ctmodctl -j config | jq -c '[.notice, ."ipv6-prefix"]')" "[50,56]"
equal "capacity" "$(stat_of router '."sources-max"')" 128
finish
