#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run every test of the tool; fails if one of them does, or gives other results
# than it planned. BUILD says where the programs are.
cd "$(dirname "$0")" || exit 1

run() {	# TEST
	if [ "$1" = ./terminal.py ] && ! command -v python3 >/dev/null; then
		echo "ok 1 - the screen # SKIP there is no python3"
		echo "1..1"
		return
	fi
	"$1"
}

for test in "$BUILD/test_parse" "$BUILD/test_output" "$BUILD/test_input" \
	    "$BUILD/test_view" "$BUILD/test_conffile" \
	    ./names.sh ./cli.sh ./terminal.py; do
	echo "# $(basename "$test")"
	run "$test"
	# On a line of its own, whatever the last one is.
	printf '\nended %d %s\n' $? "$(basename "$test")"
done | awk -f ../merge.awk
