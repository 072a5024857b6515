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
unset FAKE FAKE_LOG FAKE_EVENTS FAKE_CONFIG FAKE_NAMES FAKE_PARAMETERS FAKE_RELEASE

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
		grep -qF -e "$words" "$dir/err" &&
		grep -qE "\. Try 'ctmodctl (--help|help [a-z]+)'$" "$dir/err"
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
for size in 0 -1 4k '' 1073741824; do
	usage "'$size' is no size of a buffer: give bytes, 1 to 1073741823" \
		monitor -b "$size"
done
usage "'top' takes no argument '5'" top 5
usage "unknown option '-b'" stats -b src
usage "option '-b' needs a value" top -b
usage "option '--assured' takes no value" top --assured=yes
usage "unknown option '--no'" top --no
usage "'sources' is no key: give some of netns, src, dst, proto, dport, state, zone, as in src/24,proto" \
	top -b sources
usage "'src/200' is no prefix: give /24 for IPv4 (0 to 32), /56 for IPv6 (33 to 128), /24/56 for both" \
	top --by src/200
for count in -1 x '' 4294967296; do
	usage "'$count' is no number of rows: give a whole number, 0 for all" \
		top -N "$count"
done
usage "'now' is no age: give seconds, as 2 or 0.5" top --max-age now
for seconds in 0 0.05 -1 x 86401; do
	usage "'$seconds' is no time between two views: give seconds from 0.1 to 86400" \
		top -w $seconds
done
usage "'example.org' is no address: give one as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32" \
	top --src example.org
usage "'10.0.0.0/33' is no address" top --dst 10.0.0.0/33
usage "'inet' is no address family: give ipv4 or ipv6" top --family inet
usage "no entry is of IPv4 and IPv6: give addresses and a family that fit" \
	top -6 --src 10.0.0.1
usage "no entry is of IPv4 and IPv6: give addresses and a family that fit" \
	top -4 -6
usage "'ftp' is no protocol: give tcp, udp, udplite, icmp, icmpv6, sctp, dccp, gre, esp or a number from 0 to 255" \
	top --proto ftp
usage "'TIMEWAIT' is no state: give some of NONE,UNREPLIED," top --state TIMEWAIT
usage "'ssh' is no port: give a whole number from 0 to 65535" top --dport ssh
usage "'65536' is no port: give a whole number from 0 to 65535" top --sport 65536
usage "'x' is no zone: give a whole number from 0 to 65535" top --zone x
usage "'red' is no mark: give one as 1, 0x10 or 0x10/0xf0" top --mark red
usage "mark '5/3' has bits outside its mask, so no entry has it" top --mark 5/3
usage "give --assured or --no-assured, once" top --assured --no-assured
usage "give --unreplied or --replied, once" top --replied --unreplied
usage "give --expired or --no-expired, once" top --expired --expired
usage "--proto is given twice" top --proto tcp --proto udp
usage "--peak was counted without a filter: leave the filters out" \
	top --peak --proto tcp
usage "--peak was counted by src, proto, state and zone: leave other keys out" \
	top --peak -b src,dport
usage "--peak has its own age: leave --max-age out" top --peak --max-age 1
usage "--peak stays what it was: leave -w out" top --peak -w 1
usage "--peak is about one network namespace: leave -A out" top --peak -A
usage "-w is a view for people, -j is for programs: give one of them" \
	top -j -w 1
usage "-w needs a terminal: leave it out to print once" top -w 1
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
usage "--save and --load are opposites: give one of them" config -s -l
for option in --save --load; do
	usage "the file of --save and --load names its network namespaces: leave -n and -A out" \
		config -n 5 $option
	usage "the file of --save and --load names its network namespaces: leave -n and -A out" \
		config $option - -A
	usage "--save and --load take a file, not settings: leave 'warning' out" \
		config $option warning
	usage "--save and --load take a file, not settings: leave 'log=1' out" \
		config log=1 $option
	usage "--save and --load take one file: leave 'b' out" \
		config $option a b
	usage "the name of the file is empty: leave it out for /etc/ctwatch.conf" \
		config $option ''
done
usage "option '--save' takes no value" config --save=x
usage "--skip-missing is for --load: leave it out" \
	config --save --skip-missing -
usage "--skip-missing is for --load: give that too" config --skip-missing
usage "--skip-missing is for --load: give that too" config --skip-missing log=1

run "$tool" statsx
check "usage: where all commands are told" 2 "" \
	"ctmodctl: unknown command 'statsx'. Try 'ctmodctl --help'"
run "$tool" -j config -x
check "usage: where the command is told" 2 "" \
	"ctmodctl: unknown option '-x'. Try 'ctmodctl help config'"

run "$tool" --help
cp "$dir/out" "$dir/help"
grep -q '^Usage: ctmodctl \[OPTION' "$dir/out" && [ "$status" -eq 0 ] &&
	[ ! -s "$dir/err" ] && [ "$(wc -l <"$dir/out")" -lt 25 ] &&
	! grep -q -e --peak "$dir/out"
result $? "--help is an overview"
run "$tool" help
cmp -s "$dir/out" "$dir/help" && [ "$status" -eq 0 ]
result $? "help is the same"
for command in stats sources top monitor config reset version help; do
	grep -q "^  $command  *[a-z]" "$dir/help"
	result $? "--help names $command"
	run "$tool" help "$command"
	cp "$dir/out" "$dir/about"
	[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
		grep -q "^Usage: ctmodctl \[OPTION...\] $command" "$dir/out" &&
		grep -q "^  -n, --netns NETNS" "$dir/out" &&
		grep -q "^Exit status: 0 done" "$dir/out"
	result $? "help $command"
	for args in "$command -h" "--help $command" "$command x --help"; do
		# shellcheck disable=SC2086
		run "$tool" $args
		cmp -s "$dir/out" "$dir/about" && [ "$status" -eq 0 ]
		result $? "the same: $args"
	done
done
usage "unknown command 'top5'" help top5
usage "'help' is about one command: leave 'stats' out" help top stats

# What a command takes, by the option strings that it is built with.
tells() {	# COMMAND WORD...
	command=$1
	shift
	run "$tool" help "$command"
	for word; do
		grep -qF -e "$word" "$dir/out"
		result $? "help $command tells $word"
	done
}

tells top -b --by -N --number -w --watch --max-age --peak --src --dst -4 -6 \
	--family --proto --state --sport --dport --zone --mark --assured \
	--no-assured --unreplied --replied --expired --no-expired \
	"  netns " "  src, dst " "  proto " "  dport " "  state " "  zone " \
	src/24/56 NONE TIME_WAIT SHUTDOWN_ACK_SENT OTHER
tells sources -N --number
tells monitor -b --buffer-size
tells config -s --save -l --load --skip-missing /etc/ctwatch.conf \
	"  notice             60  1-100 " "  predict-time       60  0-86400 " \
	"  ipv6-prefix        64  1-128    bits that make one IPv6 source"
run "$tool" help reset
! grep -q -e '-A' "$dir/out"
result $? "help reset does not tell -A"
run "$tool" -V
check "--version" 0 "ctmodctl $version" ""

# No family on this host, or nothing can be said.
if [ -e /sys/module/ctwatch ]; then
	n=$((n + 1))
	echo "ok $n - without the module # SKIP ctwatch is loaded on this host"
else
	for args in "" stats -A "sources -N 3" monitor config "config log=1" \
		    top "top --peak" reset "-j stats"; do
		# shellcheck disable=SC2086
		run "$tool" $args
		[ "$status" -eq 1 ] && [ ! -s "$dir/out" ] &&
			[ "$(wc -l <"$dir/err")" -eq 1 ] &&
			grep -q "^ctmodctl: the ctwatch module is not .*'modprobe ctwatch'" \
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

# What stats asks of the table: by protocol and state, and who held the peak.
asks "status-get do
census-get dump 1=own 2=40 9=1000
census-get dump 1=own 2=106 4=64 8=3 10="
asks "status-get dump" -A
asks "status-get do 2=4026532567
census-get dump 1=4026532567 2=40 9=1000
census-get dump 1=4026532567 2=106 4=64 8=3 10=" -n 4026532567
asks "status-get do 2=own
census-get dump 1=own 2=40 9=1000
census-get dump 1=own 2=106 4=64 8=3 10=" stats -n $$
asks "source-get dump 2=own
status-get do" sources
asks "source-get dump
status-get dump" sources -A
asks "source-get dump 2=4026532567
status-get do 2=4026532567" -n 4026532567 sources
asks "census-get dump 1=own 2=42 4=64 8=10" top
asks "census-get dump 2=43 4=64 8=10" top -A
asks "census-get dump 1=4026532567 2=42 4=64 8=0" -n 4026532567 top -N 0
asks "census-get dump 1=own 2=2 3=24 4=64 8=10" top -b src/24
asks "census-get dump 1=own 2=2 4=56 8=10" top -b src/56
asks "census-get dump 1=own 2=118 3=16 4=48 5=24 8=10" \
	top -b src/16/48,dst/24,dport,state,zone
asks "census-get dump 1=own 2=44 6=64 8=10" top -b protocol,dst/64,state
asks "census-get dump 1=own 2=42 4=64 8=5 9=1500" top --max-age 1.5 -N5
asks "census-get dump 1=own 2=42 4=64 8=10 10=" top --peak
# Four bytes are logged as a number: 10.0.0.0 is 10.
asks "census-get dump 1=own 2=42 4=64 7={ 1=2 2=6 3=1040 4=10 5=8 6=16908480 7=32 8=1 9=443 10=7 11=16 12=240 13=0 14=1 15=0 } 8=10" \
	top --src 10.1.2.3/8 --dst 192.0.2.1 -4 --proto TCP \
	--state TIME_WAIT,syn-sent --sport 1 --dport 443 --zone 7 \
	--mark 0x10/0xf0 --no-assured --unreplied --no-expired
asks "census-get dump 1=own 2=42 4=64 7={ 1=10 4=20010db8000000000000000000000000 5=32 13=1 14=0 15=1 } 8=10" \
	top --src 2001:db8::1/32 --family ipv6 --assured --replied --expired
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

run "$fake" top -N 2 -b src,zone
check "two rows and the rest" 0 \
"SOURCE             ZONE  ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED
192.168.1.38          0    29457    56%    29457          0        0
2001:db8:1:2::/64     7    12000    22%        0      12000        0
other                        960     1%      100        200        9
52417 entries seen in 4.2ms, 3.1s ago; 12 unattributed; 2 of 4096 groups
other: 17 entries are of groups beyond the bound of 4096 (module parameter groups)" ""
run "$fake" top -j -N 1 -b proto --peak
check "a peak in JSON" 0 \
	'{"netns":4026531840,"by":["protocol"],"src-ipv4-prefix":32,"src-ipv6-prefix":64,"dst-ipv4-prefix":32,"dst-ipv6-prefix":128,"peak":true,"census":{"generation":17,"age":3100,"duration":4200,"seen":52417,"matched":52417,"nat-clash":2,"entries":52429,"unattributed":12,"groups":4096,"groups-max":4096,"ungrouped":17},"group":[{"protocol":"tcp","entries":29457,"assured":29457,"unreplied":0,"expired":0,"other":false},{"entries":960,"assured":100,"unreplied":200,"expired":9,"other":true}]}' ""
FAKE=no-groups run "$fake" -A top -j -b netns
check "no netns and no groups in JSON" 0 \
	'{"by":["netns"],"src-ipv4-prefix":32,"src-ipv6-prefix":64,"dst-ipv4-prefix":32,"dst-ipv6-prefix":128,"peak":false,"census":{"generation":17,"age":3100,"duration":4200,"seen":52417,"matched":52417,"nat-clash":2,"entries":52429,"unattributed":12,"groups":4096,"groups-max":4096,"ungrouped":17},"group":[]}' ""
run "$fake" stats
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
	grep -q '^Entries by protocol and state:$' "$dir/out" &&
	grep -q '^29557 assured (56%), 12200 unreplied (23%), 12 expired (<1%)$' "$dir/out" &&
	grep -q '^At the last peak, 3.1s ago, of 52417 entries:$' "$dir/out"
result $? "stats: what the table holds, and held at the peak"
run "$fake" -j
[ "$status" -eq 0 ] &&
	grep -q '"kind":\[.*\],"census":{"netns":4026531840,"by":\["protocol","state"\],.*},"peak":{"netns":4026531840,"by":\["src","protocol","state","zone"\],.*"peak":true,.*}}$' "$dir/out"
result $? "stats: the same in JSON"
for fake_name in no-rights no-census; do
	FAKE=$fake_name run "$fake"
	[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
		grep -q '^attempts ' "$dir/out" &&
		! grep -qE 'Entries by|last peak' "$dir/out"
	result $? "stats: $fake_name leaves the table out"
	FAKE=$fake_name run "$fake" -j
	[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
		grep -q '"kind":\[[^]]*\]}$' "$dir/out"
	result $? "stats: $fake_name leaves it out of JSON"
done
FAKE=no-peak run "$fake" -j
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
	grep -q '"census":{' "$dir/out" && ! grep -q '"peak":{' "$dir/out"
result $? "stats: without a peak"
FAKE=census-fails run "$fake"
[ "$status" -eq 1 ] && grep -q '^attempts ' "$dir/out" &&
	[ "$(cat "$dir/err")" = "ctmodctl: the table changed its size too often, ask again" ]
result $? "stats: a census that fails is told, after what is known"

# Settings in a file. Of the kernel's namespaces the last has no name.
FAKE_NAMES="blue=4026532567 red=4026532999 again=4026532567 own=4026531840 "
FAKE_PARAMETERS=$dir/parameters
export FAKE_NAMES FAKE_PARAMETERS
mkdir "$FAKE_PARAMETERS"
for parameter in notice=60 warning=80 critical=90 hysteresis=5 \
		 predict_time=60 predict_min=40 repeat=60 log=1 \
		 ipv4_prefix=32 ipv6_prefix=64; do
	echo "${parameter#*=}" >"$FAKE_PARAMETERS/${parameter%=*}"
done
settings="4026531840 60 80 90 5 60 40 60 1 32 64
4026532567 60 80 90 5 60 40 60 1 32 64
4026532999 60 80 90 5 60 40 60 1 32 64
4026532111 60 80 90 5 60 40 60 1 32 64"

# Run with these settings in the kernel, and FILE with this text.
with_file() {	# SETTINGS TEXT ARGUMENT...
	printf '%s\n' "$1" >"$dir/kernel"
	printf '%s' "$2" >"$dir/f"
	shift 2
	rm -f "$dir/log"
	FAKE_CONFIG=$dir/kernel FAKE_LOG=$dir/log run "$fake" config "$@"
}

# After it: the settings in the kernel, and the requests that changed any.
kernel_has() {	# SETTINGS
	[ "$(cat "$dir/kernel")" = "$1" ]
}

changes() {
	grep '^config-set' "$dir/log"
}

with_file "$settings" "warning = 75
[netns blue]
critical = 95
log = 0
[netns red]
[netns again2]" -l "$dir/f" --skip-missing
check "load: skips what is missing, and says so" 0 "" \
	"ctmodctl: $dir/f:6: no network namespace 'again2' in 'ip netns list': skipped"
kernel_has "4026531840 60 75 90 5 60 40 60 1 32 64
4026532567 60 80 95 5 60 40 60 0 32 64
4026532999 60 80 90 5 60 40 60 1 32 64
4026532111 60 80 90 5 60 40 60 1 32 64" && [ "$(changes)" = "config-set do 3=75
config-set do 4=95 9=0 1=4026532567" ]
result $? "load: all keys of a namespace at once"
with_file "$settings" "" --load "$dir/f"
check "load: an empty file" 0 "" ""
FAKE_CONFIG=$dir/kernel "$fake" config -l - <<-END >"$dir/out" 2>"$dir/err"
	repeat=30
END
status=$?
kernel_has "$(echo "$settings" | sed '1s/ 60 1 32/ 30 1 32/')" &&
	[ "$status" -eq 0 ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ]
result $? "load: from standard input"
FAKE_CONFIG=$dir/kernel "$fake" config -l - <<-END >"$dir/out" 2>"$dir/err"
	repeat=x
END
status=$?
check "load: and which line of it" 1 "" \
	"ctmodctl: standard input:1: 'x' is no value for repeat: give a whole number from 0 to 86400"
with_file "$settings" "log = 0" -j --load "$dir/f"
check "load: JSON says no more" 0 "" ""

with_file "$settings" "log=0
[netns stale]
log=0" --skip-missing -l "$dir/f"
check "load: skips a name that was left behind" 0 "" \
	"ctmodctl: $dir/f:2: /run/netns/stale is no network namespace: skipped"

# Refused, and the kernel has what it had.
refuses() {	# ERR TEXT
	with_file "$settings" "$2" -l "$dir/f"
	check "load: $1" 1 "" "ctmodctl: $dir/f:$1"
	kernel_has "$settings"
	result $? "load: and nothing is changed"
}

unchanged() {
	[ ! -e "$dir/log" ] || ! changes >"$dir/out"
	result $? "load: not even for a moment"
}

refuses "3: '101' is no value for critical: give a whole number from 1 to 100" \
	"log=0
[netns blue]
critical=101"
unchanged
refuses "4: no network namespace 'green' in 'ip netns list'; --skip-missing goes on without it" \
	"log=0
[netns blue]
critical=95
[netns green]"
unchanged
refuses "2: /run/netns/stale is no network namespace; --skip-missing goes on without it" \
	"log=0
[netns stale]
log=0"
unchanged
refuses "4: 'again' is the same network namespace as that of line 2: give it once; nothing was changed" \
	"log=0
[netns blue]
critical=95
[netns again]
log=0"
unchanged
refuses "3: 'own' is the same network namespace as that of line 1: give it once; nothing was changed" \
	"log=0

[netns own]"
unchanged
refuses "5: thresholds must rise: notice < warning < critical; nothing was changed" \
	"log=0
predict-time=0
[netns blue]
critical=95
[netns red]
warning=92"
[ "$(changes)" = "config-set do 6=0 9=0
config-set do 4=95 1=4026532567
config-set do 3=92 1=4026532999
config-set do 6=60 9=1
config-set do 4=90 1=4026532567" ]
result $? "load: what was set is put back, with the keys that were set"
refuses "2: hysteresis must be at most 50 and less than notice; nothing was changed" \
	"
notice = 5
log = 0"
FAKE=narrow refuses "3: critical (1 to 100): integer out of range; nothing was changed" \
	"log=0
[netns blue]
critical = 100"
printf 'log=0\n[netns blue]\ncritical=95\n[netns red]\nwarning=92\n' >"$dir/f"
echo "$settings" >"$dir/kernel"
FAKE=stuck FAKE_CONFIG=$dir/kernel run "$fake" config -l "$dir/f"
check "load: says what cannot be put back" 1 "" \
	"ctmodctl: one's own network namespace stays changed: not permitted: run as root (needs CAP_NET_ADMIN)
ctmodctl: network namespace 'blue' stays changed: not permitted: run as root (needs CAP_NET_ADMIN)
ctmodctl: $dir/f:4: thresholds must rise: notice < warning < critical; nothing else was changed"
run "$fake" config -l "$dir/none"
check "load: no file" 1 "" \
	"ctmodctl: cannot read $dir/none: No such file or directory"

# What is saved, and that loading it restores the same.
other="4026531840 61 81 91 6 61 41 61 0 31 63
4026532567 60 80 90 5 60 40 60 1 32 64
4026532999 10 20 30 4 0 0 0 0 8 128"
with_file "$other" "" --save -
check "save: one's own in full, others that differ" 0 \
"# Settings of ctwatch, as 'ctmodctl config --save' found them: ctwatch.conf(5).
# 'ctmodctl config --load' sets them again: all of this file or nothing.

# The network namespace that the file is loaded in.
notice       = 61    ; % of max, threshold of this level
warning      = 81    ; % of max, threshold of this level
critical     = 91    ; % of max, threshold of this level
hysteresis   = 6     ; points below its threshold where a level ends
predict-time = 61    ; seconds; full sooner counts as warning, 0 is off
predict-min  = 41    ; % of max, no prediction below
repeat       = 61    ; seconds between lines while a level lasts, 0 is never
log          = 0     ; 1 writes to the kernel log, 0 only sends events
ipv4-prefix  = 31    ; bits that make one IPv4 source
ipv6-prefix  = 63    ; bits that make one IPv6 source

[netns red]
notice       = 10    ; % of max, threshold of this level
warning      = 20    ; % of max, threshold of this level
critical     = 30    ; % of max, threshold of this level
hysteresis   = 4     ; points below its threshold where a level ends
predict-time = 0     ; seconds; full sooner counts as warning, 0 is off
predict-min  = 0     ; % of max, no prediction below
repeat       = 0     ; seconds between lines while a level lasts, 0 is never
log          = 0     ; 1 writes to the kernel log, 0 only sends events
ipv4-prefix  = 8     ; bits that make one IPv4 source
ipv6-prefix  = 128   ; bits that make one IPv6 source" ""
with_file "$other" "" -j -s "$dir/saved"
check "save: JSON says no more" 0 "" ""
with_file "$(echo "$settings" | head -n 3)" "" --load "$dir/saved"
kernel_has "$other" && [ "$status" -eq 0 ]
result $? "load: what was saved"
echo 70 >"$FAKE_PARAMETERS/predict_time"
with_file "$settings" "" -s "$dir/saved"
check "save: a namespace without a name is told" 0 "" \
	"ctmodctl: the settings of network namespace 4026532111 are not saved: it has no name of 'ip netns list'"
grep -q '^\[netns blue\]$' "$dir/saved" && grep -q '^\[netns red\]$' "$dir/saved"
result $? "save: what differs goes by the module's parameters"
FAKE=container with_file "$settings" "" -s "$dir/saved"
check "save: from a container" 0 "" ""
! grep -q '^\[' "$dir/saved" && grep -q '^warning .*= 80 ' "$dir/saved"
result $? "save: his own namespace only"
FAKE_NAMES="bl]ue=4026532567 red=4026532999 " with_file \
	"$(echo "$settings" | head -n 3)" "" -s "$dir/saved"
check "save: a name that no section can have" 0 "" \
	"ctmodctl: the settings of network namespace 4026532567 are not saved: it has no name of 'ip netns list'"
# Made printable it may be the name of another one.
FAKE_NAMES="red=4026532999 red=4026532567 " with_file \
	"$(echo "$settings" | head -n 2)" "" -s "$dir/saved"
check "save: a name that is that of another" 0 "" \
	"ctmodctl: the settings of network namespace 4026532567 are not saved: it has no name of 'ip netns list'"
run "$fake" config -s "$dir/none/f"
check "save: no such folder" 1 "" \
	"ctmodctl: cannot write beside $dir/none/f: No such file or directory"
rm "$FAKE_PARAMETERS/log"
cp "$dir/saved" "$dir/saved2"
run "$fake" config -s "$dir/saved"
cmp -s "$dir/saved" "$dir/saved2" && [ "$status" -eq 1 ]
result $? "save: without the defaults the file stays what it was"
unset FAKE_NAMES FAKE_PARAMETERS

# A module of another release.
reload="update the module, then 'rmmod ctwatch && modprobe ctwatch'"
FAKE=unknown-operation run "$fake" sources
check "an operation that an older module lacks" 1 "" \
	"ctmodctl: the loaded ctwatch module does not know source-get, which ctmodctl ($version) asks for: $reload"
FAKE=older-module FAKE_RELEASE=0.0.9 run "$fake" config log=1 repeat=5
check "a setting that it lacks" 1 "" \
	"ctmodctl: the loaded ctwatch module (0.0.9) does not know 'repeat' of config-set, which ctmodctl ($version) asks for: $reload"
FAKE=older-module FAKE_RELEASE=0.0.9 run "$fake" top --max-age 1
check "a question that it lacks" 1 "" \
	"ctmodctl: the loaded ctwatch module (0.0.9) does not know 'max-age' of census-get, which ctmodctl ($version) asks for: $reload"
FAKE=older-module FAKE_RELEASE=0.0.9 run "$fake" version
check "version: an older module" 0 "ctmodctl $version
ctwatch  0.0.9" "ctmodctl: the loaded ctwatch module (0.0.9) is older than ctmodctl ($version): $reload"
FAKE=older-module FAKE_RELEASE=0.0.9 run "$fake" -j version
check "version: in JSON, and what to do beside it" 0 \
	"{\"tool-version\":\"$version\",\"module-version\":\"0.0.9\"}" \
	"ctmodctl: the loaded ctwatch module (0.0.9) is older than ctmodctl ($version): $reload"
FAKE_RELEASE=100.0 run "$fake" version
check "version: a newer module" 0 "ctmodctl $version
ctwatch  100.0" "ctmodctl: the loaded ctwatch module (100.0) is newer than ctmodctl ($version): update ctmodctl"
FAKE=older-module run "$fake" -j
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] && grep -q '"attempts":1000000' "$dir/out" &&
	! grep -q '"unattributed"' "$dir/out"
result $? "stats: what an older module lacks is absent"
FAKE=newer-module FAKE_RELEASE=100.0 run "$fake"
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
	grep -q '^level  *9 (predicted)$' "$dir/out" &&
	grep -q '^200  *77  *500 ' "$dir/out"
result $? "stats: numbers of a newer module"
FAKE=newer-module run "$fake" -j -A
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
	grep -q '"level":"9"' "$dir/out" &&
	grep -q '{"protocol":"200","state":"77","count":500}' "$dir/out"
result $? "stats: in JSON too"
for args in "" top sources monitor "config log=1" reset version; do
	# shellcheck disable=SC2086
	FAKE=newer-family FAKE_RELEASE=2.0 run "$fake" $args
	[ "$status" -eq 1 ] && [ "$(cat "$dir/err")" = \
		"ctmodctl: the loaded ctwatch module (2.0) speaks version 2 of its protocol, this ctmodctl ($version) only version 1: update ctmodctl" ]
	result $? "a newer protocol: ctmodctl $args"
done
[ "$(cat "$dir/out")" = "ctmodctl $version
ctwatch  2.0" ]
result $? "version: of a module that cannot be asked"
FAKE=older-family FAKE_RELEASE=0.0.9 run "$fake" stats
check "an older protocol" 1 "" \
	"ctmodctl: the loaded ctwatch module (0.0.9) speaks version 0 of its protocol, this ctmodctl ($version) only version 1: $reload"

# Refusals.
FAKE=not-permitted run "$fake" sources
check "not permitted" 1 "" \
	"ctmodctl: not permitted: run as root (needs CAP_NET_ADMIN)"
FAKE=no-such-netns run "$fake" -n 4026532567
check "the kernel's words, made printable" 1 "" \
	"ctmodctl: no network namespace? with this inode number"
FAKE=vanished run "$fake"
check "an error without words" 1 "" \
	"ctmodctl: the ctwatch module knows no such network namespace, or was unloaded just now"
FAKE=no-entries run "$fake"
check "an answer that lacks an attribute" 1 "" \
	"ctmodctl: cannot read the answer of the module: attribute 'entries' is missing"
FAKE=no-entries FAKE_RELEASE=0.0.9 run "$fake"
check "and why that may be" 1 "" \
	"ctmodctl: cannot read the answer of the module: attribute 'entries' is missing; the loaded ctwatch module (0.0.9) is older than ctmodctl ($version): $reload"
FAKE=odd FAKE_RELEASE=100.0 run "$fake" top
check "an error without words, of a newer module" 1 "" \
	"ctmodctl: census-get: Invalid argument; the loaded ctwatch module (100.0) is newer than ctmodctl ($version): update ctmodctl"
FAKE=odd FAKE_RELEASE=$version run "$fake" top
check "and of the same release" 1 "" "ctmodctl: census-get: Invalid argument"
FAKE=dump-fails run "$fake" sources
check "a dump that ends in an error" 1 "" \
	"ctmodctl: the sources were reset, ask again"
FAKE=no-rights run "$fake" top
check "top: not permitted" 1 "" \
	"ctmodctl: not permitted: run as root (needs CAP_NET_ADMIN)"
FAKE=no-census run "$fake" top
check "top: an older module" 1 "" \
	"ctmodctl: the loaded ctwatch module does not know census-get, which ctmodctl ($version) asks for: $reload"
FAKE=no-peak run "$fake" top --peak
check "top: no peak, in the kernel's words" 1 "" \
	"ctmodctl: no peak since the last reset"
FAKE=no-peak-no-words run "$fake" top --peak
check "top: no peak, in ours" 1 "" \
	"ctmodctl: no peak yet: since the start or the last reset the table has not been above notice"
FAKE=busy run "$fake" top
check "top: a table that is being resized" 1 "" \
	"ctmodctl: the connection tracking table is being resized: try again"
FAKE=census-fails run "$fake" top
check "top: a walk that fails" 1 "" \
	"ctmodctl: the table changed its size too often, ask again"
FAKE=groups-only run "$fake" top
check "top: an answer without its facts" 1 "" \
	"ctmodctl: cannot read the answer of the module: attribute 'census' is missing"
FAKE=no-facts run "$fake" top
check "top: an answer that lacks a fact" 1 "" \
	"ctmodctl: cannot read the answer of the module: attribute 'census.seen' is missing"
FAKE=no-answer run "$fake" top
check "top: no answer at all" 1 "" \
	"ctmodctl: the module gave no answer to census-get"

# Interrupted dumps.
run "$fake" top
cp "$dir/out" "$dir/top"
FAKE=interrupted-once FAKE_LOG=$dir/log4 run "$fake" top
cmp -s "$dir/out" "$dir/top" && [ ! -s "$dir/err" ] && [ "$status" -eq 0 ] &&
	[ "$(wc -l <"$dir/log4")" -eq 2 ]
result $? "top: an interrupted answer is asked for again, and none is counted twice"
FAKE=cut-short-once FAKE_LOG=$dir/log6 run "$fake" top
cmp -s "$dir/out" "$dir/top" && [ ! -s "$dir/err" ] && [ "$status" -eq 0 ] &&
	[ "$(wc -l <"$dir/log6")" -eq 2 ]
result $? "top: so is one of which only the end says that it is not whole"
FAKE=interrupted-always FAKE_LOG=$dir/log5 run "$fake" top
cmp -s "$dir/out" "$dir/top" && [ "$status" -eq 0 ] &&
	[ "$(wc -l <"$dir/log5")" -eq 8 ] && grep -q inconsistent "$dir/err"
result $? "top: one that always is comes with a warning"
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
monitor lom 4
[ "$status" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 2 ] &&
	[ "$(tail -n 1 "$dir/err")" = "ctmodctl: 7 events were missed" ]
result $? "monitor: says how many it missed when it knows"
monitor mlm 4 -j
[ "$status" -eq 0 ] && sed -n 3p "$dir/out" | grep -q '"event":"overrun","missed":7}$' &&
	[ "$(wc -l <"$dir/out")" -eq 4 ]
result $? "monitor: in JSON too, and not of those before the first"
FAKE=buffer monitor l 1 --buffer-size 12345
[ "$status" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 1 ]
result $? "monitor: the buffer that was asked for"
monitor lnl 3
[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
	sed -n 2p "$dir/out" | grep -q "^${stamp}[-+][0-9:]\{5\} netns [0-9]*: event 200$"
result $? "monitor: an event of a newer module"
FAKE_RELEASE=0.0.9 monitor b 1
[ "$status" -eq 0 ] && [ "$(cat "$dir/err")" = \
	"ctmodctl: cannot read an event: attribute 'text' is missing; the loaded ctwatch module (0.0.9) is older than ctmodctl ($version): $reload" ]
result $? "monitor: why an event cannot be read"
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
