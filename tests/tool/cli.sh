#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The command line: wrong usage, a host without the module, and every command
# against a kernel that is faked at the socket (fake_kernel.c). Loads nothing,
# changes nothing on this host.
cd "$(dirname "$0")" || exit 1
tool=$BUILD/tool/ctmodctl
fake=$BUILD/ctmodctl-fake
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
n=0
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' ../../dkms.conf)
unset FAKE FAKE_LOG FAKE_EVENTS

result() {	# STATUS NAME
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
		return
	fi
	echo "not ok $n - $2"
	sed 's/^/# out: /' "$dir/out"
	sed 's/^/# err: /' "$dir/err"
	echo "# status: $status"
	failed=1
}

run() {
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}

# Exit status, standard output and standard error, to the letter.
check() {	# NAME STATUS OUT ERR
	printf '%s' "${3:+$3
}" | cmp -s - "$dir/out" && printf '%s' "${4:+$4
}" | cmp -s - "$dir/err" && [ "$status" -eq "$2" ]
	result $? "$1"
}

# Wrong usage: nothing on stdout, one line that says what and where to look.
usage() {	# WORDS ARGUMENT...
	words=$1
	shift
	run "$tool" "$@"
	[ "$status" -eq 2 ] && [ ! -s "$dir/out" ] &&
		[ "$(wc -l <"$dir/err")" -eq 1 ] &&
		grep -qF -e "$words. Try 'ctmodctl --help'" "$dir/err"
	result $? "usage: ctmodctl $*"
}

usage "unknown option '-x'" -x
usage "unknown option '-x'" stats -jx
usage "unknown option '--jason'" --jason
usage "unknown option '--bogus'" sources --bogus
usage "option '--json' takes no value" --json=yes
usage "option '-n' needs a value" -n
usage "option '--netns' needs a value" stats --netns
usage "option '-N' needs a value" sources -N
usage "unknown option '-N'" -N 5
usage "unknown option '-N'" stats -N 5
usage "unknown command 'top5'" top5
usage "unknown command 'stat'" stat
usage "unknown command ''" ''
usage "'stats' takes no argument 'now'" stats now
usage "'sources' takes no argument '5'" sources 5
usage "'monitor' takes no argument 'all'" monitor all
usage "'reset' takes no argument 'peak'" reset peak
usage "'version' takes no argument 'x'" version x
usage "-n names one network namespace, -A all: give one of them" -A -n 1
usage "-n names one network namespace, -A all: give one of them" stats -n1 -A
usage "-n needs a name, a PID or an inode number" -n ''
usage "'reset' is about one network namespace: -A is not for it" reset -A
usage "'version' is about one network namespace: -A is not for it" -A version
for count in 0 -1 x 5x '' 4294967296; do
	usage "'$count' is no number of sources: give a whole number from 1" \
		sources -N "$count"
done
keys="notice, warning, critical, hysteresis, predict-time, predict-min, repeat, log, ipv4-prefix, ipv6-prefix"
usage "unknown key 'noticed', valid are $keys" config noticed
usage "unknown key 'netns', valid are $keys" config netns=5
usage "unknown key '', valid are $keys" config =5
usage "'-5' is no value for notice: give a whole number from 1 to 100" \
	config notice=-5
usage "'5%' is no value for notice: give a whole number from 1 to 100" \
	config notice=5%
usage "'' is no value for repeat: give a whole number from 0 to 86400" \
	config repeat=
usage "'4294967296' is no value for log: give a whole number from 0 to 1" \
	config log=4294967296
usage "'notice' is set twice" config notice=5 notice=6
usage "'notice' is asked for twice" config notice notice
usage "settings are changed in one network namespace at a time, not with -A" \
	-A config notice=5
usage "unknown option '-5'" config -5

run "$tool" --help
grep -q '^Usage: ctmodctl' "$dir/out" && [ "$status" -eq 0 ] &&
	[ ! -s "$dir/err" ]
result $? "--help"
for command in stats sources monitor config reset version; do
	grep -q "^  $command " "$dir/out"
	result $? "--help names $command"
done
cp "$dir/out" "$dir/help"
run "$tool" sources -h
cmp -s "$dir/out" "$dir/help" && [ "$status" -eq 0 ]
result $? "-h behind a command"
run "$tool" -V
check "--version" 0 "ctmodctl $version" ""

# No family on this host, or nothing can be said.
if [ -e /sys/module/ctwatch ]; then
	n=$((n + 1))
	echo "ok $n - without the module # SKIP ctwatch is loaded on this host"
else
	for args in "" stats -A "sources -N 3" monitor config "config log=1" \
		    reset "-j stats"; do
		# shellcheck disable=SC2086
		run "$tool" $args
		[ "$status" -eq 1 ] && [ ! -s "$dir/out" ] &&
			[ "$(wc -l <"$dir/err")" -eq 1 ] &&
			grep -q "^ctmodctl: the ctwatch module is not .*'modprobe ctwatch'$" \
				"$dir/err"
		result $? "without the module: ctmodctl $args"
	done
	run "$tool" version
	[ "$status" -eq 1 ] && grep -q 'modprobe ctwatch' "$dir/err" &&
		[ "$(cat "$dir/out")" = "ctmodctl $version
ctwatch  not loaded" ]
	result $? "without the module: version tells its own"
	run "$tool" -j version
	[ "$status" -eq 1 ] && [ "$(cat "$dir/out")" = \
		"{\"tool-version\":\"$version\",\"module-version\":null}" ]
	result $? "without the module: version in JSON"
fi
run "$tool" -n no-such-netns
check "no such namespace" 1 "" "ctmodctl: no network namespace 'no-such-netns': give a name of 'ip netns list', a PID or an inode number of 'lsns -t net'"

# What is asked, as the fake kernel sees it: operation, do or dump, attributes.
asks() {	# REQUESTS ARGUMENT...
	requests=$1
	shift
	rm -f "$dir/log"
	FAKE_LOG=$dir/log run "$fake" "$@"
	[ "$status" -eq 0 ] && [ "$(cat "$dir/log")" = "$requests" ]
	result $? "asks '$(echo "$requests" | paste -sd';')': ctmodctl $*"
}

asks "status-get do"
asks "status-get dump" -A
asks "status-get do 2=4026532567" -n 4026532567
asks "status-get do 2=own" stats -n $$
asks "source-get dump 2=own
status-get do" sources
asks "source-get dump
status-get dump" sources -A
asks "source-get dump 2=4026532567
status-get do 2=4026532567" -n 4026532567 sources
asks "config-get do" config
asks "config-get dump" config -A log
asks "config-get do 1=4026532567" config -n 4026532567
asks "config-set do 3=70 2=65" config warning=70 notice=65
asks "config-set do 9=0 1=4026532567" config -n 4026532567 log=0
asks "config-set do 9=1
config-get do" config log log=1
asks "reset do" reset
asks "reset do 2=4026532567" reset -n 4026532567
asks "status-get do" version

# One socket, whole answers.
run "$fake" config notice=70 log
check "a setting changed, another shown" 0 "KEY  VALUE  MEANING
log      1  1 writes to the kernel log, 0 only sends events" ""
run "$fake" config notice=70
check "a setting changed" 0 "" ""
run "$fake" config warning=70 notice=101 log
check "the kernel's refusal, with the key it is about" 1 "" \
	"ctmodctl: notice (1 to 100): integer out of range"
run "$fake" -j config log -p
check "pretty JSON" 0 '{
  "netns": 4026531840,
  "log": 1
}' ""
run "$fake" -p version
check "version" 0 "ctmodctl $version
ctwatch  $version" ""
run "$fake" sources -N 1 -A
check "-N is for each namespace" 0 \
"     NETNS  SOURCE          RATE  RECENT   COUNT  SHARE  DROP  MOSTLY
4026531840  192.168.1.38  5000/s    9876  610000    61%  1400  tcp 98%
4026532567  10.0.0.8         1/s       2    1000    50%     0  udp REPLIED 100%" ""
run "$fake" sources
[ "$status" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 5 ] &&
	grep -q '^10.0.0.9 ' "$dir/out"
result $? "the sources of several messages"
FAKE=no-sources run "$fake" sources -j
check "no sources in JSON" 0 \
	'{"netns":4026531840,"attempts":1000000,"source":[]}' ""
FAKE=no-sources run "$fake" sources
check "no sources" 0 "no sources yet" ""

# Refusals.
FAKE=not-permitted run "$fake" sources
check "not permitted" 1 "" \
	"ctmodctl: not permitted: run as root (needs CAP_NET_ADMIN)"
FAKE=unknown-operation run "$fake" sources
check "an older module" 1 "" \
	"ctmodctl: the loaded ctwatch module has no 'source-get': update the module to the release of ctmodctl, $version"
FAKE=no-such-netns run "$fake" -n 4026532567
check "the kernel's words, made printable" 1 "" \
	"ctmodctl: no network namespace? with this inode number"
FAKE=vanished run "$fake"
check "an error without words" 1 "" \
	"ctmodctl: the ctwatch module knows no such network namespace, or was unloaded just now"
FAKE=older-module run "$fake"
check "an answer that lacks an attribute" 1 "" \
	"ctmodctl: cannot read the answer of the module: attribute 'unattributed' is missing"
FAKE=dump-fails run "$fake" sources
check "a dump that ends in an error" 1 "" \
	"ctmodctl: the sources were reset, ask again"

# Interrupted dumps.
run "$fake" -A
cp "$dir/out" "$dir/all"
FAKE=interrupted-once FAKE_LOG=$dir/log2 run "$fake" -A
cmp -s "$dir/out" "$dir/all" && [ ! -s "$dir/err" ] && [ "$status" -eq 0 ] &&
	[ "$(wc -l <"$dir/log2")" -eq 2 ]
result $? "an interrupted dump is asked for again"
FAKE=interrupted-always FAKE_LOG=$dir/log3 run "$fake" -A
cmp -s "$dir/out" "$dir/all" && [ "$status" -eq 0 ] &&
	[ "$(wc -l <"$dir/log3")" -eq 8 ] && grep -q inconsistent "$dir/err"
result $? "one that always is comes with a warning"

# Output that cannot be written.
if [ -w /dev/full ]; then
	"$fake" >/dev/full 2>"$dir/err"
	status=$?
	: >"$dir/out"
	check "a full disk is a failure" 1 "" \
		"ctmodctl: cannot write: No space left on device"
fi

# Events. What is not the end by itself gets SIGTERM when all lines are there.
monitor() {	# EVENTS LINES ARGUMENT...
	events=$1
	lines=$2
	shift 2
	: >"$dir/out"
	: >"$dir/err"
	FAKE_EVENTS=$events "$fake" monitor "$@" >"$dir/out" 2>"$dir/err" &
	pid=$!
	tries=0
	while [ "$(cat "$dir/out" "$dir/err" | wc -l)" -lt "$lines" ] &&
	      [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	kill "$pid" 2>/dev/null
	wait "$pid"
	status=$?
}

stamp='[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9:]\{8\}\.[0-9]\{3\}'
text="netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s"

monitor lft 2
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
	[ "$(wc -l <"$dir/out")" -eq 2 ] &&
	sed -n 1p "$dir/out" | grep -q "^${stamp}[-+][0-9:]\{5\} $text$" &&
	sed -n 2p "$dir/out" | grep -q "connection tracking started (ipv4)"
result $? "monitor: own events, ends well on SIGTERM"
monitor lft 3 -A
[ "$status" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 3 ] &&
	grep -q foreign "$dir/out"
result $? "monitor: all events"
monitor ltf 1 -n 4026532567
[ "$status" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 1 ] &&
	grep -q foreign "$dir/out"
result $? "monitor: events of one inode number"
monitor lot 3 -j
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
	sed -n 1p "$dir/out" | grep -q "^{\"timestamp\":\"${stamp}Z\",\"event\":\"level\",\"netns\":.*\"text\":\"$text\",.*}$" &&
	sed -n 2p "$dir/out" | grep -q "^{\"timestamp\":\"${stamp}Z\",\"event\":\"overrun\"}$" &&
	sed -n 3p "$dir/out" | grep -q '"event":"tracking".*"logged":false}$'
result $? "monitor: JSON, one object in a line, with the overrun"
monitor lol 3
[ "$status" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 2 ] &&
	[ "$(cat "$dir/err")" = "ctmodctl: events came faster than they were read: some may be missing" ]
result $? "monitor: goes on after an overrun"
monitor bl 2
[ "$status" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 1 ] &&
	[ "$(cat "$dir/err")" = "ctmodctl: cannot read an event: attribute 'text' is missing" ]
result $? "monitor: goes on after an event it cannot read"
FAKE_EVENTS=lgl run "$fake" monitor
[ "$status" -eq 1 ] && [ "$(wc -l <"$dir/out")" -eq 1 ] &&
	[ "$(cat "$dir/err")" = "ctmodctl: the ctwatch module was unloaded: run 'modprobe ctwatch', then monitor again" ]
result $? "monitor: tells when the module is unloaded"

echo "1..$n"
exit $failed
