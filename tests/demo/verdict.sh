# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Did the story go as it should? Sourced by guest.sh.

FAILED=0
TIME_WAITS=0
LEAD=

# verdict TEXT COMMAND...: a line that says whether the command agrees.
verdict() {
	local text=$1 word=ok
	shift
	"$@" || { word=FAILED; FAILED=$((FAILED + 1)); }
	printf -v word '%-8s' "$word"
	wrap "$word" '        ' "$text"
}

# Sets LEAD, for people.
warned_in_time() {
	local warned full
	warned=$(first_micros warned)
	full=$(first_micros kernel)
	[ "$warned" ] && [ "$full" ] && [ "$warned" -lt "$full" ] &&
		LEAD="$(((full - warned) / 1000000)) s"
}

# The first name in the line is the heaviest: of those who hold the table, or
# who insert when there was no time for a walk.
warning_names() {
	[[ $(first_text warned) =~ "top sources"( by insertions in [0-9.]+s)?": $WEBSERVER " ]]
}

# What `ctmodctl top` said then, and of the peak when all was over:
on_top() { jq -r '.group[0] | "\(.src) \(.protocol) \(.state)"' "$1"; }

# What `ctmodctl sources` said when the warning came:
top_source() { jq -r '.source[0].address' "$RUN/sources.json"; }
has_source() {
	jq -e --arg address "$1" 'any(.source[]; .address == $address)' "$RUN/sources.json" >/dev/null
}

verdicts() {
	[ -e "$RUN/sources.json" ] || ctmodctl -j sources >"$RUN/sources.json"
	[ -e "$RUN/top.json" ] || ctmodctl -j top >"$RUN/top.json"
	warned_in_time
	verdict "ctwatch warned before the kernel's own message${LEAD:+, by $LEAD}" [ "$LEAD" ]
	verdict "the warning names $WEBSERVER first" warning_names
	verdict "ctmodctl sources had $WEBSERVER on top then" [ "$(top_source)" = "$WEBSERVER" ]
	verdict "ctmodctl top too, with its TIME_WAITs" \
		[ "$(on_top "$RUN/top.json")" = "$WEBSERVER tcp time-wait" ]
	verdict "ctmodctl top --peak still knows, the table being empty" \
		[ "$(on_top "$RUN/peak.json")" = "$WEBSERVER tcp time-wait" ]
	verdict "the bystander $BYSTANDER was in there too" has_source "$BYSTANDER"
	verdict "conntrack -L agrees: $TIME_WAITS of $MAX entries were TIME_WAITs of $WEBSERVER" \
		[ "$TIME_WAITS" -gt $((MAX * 8 / 10)) ]
	verdict "ctwatch said when it was over" happened cleared
	[ "$FAILED" = 0 ]
}
