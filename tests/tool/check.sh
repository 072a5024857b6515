#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run every test of the tool; fails if one of them does. BUILD says where the
# programs are.
cd "$(dirname "$0")" || exit 1
failed=0

for test in "$BUILD/test_parse" "$BUILD/test_output" "$BUILD/test_input" \
	    "$BUILD/test_view" "$BUILD/test_conffile" \
	    ./names.sh ./cli.sh ./terminal.py; do
	echo "# $(basename "$test")"
	if [ "$test" = ./terminal.py ] && ! command -v python3 >/dev/null; then
		echo "ok 1 - the screen # SKIP there is no python3"
		continue
	fi
	"$test" || { echo "# $(basename "$test") FAILED"; failed=1; }
done
exit $failed
