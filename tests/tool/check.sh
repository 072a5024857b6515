#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run every test of the tool; fails if one of them does. BUILD says where the
# programs are.
cd "$(dirname "$0")" || exit 1
failed=0

for test in "$BUILD/test_parse" "$BUILD/test_output" "$BUILD/test_input" \
	    ./names.sh ./cli.sh; do
	echo "# $(basename "$test")"
	"$test" || { echo "# $(basename "$test") FAILED"; failed=1; }
done
exit $failed
