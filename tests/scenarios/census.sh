#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A census of a quiet table is what conntrack -L shows, exactly: entries of many
# protocols, states, zones and marks in several namespaces, by every grouping
# and every filter. Who may ask, and what makes no sense.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/results.sh"

ENTRIES=${1:-120}
FILTERS=${2:-250}

modprobe ctwatch || exit
tracked_network
serve_all
# Nothing goes while it is compared.
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=9999 \
	net.netfilter.nf_conntrack_udp_timeout_stream=9999 \
	net.netfilter.nf_conntrack_icmp_timeout=9999 \
	net.netfilter.nf_conntrack_icmpv6_timeout=9999 \
	net.netfilter.nf_conntrack_tcp_timeout_time_wait=9999

compare() { results python3 "$HERE/compare.py" "$@"; }

say "entries of real packets, and of others made up"
connections client udp 7 10.1.0.1 10.2.0.1 7
connections client udp 5 fd01::1 fd02::1 7
connections client tcp 9 10.1.0.2 10.2.0.1 7
connections client tcp 4 fd01:0:0:7::1 fd02::1 7
connections client icmp 3 10.1.0.3 10.2.0.1
for i in 1 2; do
	ip netns add "made$i"
	python3 "$HERE/entries.py" "$ENTRIES" "$i" >"/tmp/made$i"
	in_ns "made$i" conntrack -R "/tmp/made$i" >/tmp/restored 2>&1
	tap $? "made $(wc -l <"/tmp/made$i") entries"
done
equal "they are in the table" "$(in_ns made1 conntrack -C)" "$(wc -l </tmp/made1)"
equal "packets left a state, by TCP" \
	"$(ctmodctl -n router -j top -b proto,state --proto tcp | jq -c '[.group[] | [.state, .entries]]')" \
	'[["time-wait",13]]'

say "a census and conntrack -L"
compare all "$FILTERS" made1 made2 router
compare tool made1 made2 router

say "the tool"
top=$(ctmodctl -n made1 -j top -b src,proto -N 3)
equal "rows and the others" "$(jq -c '[.group[].other]' <<<"$top")" "[false,false,false,true]"
equal "add up" "$(jq '[.group[].entries] | add' <<<"$top")" "$(in_ns made1 conntrack -C)"
matches "for people" "$(ctmodctl -n made1 top -b state --proto tcp)" 'STATE .*ENTRIES.*TIME_WAIT.* of [0-9]+ entries match; seen in '

say "namespaces"
equal "-A tells them apart" \
	"$(ctmodctl -A -j top -b netns -N 0 | jq -c '[.group[] | [.netns, .entries]] | sort')" \
	"$(for ns in router made1 made2; do
		echo "[$(stat -Lc %i /run/netns/$ns), $(in_ns $ns conntrack -C)]"
	done | jq -sc sort)"
equal "within one there is no other" \
	"$(in_ns made1 ctmodctl -A -j top -b netns | jq -c '[.census.seen, [.group[].netns]]')" \
	"[$(in_ns made1 conntrack -C),[$(stat -Lc %i /run/netns/made1)]]"
refused "nor by its number" in_ns made1 ctmodctl -n "$(stat -Lc %i /run/netns/made2)" top 2>/tmp/refusal
matches "it says why" "$(cat /tmp/refusal)" 'another netns|CAP_NET_ADMIN'
equal "an empty one" "$(in_ns client ctmodctl -j top | jq -c '[.census.seen, .group]')" "[0,[]]"

say "an unprivileged user"
user() { in_ns made1 setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$@"; }
refused "has no census" user ctmodctl top 2>/tmp/refusal
matches "is told what to do" "$(cat /tmp/refusal)" "CAP_NET_ADMIN|root"
refused "nor one of others" user ctmodctl -A top 2>/dev/null
refused "nor one that is there already" user ctmodctl top --max-age 60 2>/dev/null

say "nonsense"
compare refusals made1
for junk in "-b nonsense" "-b src/33/129" "-b zone/3" "--src 10.0.0.0/33" "--src x" "--proto nonsense" \
	    "--state NONSENSE" "--dport 65536" "--zone -1" "--mark 1/x" "-4 -6" "--src ::1 --dst 1.1.1.1" \
	    "--assured --no-assured" "-N -1" "--max-age x" "--peak --assured"; do
	# shellcheck disable=SC2086
	message=$(ctmodctl -n made1 top $junk 2>&1)
	[ $? = 2 ] && [ -n "$message" ]
	tap $? "wrong usage: ctmodctl top $junk"
done

# The garbage collector may come in between; not three times.
say "entries whose time is over"
for ((try = 1; try <= 3; try++)); do
	for ((i = 0; i < 30; i++)); do
		echo "-I -t 1 -s 10.7.0.$((i % 3)) -d 10.8.0.1 -p udp --sport $((try * 100 + i)) --dport 9"
	done >/tmp/short
	in_ns client conntrack -R /tmp/short >/dev/null 2>&1
	sleep 2.2
	census=$(in_ns client ctmodctl -j top -b src)
	expired=$(in_ns client ctmodctl -j top -b src --expired | jq .census.matched)
	[ "$expired" != 30 ] || break
done
equal "are seen" "$(jq -c '[.group[] | [.entries, .expired]]' <<<"$census")" '[[10,10],[10,10],[10,10]]'
equal "and asked for" "$expired" 30
equal "conntrack -L does not show them" "$(in_ns client conntrack -L 2>/dev/null | wc -l)" 0
finish
