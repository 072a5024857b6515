#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Settings that outlive the module: saved for all namespaces, loaded back, and
# nothing half applied.
. "$(dirname "$0")/lib.sh"

modprobe ctwatch || exit
network_up
CONF=/tmp/ctwatch.conf

# setting NETNS KEY, or of the host itself
setting() { ip netns exec "$1" ctmodctl -j config "$2" | jq ".\"$2\""; }
host_setting() { ctmodctl -j config "$1" | jq ".\"$1\""; }
settings() {
	ctmodctl -j config
	for ns in client router server; do ctmodctl -j -n $ns config; done
}

# as_before NAME: all settings are those of the beginning
as_before() {
	local after
	after=$(settings)
	check "$1" test "$after" = "$before"
	[ "$after" = "$before" ] || diff <(echo "$before") <(echo "$after") | sed 's/^/# /'
}

ctmodctl config warning=77 repeat=0
ctmodctl -n router config critical=95 ipv4-prefix=24
before=$(settings)

check "save" ctmodctl config --save $CONF
equal "a section for each namespace that differs from the defaults" "$(grep -c '^\[netns' $CONF)" 1
modprobe -r ctwatch
modprobe ctwatch || exit
equal "the module begins with its defaults" "$(host_setting warning) $(setting router critical)" "80 90"
check "load" ctmodctl config --load $CONF
as_before "all is as it was"
check "load again" ctmodctl config --load $CONF
as_before "nothing else happens"

# refused_load NAME WANTED TEXT: what it says, and that nothing changed
refused_load() {
	local said status
	printf '%s\n' "$3" >/tmp/wrong.conf
	said=$(ctmodctl config --load /tmp/wrong.conf 2>&1)
	status=$?
	equal "$1: exit status" $status 1
	matches "$1: what is wrong, and where" "$said" "$2"
	as_before "$1: nothing changed"
}
refused_load "a wrong key" 'wrong.conf:2: .*colour' $'warning = 70\ncolour = 3'
refused_load "a wrong number" 'wrong.conf:3: ' $'warning = 70\n[netns router]\ncritical = 101'
refused_load "a namespace that is not there" "wrong.conf:2: .*'nowhere'.*--skip-missing" \
	$'warning = 70\n[netns nowhere]\nwarning = 50'
# Only the module knows what the others of the namespace are.
refused_load "what the module refuses" 'wrong.conf:[0-9]+: .*thresholds must rise' \
	$'warning = 70\n[netns client]\nlog = 0\n[netns router]\nwarning = 99'

said=$(printf 'warning = 70\n[netns nowhere]\nwarning = 50\n' | ctmodctl config --load --skip-missing - 2>&1)
status=$?
equal "--skip-missing: exit status" $status 0
matches "it says what it skips" "$said" "standard input:2: .*'nowhere'.*: skipped"
equal "and sets the rest" "$(host_setting warning)" 70

# A container's root has no say on the host.
said=$(ip netns exec server unshare --user --map-root-user ctmodctl config --load $CONF 2>&1)
refused "another user namespace sets nothing" test $? = 0
matches "and is told why" "$said" 'another netns: .*; nothing was changed'
equal "nothing of the host changed" "$(host_setting warning)" 70
finish
