# SPDX-License-Identifier: GPL-2.0
# Every enumerator of the uapi header with its value: "CTWATCH_CMD_STATUS_GET 1".
# What only marks an end grows with them, and is left out.

/^enum/ { value = 0 }
/^\t_*CTWATCH_[A-Z0-9_]+( = [0-9]+)?,$/ {
	name = $1
	sub(/,$/, "", name)
	if ($2 == "=")
		value = $3 + 0
	if (name !~ /^__/)
		print name, value
	value++
}
