#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# plan.awk and merge.awk on reports that are as they should be, and on others. TAP.
cd "$(dirname "$0")" || exit 1
N=0 FAILED=0

# says NAME WANTED GOT
says() {
	N=$((N + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $N - $1"
	else
		FAILED=1
		echo "not ok $N - $1"
		printf '# wanted: %s\n# got: %s\n' "$2" "$3"
	fi
}

# plan NAME WANTED REPORT, merge NAME WANTED REPORT
plan() { says "plan.awk: $1" "$2" "$(printf '%b' "$3" | awk -f plan.awk)"; }
merge() { says "merge.awk: $1" "$2" "$(printf '%b' "$3" | awk -f merge.awk | xargs -d '\n')"; }

plan "a plan behind" "" 'ok 1 - a\nnot ok 2 - b\n1..2\n'
plan "a plan before" "" '1..2\nok 1\nok 2 - b # SKIP c\n'
plan "two reports" "" 'ok 1 - a\n1..1\n1..2\nok 1\nok 2\n'
plan "a result that did not come" "1 results and a plan of 2" 'ok 1 - a\n1..2\n'
plan "one too many" "2 results and a plan of 1" 'ok 1 - a\nok 2 - b\n1..1\n'
plan "no plan" "no plan" 'ok 1 - a\n'
plan "nothing at all" "no plan" ''
plan "a result on somebody's line is none" "1 results and a plan of 2" 'ok 1 - a\n# ok 2 - b\n1..2\n'
plan "subtests" "" '1..1\n    1..2\n    ok 1 a\n    ok 2 b\nok 1 c\n'
plan "a subtest's subtests without a plan" "" '1..1\n    1..1\n        ok 1 x\n        ok 2 y\n    ok 1 a\nok 1 c\n'
plan "a subtest that lacks one" "a subtest has 1 results and a plan of 2" '1..1\n    1..2\n    ok 1 a\nok 1 c\n'
plan "the last subtest lacks one" "a subtest has 0 results and a plan of 1" 'ok 1 c\n1..1\n    1..1\n'

merge "one numbering, one plan" "ok 1 - a ok 2 - b 1..2" 'ok 1 - a\n1..1\n\nended 0 x\nok 1 - b\n1..1\n\nended 0 y\n'
merge "a result that did not come" "ok 1 - a not ok 2 - x: 1 results, 2 planned 1..2" 'ok 1 - a\n1..2\n\nended 0 x\n'
merge "no plan" "ok 1 - a not ok 2 - x: 1 results and no plan 1..2" 'ok 1 - a\n\nended 0 x\n'
merge "a bad end without a reason" "ok 1 - a not ok 2 - x: ended with 9 1..2" 'ok 1 - a\n1..1\n\nended 9 x\n'
merge "a bad end with one" "not ok 1 - a 1..1" 'not ok 1 - a\n1..1\n\nended 1 x\n'

echo "1..$N"
exit $FAILED
