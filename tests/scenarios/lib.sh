# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the scenarios: what they check, and the small network they do it in.
# Sourced inside a booted kernel; everything lives in network namespaces.
#
#     client                  router                 server
#   10.1.0.0/16  ---------- tracks here ---------- 10.2.0.1
#   fd01::/48                                      fd02::1
#
# Every address of the client's networks is its own (AnyIP), so that one
# process can be thousands of sources.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TAP_N=0
TAP_FAILED=0

say() { echo "# $*"; }

# ok NAME: the last command's status decides
tap() {
	local status=$1
	shift
	TAP_N=$((TAP_N + 1))
	if [ "$status" = 0 ]; then
		echo "ok $TAP_N - $*"
	else
		echo "not ok $TAP_N - $*"
		TAP_FAILED=$((TAP_FAILED + 1))
	fi
}

# check NAME COMMAND [ARG...]
check() {
	local name=$1
	shift
	"$@"
	tap $? "$name"
}

# refused NAME COMMAND [ARG...]: it must fail
refused() {
	local name=$1
	shift
	! "$@"
	tap $? "$name"
}

# equal NAME GOT WANTED
equal() {
	[ "$2" = "$3" ]
	tap $? "$1 ($2)"
	[ "$2" = "$3" ] || say "got '$2', wanted '$3'"
}

# matches NAME TEXT REGEX
matches() {
	[[ $2 =~ $3 ]]
	tap $? "$1"
	[[ $2 =~ $3 ]] || say "'$2' does not match '$3'"
}

# skip NAME REASON: said aloud
skip() {
	TAP_N=$((TAP_N + 1))
	echo "ok $TAP_N - $1 # SKIP $2"
}

finish() {
	echo "1..$TAP_N"
	[ "$TAP_FAILED" = 0 ] && [ "$TAP_N" -gt 0 ]
	exit
}

# A kernel that checks each access to memory may take so many times as long.
SLOW=1
[ ! -e /sys/kernel/debug/kmemleak ] || SLOW=5

# within SECONDS COMMAND [ARG...]: try until it succeeds
within() {
	local end=$(($(date +%s) + $1 * SLOW))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.1
	done
}

in_ns() { ip netns exec "$@"; }

# On an emulated processor a thousand of something take minutes.
is_emulated() { ! grep -q 'User Mode Linux' /proc/cpuinfo; }

# Can this kernel tell which hooks there are (CONFIG_NETFILTER_NETLINK_HOOK)?
can_list_hooks() {
	local status
	ip netns add probe
	in_ns probe nft 'table ip t { chain c { type filter hook input priority 0; }; }'
	in_ns probe nft list hooks 2>/dev/null | grep -q 'hook input'
	status=$?
	ip netns del probe
	return $status
}

# hooks_equal NAME NETNS PATTERN WANTED: hooks whose function matches PATTERN
hooks_equal() {
	if can_list_hooks; then
		equal "$1" "$(in_ns "$2" nft list hooks | grep -cE "$3")" "$4"
	else
		skip "$1" "this kernel cannot list hooks"
	fi
}

network_up() {
	local ns
	for ns in client router server; do
		ip netns add $ns
		ip -n $ns link set lo up
		in_ns $ns sysctl -qw net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.all.accept_dad=0 \
			net.ipv4.ip_local_port_range='1024 65535'
	done
	ip link add c0 netns client type veth peer name r0 netns router
	ip link add s0 netns server type veth peer name r1 netns router
	for ns in "client c0" "router r0" "router r1" "server s0"; do
		# shellcheck disable=SC2086
		ip -n ${ns% *} link set ${ns#* } up
	done
	ip -n client addr add 192.0.2.1/30 dev c0
	ip -n client addr add fd00:c::1/64 dev c0 nodad
	ip -n router addr add 192.0.2.2/30 dev r0
	ip -n router addr add fd00:c::2/64 dev r0 nodad
	ip -n router addr add 198.51.100.2/30 dev r1
	ip -n router addr add fd00:5::2/64 dev r1 nodad
	ip -n server addr add 198.51.100.1/30 dev s0
	ip -n server addr add fd00:5::1/64 dev s0 nodad
	ip -n server addr add 10.2.0.1/32 dev lo
	ip -n server addr add fd02::1/128 dev lo nodad
	ip -n client route add local 10.1.0.0/16 dev lo
	ip -n client -6 route add local fd01::/48 dev lo
	ip -n client route add default via 192.0.2.2
	ip -n client -6 route add default via fd00:c::2
	ip -n server route add default via 198.51.100.2
	ip -n server -6 route add default via fd00:5::2
	ip -n router route add 10.1.0.0/16 via 192.0.2.1
	ip -n router -6 route add fd01::/48 via fd00:c::1
	ip -n router route add 10.2.0.0/16 via 198.51.100.1
	ip -n router -6 route add fd02::/48 via fd00:5::1
	in_ns router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	# Until neighbours are resolved packets wait, and may be lost.
	in_ns client ping -qc1 -W5 198.51.100.1 >/dev/null
	in_ns client ping -qc1 -W5 fd00:5::1 >/dev/null
}

network_down() {
	local ns
	for ns in client router server; do
		ip netns del $ns
	done
}

# tracking_on NETNS: as a firewall does it, by a rule that needs it
tracking_on() {
	in_ns "$1" nft -f - <<-NFT
		table inet watched {
			chain forward {
				type filter hook forward priority 0;
				ct state invalid counter
			}
		}
	NFT
}

# ctwatch notices within a second of it
hooked() { [ "$(stat_of "$1" '.tracking | length')" != 0 ]; }

tracked_network() {
	network_up
	tracking_on router
	within 5 hooked router || say "no hooks in the router"
}

# stat_of NETNS JQ: a field of ctmodctl stats
stat_of() { in_ns "$1" ctmodctl -j stats | jq -r "$2"; }

# source_of NETNS ADDRESS JQ: a field of a source, all zones; null if none
source_of() {
	in_ns "$1" ctmodctl -j sources |
		jq -r --arg a "$2" "[.source[] | select(.address == \$a)] | .[0] | $3"
}

# serve NETNS PORT ADDRESS...: echo by TCP and UDP, until the script ends; the
# IPv6 address last
serve() {
	local ns=$1 port=$2
	shift 2
	in_ns "$ns" python3 "$HERE/traffic.py" serve "$port" "$@" &
	SERVERS="${SERVERS:-} $!"
	# shellcheck disable=SC2064
	trap "kill $SERVERS 2>/dev/null" EXIT
	within 20 in_ns "$ns" python3 "$HERE/traffic.py" ready "$port" ||
		say "no server in $ns"
}

serve_all() { serve server 7 10.2.0.1 fd02::1; }

# connections NETNS ARG...: see traffic.py
connections() {
	local ns=$1
	shift
	in_ns "$ns" python3 "$HERE/traffic.py" "$@"
}

# The table's limit belongs to all namespaces.
table_max() { sysctl -qw net.netfilter.nf_conntrack_max="$1"; }

# How a line begins to name sources: by a census, or by insertions when the walk
# would have taken too long, as on a busy machine.
# shellcheck disable=SC2034
TOP_SOURCES='top sources( by insertions in [0-9.]+s)?: '

log_of() { dmesg | sed -n 's/^\[[^]]*\] ctwatch: //p'; }

# flood NETNS DEVICE PACKETS [pktgen command...]: as fast as the kernel can
flood() {
	local ns=$1 dev=$2 count=$3 mac
	shift 3
	mac=$(ip -n router -j link show "$FLOOD_TO" | jq -r '.[0].address')
	in_ns "$ns" bash -s "$dev" "$count" "$mac" "$@" <<-'PKTGEN'
		pg() { echo "$2" >"/proc/net/pktgen/$1" || echo "# pktgen: $2 refused"; }
		dev=$1 count=$2 mac=$3
		shift 3
		pg kpktgend_0 "rem_device_all"
		# A busy machine's thread has not yet let go of the device.
		for try in {1..50}; do
			{ echo "add_device $dev" >/proc/net/pktgen/kpktgend_0; } 2>/dev/null && break
			sleep 0.1
		done
		[ "$try" -lt 50 ] || echo "# pktgen: $dev refused"
		pg "$dev" "count $count"
		pg "$dev" "clone_skb 0"
		pg "$dev" "pkt_size 60"
		pg "$dev" "delay 0"
		pg "$dev" "dst 10.2.0.1"
		pg "$dev" "dst_mac $mac"
		pg "$dev" "udp_dst_min 9"
		pg "$dev" "udp_dst_max 9"
		for command in "$@"; do pg "$dev" "$command"; done
		pg pgctrl start
	PKTGEN
}
FLOOD_TO=r0

# expedite 1|0: grace periods of RCU are short, at the cost of all else, or usual.
expedite() { echo "$1" >/sys/kernel/rcu_expedited; }

# flood_end JOB...: end the client's floods, which these jobs began. A stop that
# comes before pktgen's thread has begun is lost.
flood_end() {
	local job
	for job in "$@"; do
		while kill -0 "$job" 2>/dev/null; do
			in_ns client sh -c 'echo stop >/proc/net/pktgen/pgctrl'
			sleep 0.2
		done
		wait "$job"
	done
}
