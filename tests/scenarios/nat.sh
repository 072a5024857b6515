#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The source is the one before NAT; what is answered with REJECT is attempted
# by nobody but the one who asked; zones are apart.
. "$(dirname "$0")/lib.sh"

modprobe ctwatch || exit
tracked_network
serve_all
N=20

in_ns router nft -f - <<-NFT
	table ip nat {
		chain postrouting {
			type nat hook postrouting priority srcnat;
			ip saddr 10.1.0.1 masquerade
		}
		chain prerouting {
			type nat hook prerouting priority dstnat;
			ip daddr 10.3.0.1 dnat to 10.2.0.1
		}
	}
	table inet refuse {
		chain forward {
			type filter hook forward priority 10;
			tcp dport 9 reject with tcp reset
			udp dport 9 reject
			udp dport 10 drop
		}
	}
NFT

in_ns router ctmodctl reset
connections client tcp $N 10.1.0.1 10.2.0.1 7
equal "SNAT: the client is the source" "$(source_of router 10.1.0.1 .count)" $N
connections client tcp $N 10.1.0.2 10.3.0.1 7
equal "DNAT: the client is the source" "$(source_of router 10.1.0.2 .count)" $N
equal "nobody else" "$(stat_of router .sources)" 2
equal "attempts are entries" "$(stat_of router .attempts)" "$(in_ns router conntrack -C)"

# A rejected packet never gets to confirmation, and its answer, an unconfirmed
# entry in reply direction, is not an insertion.
before=$(stat_of router .attempts)
in_ns client python3 - <<-'PY'
	import socket
	for i in range(20):
	    s = socket.socket(); s.bind(("10.1.0.3", 0)); s.settimeout(5)
	    try:
	        s.connect(("10.2.0.1", 9))
	        raise SystemExit("was not refused")
	    except ConnectionRefusedError:
	        pass
	    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    u.bind(("10.1.0.3", 0))
	    for port in (9, 10):
	        u.sendto(b"x", ("10.2.0.1", port))
PY
tap $? "connections are refused"
equal "REJECT and drop: no attempts" "$(stat_of router .attempts)" "$before"
equal "no entries either" "$(in_ns router conntrack -C)" "$before"

# Two zones, one address.
in_ns router nft -f - <<-NFT
	table ip zones {
		chain prerouting {
			type filter hook prerouting priority raw;
			ip saddr 10.1.0.4 udp dport 7 ct zone set 5
		}
	}
NFT
connections client udp 3 10.1.0.4 10.2.0.1 7
connections client tcp 4 10.1.0.4 10.2.0.1 7
equal "zones are apart" \
	"$(in_ns router ctmodctl -j sources | jq -c '[.source[] | select(.address == "10.1.0.4") | [.zone, .count]] | sort')" \
	"[[0,4],[5,3]]"
# A prefix makes neighbours one source.
check "prefix of 24 bits" in_ns router ctmodctl config ipv4-prefix=24
connections client sources udp 10.1.7.1 10 10.2.0.1 7
equal "one source for ten neighbours" "$(source_of router 10.1.7.0 '[.count, ."prefix-len"] | join("/")')" 10/24
equal "nothing of the old length" "$(stat_of router .sources)" 1
finish
