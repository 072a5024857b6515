# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Follows the kernel log from the beginning of the story: prints what matters
# as it happens, and keeps the first of each kind in $RUN/first.KIND, as
# "MICROSECONDS TEXT". All by the clock of the kernel log. Sourced by guest.sh.

MARK="demo: the story begins"
TABLE_FULL="nf_conntrack: table full"

# kind_of TEXT: sets KIND; empty for what is not of the story.
kind_of() {
	case $1 in
	*"$TABLE_FULL"*) KIND=kernel ;;
	"ctwatch: netns "*": full: "*) KIND=full ;;
	"ctwatch: netns "*": cleared: "*) KIND=cleared ;;
	"ctwatch: netns "*": notice: "* | "ctwatch: netns "*": warning: "* | \
	"ctwatch: netns "*": critical: "*) KIND=warned ;;
	*) KIND= ;;
	esac
}

# The kernel says it ten times in five seconds, ctwatch says each thing once.
print_event() {
	local text=${2#*netns *: }
	if [ "$KIND" != kernel ]; then
		at "$1" ctwatch "${text/; /$'\n'}"
	elif [ ! -e "$RUN/first.kernel" ]; then
		at "$1" kernel "$text"
	fi
}

# follow: reads records "6,123,4567890,-;text" of /dev/kmsg.
follow() {
	local record text micros began='' KIND
	while IFS= read -r record; do
		[[ $record =~ ^[0-9]+,[0-9]+,([0-9]+), ]] || continue
		micros=${BASH_REMATCH[1]}
		text=${record#*;}
		[ "$text" != "$MARK" ] || began=$micros
		kind_of "$text"
		if [ -z "$began" ] || [ -z "$KIND" ]; then continue; fi
		micros=$((micros - began))
		print_event "$micros" "$text"
		[ -e "$RUN/first.$KIND" ] || echo "$micros $text" >"$RUN/first.$KIND"
	done
}

# Begin the story.
begin() {
	mkfifo "$RUN/kmsg"
	follow <"$RUN/kmsg" &
	FOLLOWER=$!
	cat /dev/kmsg >"$RUN/kmsg" &
	KMSG=$!
	echo "$MARK" >/dev/kmsg
	BEGAN=${EPOCHREALTIME/./}
}

# Microseconds since then.
now() { echo $((${EPOCHREALTIME/./} - BEGAN)); }

# End it: what was logged until now is still shown.
end() {
	kill "$KMSG"
	wait "$KMSG" "$FOLLOWER"
} 2>/dev/null

happened() { [ -s "$RUN/first.$1" ]; }

# Nothing when it did not happen:
first_micros() { ! happened "$1" || cut -d' ' -f1 "$RUN/first.$1"; }
first_text() { ! happened "$1" || cut -d' ' -f2- "$RUN/first.$1"; }
