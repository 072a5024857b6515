#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0
# Does the plan of a TAP report say as many results as came? Says nothing if so.
#
# A plan may stand before its results or after them, and a report may be several
# one after the other: then their plans add up. What is indented is a subtest,
# whose plan is its own; it may have none, as KUnit's with parameters.

BEGIN { top = 0 }

# A line of less indent ends the subtests before it.
function close_above(level,    i) {
	for (i = top; i > level; i--) {
		if (i in planned && planned[i] != got[i])
			print "a subtest has " got[i] + 0 " results and a plan of " planned[i]
		delete planned[i]
		delete got[i]
	}
	top = level
}

/^ *(not )?ok( |$)/ {
	close_above(match($0, /[^ ]/) - 1)
	got[top]++
}

/^ *1\.\.[0-9]+$/ {
	match($0, /[^ ]/)
	if (RSTART - 1 < top)
		close_above(RSTART - 1)
	top = RSTART - 1
	planned[top] += substr($0, RSTART + 3)
}

END {
	close_above(0)
	if (!(0 in planned))
		print "no plan"
	else if (planned[0] != got[0])
		print got[0] + 0 " results and a plan of " planned[0]
}
