# SPDX-License-Identifier: GPL-2.0
# The results of several programs under one plan. Each said how many it gives:
# another number, or none said, is a failure; so is a bad end without a reason.
#
# Behind the output of each comes a line "ended STATUS NAME".

function fail(what) {
	print "not ok " ++n " - " what
	failed = 1
}

/^1\.\.[0-9]+$/ {
	planned = substr($0, 4)
	next
}

/^ended [0-9]+ / {
	if (planned == "")
		fail($3 ": " came + 0 " results and no plan")
	else if (came + 0 != planned + 0)
		fail($3 ": " came + 0 " results, " planned " planned")
	if ($2 != 0 && !said)
		fail($3 ": ended with " $2)
	planned = ""
	came = said = 0
	next
}

/^not ok / {
	failed = said = 1
}

/^(not )?ok [0-9]+/ {
	came++
	sub(/ok [0-9]+/, "ok " ++n)
}

NF {
	print
	fflush()
}

END {
	print "1.." n + 0
	exit failed || !n
}
