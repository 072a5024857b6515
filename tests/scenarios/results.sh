# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Programs beside the scenarios say what they found in lines of their own.

# results COMMAND [ARG...]: "0 NAME" is a test that passed, "1 NAME" one that
# failed, anything else words; and so is a failure of the program itself.
results() {
	local status name
	while read -r status name; do
		case $status in
		[01]) tap "$status" "$name" ;;
		'#') say "$name" ;;
		*) say "$status $name" ;;
		esac
	done < <("$@" 2>&1 || echo "1 $*")
}
