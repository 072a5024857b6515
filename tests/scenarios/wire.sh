#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel tree's own netlink client, which knows nothing but ctwatch.yaml,
# can run every operation; what it reads is what ctmodctl says.
. "$(dirname "$0")/lib.sh"

CLI=(python3 /ctwatch/ynl/cli.py --spec /ctwatch/module/ctwatch.yaml --output-json)
# Held against the schema once: that takes longer than a request.
ynl() { "${CLI[@]}" --no-schema "$@"; }
in_router() { ip netns exec router "${CLI[@]}" --no-schema "$@"; }

if ! [ -e /ctwatch/ynl/cli.py ]; then
	echo "not ok 1 - the kernel tree's cli.py is there"
	exit 1
fi
modprobe ctwatch || exit
tracked_network
serve_all
# However long the client takes
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=9999 \
	net.netfilter.nf_conntrack_udp_timeout_stream=9999
connections client udp 5 10.1.0.1 10.2.0.1 7
connections client tcp 4 fd01:0:0:7::1 fd02::1 7
router=$(in_ns router stat -Lc %i /proc/self/ns/net)

check "the specification keeps to its schema" eval \
	'"${CLI[@]}" --schema /ctwatch/netlink/genetlink.yaml --dump status-get >/dev/null'
status=$(in_router --do status-get --json '{}')
equal "status-get" "$(jq -c '[.netns, .attempts, .level, ."module-version"]' <<<"$status")" \
	"[$router,9,\"ok\",\"$(modinfo -F version ctwatch)\"]"
equal "status-get with a netns" "$(ynl --do status-get --json "{\"netns\": $router}" | jq .attempts)" 9
equal "status-get, dump" "$(ynl --dump status-get | jq length)" 4
equal "totals by kind" "$(jq -c '[.kind[] | [.protocol, .state, .count]]' <<<"$status")" \
	'[[6,"syn-sent",4],[17,"unreplied",5]]'
equal "source-get" \
	"$(ynl --dump source-get --json "{\"netns\": $router}" | jq -c '[.[].source[] | [.address, ."prefix-len", .count, .error]] | sort')" \
	'[["10.1.0.1",32,5,0],["fd01:0:0:7::",64,4,0]]'
ask='"by": ["src", "protocol"], "src-ipv6-prefix": 64'
census=$(ynl --dump census-get --json "{\"netns\": $router, $ask}")
equal "census-get" "$(jq -c '[.[].group | select(.) | [.src, ."src-prefix-len", .protocol, .entries]] | sort' <<<"$census")" \
	'[["10.1.0.1",32,17,5],["fd01:0:0:7::",64,6,4]]'
equal "its facts" "$(jq -c '.[0] | [.netns, (.by | sort), (.census | .seen, .matched, .entries, .groups, .ungrouped)]' <<<"$census")" \
	"[$router,[\"protocol\",\"src\"],9,9,9,2,0]"
equal "census-get with a filter" "$(in_router --dump census-get --json '{"by": ["state"], "filter": {"states": ["time-wait"], "dport": 7,
	"src": "fd01::", "src-prefix-len": 32, "assured": 1}}' | jq -c '[.[].group | select(.) | [.state, .entries]]')" '[["time-wait",4]]'
equal "census-get with top and max-age" "$(in_router --dump census-get --json '{"by": ["dport"], "top": 1, "max-age": 5000}' |
	jq -c '[.[].group | select(.) | [.dport, .entries, .other]]')" '[[7,9,null]]'
no_census() { ! in_router --dump census-get --json "$1" >/tmp/refusal 2>&1; }
no_config() { ! in_router --do config-set --json "$1" >/tmp/refusal 2>&1; }
check "census-get with two families" no_census '{"filter": {"src": "10.0.0.0", "dst": "fd02::"}}'
check "census-get of a peak there was not" no_census '{"peak": true}'
equal "config-get" "$(in_router --do config-get --json '{}' | jq .notice)" 60
equal "config-get, dump" "$(ynl --dump config-get | jq length)" 4
check "config-set" in_router --do config-set --json '{"notice": 50, "warning": 70}'
equal "is set" "$(in_ns router ctmodctl -j config | jq -c '[.notice, .warning, .critical]')" "[50,70,90]"
check "config-set out of range" no_config '{"notice": 101}'
check "with a reason" grep -q "out of range" /tmp/refusal
check "config-set without sense" no_config '{"notice": 75}'
check "with a reason too" grep -q "thresholds must rise" /tmp/refusal
check "reset" in_router --do reset --json '{}'
equal "is reset" "$(stat_of router .attempts)" 0

# Keys of ctmodctl's JSON are the spec's names.
keys() { jq -r 'paths | map(select(type == "string")) | join(".")' | sort -u; }
equal "ctmodctl has no key of its own" \
	"$(comm -23 <(in_ns router ctmodctl -j config | keys) <(in_router --do config-get --json '{}' | keys))" ""

# A level that lasts is told each second, so the listener may take its time to
# start.
in_ns router ctmodctl config repeat=1
table_max 20
connections client udp 9 10.1.0.3 10.2.0.1 7
in_router --subscribe events --duration 4 >/tmp/events 2>/tmp/subscribe
check "events" grep -q 'level-ntf' /tmp/events
check "with the line" grep -q 'conntrack table [0-9]*% full' /tmp/events || sed 's/^/# /' /tmp/events
finish
