# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the parts of the bench: figures taken again and again, their medians, and
# what they should be. Sourced inside a booted kernel.

# shellcheck source=tests/scenarios/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../scenarios/lib.sh"

# One file a figure, one value a line
FIGURES=${FIGURES:-$(mktemp -d)}
export FIGURES

# What the clock counts; instructions on a machine of kind "count", see
# tests/vm/kernels.
UNIT=${UNIT:-ns}

fail() { echo "failed: $*"; exit 1; }

# note NAME VALUE...
note() {
	local name=$1
	shift
	printf '%s\n' "$@" >>"$FIGURES/$name"
}

calc() { awk "BEGIN { print $* }"; }

# Microseconds
now() { echo "${EPOCHREALTIME/[.,]/}"; }

# timed NAME COMMAND [ARG...]: the milliseconds that it takes
timed() {
	local name=$1 start end
	shift
	start=${EPOCHREALTIME/[.,]/}
	"$@" || fail "$*"
	end=${EPOCHREALTIME/[.,]/}
	LAST=$(calc "($end - $start) / 1000")
	note "$name" "$LAST"
}

# median, lowest, highest, number of values
summary() {
	sort -g "$FIGURES/$1" | awk '
		{ v[NR] = $1 }
		END { print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2, v[1], v[NR], NR }'
}

median() { summary "$1" | cut -d ' ' -f 1; }
lowest() { summary "$1" | cut -d ' ' -f 2; }

# target OP LIMIT: for "show", where there is a limit and the unit is time
target() { [ "$UNIT" != ns ] || [ -z "$2" ] || echo "$1 $2"; }

# show NAME TEXT [OP LIMIT [all]]: a line of the table, with the target if there
# is one, of the median or of each value
show() {
	local median low high n verdict=
	[ -s "$FIGURES/$1" ] || fail "no figure: $2"
	read -r median low high n < <(summary "$1")
	if [ $# -gt 2 ]; then
		verdict="target $3 $4: MISSED"
		[ "$(calc "($median $3 $4) && (\"${5:-}\" == \"\" || ($low $3 $4 && $high $3 $4))")" = 0 ] ||
			verdict="target $3 $4: met"
	fi
	awk -v text="$2" -v median="$median" -v low="$low" -v high="$high" -v n="$n" -v verdict="$verdict" '
		function number(x) { return sprintf(x * x >= 10000 ? "%d" : x * x >= 100 ? "%.1f" : "%.3f", x) }
		BEGIN { printf "%-50s %9s  %9s to %-9s %3d  %s\n", text, number(median), number(low), number(high), n, verdict }'
}

heading() { printf '%-50s %9s  %9s to %-9s %3s\n' "$1" median lowest highest "of"; }

# For machines, one line: every figure and its values
figures_json() {
	local file
	printf 'json '
	for file in "$FIGURES"/*; do
		jq -cs --arg name "$(basename "$file")" \
			'{($name): {median: (sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2), values: .}}' "$file"
	done | jq -cs add
}

# Packets that reached the other side.
received() { ip -n server -s -j link show s0 | jq '.[0].stats64.rx.packets'; }

# forwarded NAME PACKETS [pktgen command...]: thousands of packets a second that
# reach the other side; also LAST
forwarded() {
	local name=$1 before after usec
	shift
	before=$(received)
	flood client c0 "$@" || fail pktgen
	after=$(received)
	usec=$(in_ns client sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' /proc/net/pktgen/c0)
	[ -n "$usec" ] || fail "pktgen: $(in_ns client tail -n 1 /proc/net/pktgen/c0)"
	LAST=$(calc "($after - $before) * 1000 / $usec")
	note "$name" "$LAST"
}

# answered COUNT [pktgen command...]: COUNT flows, from source port 700 to
# port 9, that have seen packets both ways for long enough to be a stream
answered() {
	local count=$1 first=10.1.0.1 last
	last=$(dotted $((0x0a010000 + count)))
	FLOWS=("src_min $first" "src_max $last" "udp_src_min 700" "udp_src_max 700")
	flood client c0 "$count" "${FLOWS[@]}"
	FLOOD_TO=r1 flood server s0 "$count" "src_min 10.2.0.1" "src_max 10.2.0.1" \
		"dst_min $first" "dst_max $last" "udp_src_min 9" "udp_src_max 9" \
		"udp_dst_min 700" "udp_dst_max 700"
	sleep 2
	flood client c0 "$count" "${FLOWS[@]}"
}

# beside_begin COMMAND [ARG...]: in the router, on the last processor; what
# it says is in /tmp/beside
beside_begin() {
	rm -f /tmp/beside
	(exec ip netns exec router taskset -c $(($(nproc) - 1)) "$@" >>/tmp/beside 2>&1) &
	BESIDE=$!
}

# Fails when it ended by itself.
beside_end() {
	local status
	kill "$BESIDE" 2>/dev/null
	status=$?
	wait "$BESIDE" 2>/dev/null
	return $status
}

dotted() { echo "$(($1 >> 24)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))"; }

# exponent NAME: with lines "size time" on stdin, by least squares of the
# logarithms, which takes two sizes; the figure is one value
exponent() {
	awk '$2 > 0 { x = log($1); y = log($2); n++; sx += x; sy += y; sxx += x * x; sxy += x * y }
	     END { if (n > 1) print (n * sxy - sx * sy) / (n * sxx - sx * sx) }' >"$FIGURES/$1"
}

# KiB of all that a module can take from the kernel
memory() { awk '/^(Slab|VmallocUsed|Percpu|KernelStack):/ { sum += $2 } END { print sum }' /proc/meminfo; }
