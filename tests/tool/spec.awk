# SPDX-License-Identifier: GPL-2.0
#
# module/ctwatch.yaml in lines like those of dump_names. Goes by indentation:
# the spec is written in one style throughout.

function flush_attribute() {
	if (attribute != "" && type != "pad")
		print "attribute", set, number, attribute, type, words
	if (attribute != "" && set == "config" && max != "")
		print "range", attribute, (min == "" ? 0 : min), max
	attribute = ""
}

/^[a-z]/ { flush_attribute(); section = $1; mode = "" }

section == "definitions:" && /^    name: / { name = $2; number = 0 }
section == "definitions:" && /^    entries: \[/ {
	gsub(/.*\[|\].*|,/, "")
	for (i = 1; i <= NF; i++)
		print "enum", name, number++, $i
}
section == "definitions:" && /^      - [a-z0-9-]+$/ {
	print "enum", name, number++, $2
}
section == "definitions:" && /^        name: / {
	print "enum", name, number++, $2
}

section == "attribute-sets:" && /^    name: / {
	flush_attribute()
	set = $2
	number = 0
}
section == "attribute-sets:" && /^        name: / {
	flush_attribute()
	attribute = $2
	number++
	words = "-"
	type = min = max = ""
}
section == "attribute-sets:" && /^        type: / { type = $2 }
section == "attribute-sets:" && /^        enum: / { words = $2 }
section == "attribute-sets:" && /^          min: / { min = $2 }
section == "attribute-sets:" && /^          max: / { max = $2 }

section == "operations:" && /^      name: / {
	operation = $2
	mode = ""
	print "command", ++commands, operation
}
section == "operations:" && /^ +request:/ { mode = "" }
section == "operations:" && /^ +(reply|event):/ { mode = "answer" }
section == "operations:" && /^ +- [a-z0-9-]+$/ && mode == "answer" &&
	operation != "source-get" {
	print "operation", operation, $2
}
