# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The proxy is the virtual machine itself; the others are network namespaces of
# it. Sourced by guest.sh.

WEBSERVER=192.168.1.38
BYSTANDER=192.168.1.50
PROXY=192.168.1.107
URL=http://10.0.0.80/

picture() {
	cat <<-EOF

	    web server  $WEBSERVER --+
	                              +-- $PROXY  proxy ---- origin (nginx)
	    bystander   $BYSTANDER --+   squid, firewall with conntrack, ctwatch
	EOF
}

# add_host NAME ADDRESS [OPTION...]: a namespace, and the proxy's interface to it.
add_host() {
	local name=$1 address=$2
	shift 2
	ip -batch - <<-EOF &&
	netns add $name
	link add $name type veth peer name eth0 netns $name
	link set $name up $*
	EOF
	ip -n "$name" -batch - <<-EOF
	address add $address/24 dev eth0
	link set eth0 up
	EOF
}

network() {
	ip -batch - <<-EOF &&
	link set lo up
	link add lan type bridge
	address add $PROXY/24 dev lan
	link set lan up
	EOF
	add_host webserver "$WEBSERVER" master lan &&
		add_host bystander "$BYSTANDER" master lan &&
		add_host origin 10.0.0.80 &&
		ip address add 10.0.0.1/24 dev origin
}

# listening NETNS PORT: wait until somebody does. NETNS may be empty.
listening() {
	local i
	for ((i = 0; i < 120; i++)); do
		[ -z "$(ss ${1:+-N "$1"} -Hltn "sport = :$2")" ] || return 0
		sleep 0.5
	done
	return 1
}

origin() {
	ip netns exec origin nginx -p "$RUN" -c "$DEMO_DIR/nginx.conf" >"$RUN/nginx.log" 2>&1 &
	started $!
	listening origin 80 || give_up "nginx does not start" "$RUN/nginx.log"
}

proxy() {
	install -d -o proxy "$RUN/squid"
	squid -N -f "$DEMO_DIR/squid.conf" >"$RUN/squid.out" 2>&1 &
	started $!
	listening '' 3128 || give_up "squid does not start" "$RUN/squid.out" "$RUN/squid/log"
}

# fetch NETNS COUNT AT-ONCE SECONDS: so many pages through the proxy, each over
# a connection of its own.
fetch() {
	timeout --foreground "$4" ip netns exec "$1" \
		ab -q -n "$2" -c "$3" -X "$PROXY:3128" "$URL" 2>&1
}
