#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What forwarding loses to ctwatch, and to what else counts connections or
# packets for each source: packets a second against conntrack alone, in turn.
# Where the clock counts instructions, a second is 10^9 of them.
UNIT=${2:-ns}
. "$(dirname "$0")/lib.sh"

ROUNDS=${1:-7}
PACKETS=200000
# Where each is a new flow, ct count walks the list of its source.
NEW_PACKETS=50000
[ "$UNIT" = ns ] || PACKETS=20000 NEW_PACKETS=20000
CONTENDERS="ctwatch nft-set ct-count conntrack-E ebpf"
declare -A TEXT=(
	[ctwatch]="ctwatch"
	[nft-set]="nft, dynamic set with a counter per source"
	[ct-count]="nft, ct count per source (connlimit)"
	[conntrack-E]="conntrack -E, on the last processor"
	[ebpf]="eBPF, per-source counter"
	[one]="one established flow"
	[many]="10,000 established flows"
	[new]="a new flow with each packet, 1,024 sources"
)
declare -A LEAST=([one-ctwatch]=0.99 [many-ctwatch]=0.99 [new-ctwatch]=0.97)

start_ctwatch() { modprobe ctwatch && within 5 hooked router; }
stop_ctwatch() {
	COUNTED=$(stat_of router .attempts)
	within 20 rmmod ctwatch
}

# rule RULE: in a set of its own
rule() {
	in_ns router nft -f - <<-NFT
		table ip bench {
			set sources {
				type ipv4_addr
				size 65536
				flags dynamic
			}
			chain forward {
				type filter hook forward priority 0
				ct state new $1
			}
		}
	NFT
}
stop_rule() {
	COUNTED=$(in_ns router nft -j list set ip bench sources | jq '.nftables[] | .set // empty | .elem | length')
	in_ns router nft delete table ip bench
}

start_nft_set() { rule 'update @sources { ip saddr counter }'; }
stop_nft_set() { stop_rule; }
start_ct_count() { rule 'add @sources { ip saddr ct count over 1000000 }'; }
stop_ct_count() { stop_rule; }

start_conntrack_E() { beside_begin conntrack -E -p udp -b 67108864; sleep 1; }
stop_conntrack_E() {
	beside_end
	COUNTED=$(wc -l </tmp/beside)
}
start_ebpf() {
	beside_begin python3 "$(dirname "$0")/bpf.py" r0
	within 10 grep -q counting /tmp/beside
}
stop_ebpf() {
	beside_end
	COUNTED=$(sed -n 's/ sources$//p' /tmp/beside)
}

# once KIND FIGURE
once() {
	case $1 in
	one|many) forwarded "$2" $PACKETS "${FLOWS[@]}" ;;
	new)
		forwarded "$2" $NEW_PACKETS "src_min 10.1.0.0" "src_max 10.1.3.255" \
			"udp_src_min 1024" "udp_src_max 65535"
		;;
	esac
}
# Not before it is read how many were counted: ct count forgets who has none.
gone() { [ "$1" != new ] || in_ns router conntrack -F 2>/dev/null; }
alone() { once "$1" "$2" && gone "$1"; }

# Added to a packet, from thousands a second
added() { calc "1000000 / $1 - 1000000 / $2"; }

# one contender between two measurements without it
round() {
	local kind=$1 name=$2 before=$LAST with without
	"start_${name//-/_}" || fail "$name"
	once "$kind" "$kind-$name-kpps"
	with=$LAST
	"stop_${name//-/_}" || fail "end of $name"
	gone "$kind"
	alone "$kind" "$kind-alone-kpps"
	without=$(calc "($before + $LAST) / 2")
	note "$kind-$name-ratio" "$(calc "$with / $without")"
	note "$kind-$name-$UNIT" "$(added "$with" "$without")"
	# It did what it is there for.
	[ "$kind" != new ] || [ "${COUNTED:-0}" -ge 1024 ] || fail "$name counted only ${COUNTED:-nothing}"
}

measure() {
	local kind=$1 i name
	alone "$kind" warm
	alone "$kind" "$kind-alone-kpps"
	for ((i = 0; i < ROUNDS; i++)); do
		for name in $CONTENDERS; do round "$kind" "$name"; done
	done
}

modprobe pktgen 2>/dev/null
network_up
tracking_on router
table_max $((1 << 20))
sysctl -qw net.netfilter.nf_conntrack_buckets=$((1 << 18)) || fail buckets
in_ns router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=36000 \
	net.netfilter.nf_conntrack_udp_timeout_stream=36000
in_ns server nft 'table ip quiet { chain c { type filter hook prerouting priority -500; udp dport 9 drop; }; }'

answered 1
measure one
in_ns router conntrack -F 2>/dev/null
answered 10000
measure many
in_ns router conntrack -F 2>/dev/null
measure new

for kind in one many new; do
	heading "${TEXT[$kind]}"
	show $kind-alone-kpps "conntrack alone, 1,000 packets/s"
	for name in $CONTENDERS; do
		least=${LEAST[$kind-$name]:-}
		show $kind-$name-ratio "${TEXT[$name]}" ${least:+">=" "$least"}
		show $kind-$name-$UNIT "  $UNIT more a packet"
	done
done
heading "what each adds to a new flow / what ctwatch adds"
for name in $CONTENDERS; do
	[ $name != ctwatch ] || continue
	note new-$name-factor "$(calc "$(median new-$name-$UNIT) / $(median new-ctwatch-$UNIT)")"
	# shellcheck disable=SC2046
	show new-$name-factor "${TEXT[$name]}" $([[ $name = conntrack-E ]] || echo ">" 1)
done
figures_json
