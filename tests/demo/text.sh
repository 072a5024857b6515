# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How the story is printed. Without a process for each line: on an emulated
# processor one costs a tenth of a second. Sourced by guest.sh.

WIDTH=92
# As wide as what at() puts before its text.
REST='                     '

heading() { printf '\n== %s\n\n' "$*"; }

# wrap FIRST REST TEXT: REST goes before every line but the first.
wrap() {
	local line=$1 out='' words word
	while read -ra words; do
		for word in "${words[@]}"; do
			if [ $((${#line} + ${#word})) -gt $WIDTH ]; then
				out+=${line% }$'\n'
				line=$2
			fi
			line+="$word "
		done
		out+=${line% }$'\n'
		line=$2
	done <<<"$3"
	printf '%s' "$out"
}

# A paragraph.
tell() { wrap '' '' "$*"; }

# A command as somebody would type it.
prompt() { printf '# %s\n' "$*"; }

# show COMMAND...: such a command, and what it says.
show() {
	prompt "$*"
	"$@" 2>&1
}

# at MICROSECONDS WHO TEXT: what happened at a moment of the story.
at() {
	local stamp
	printf -v stamp '%+4d.%d s  %-9s  ' $(($1 / 1000000)) $(($1 / 100000 % 10)) "$2"
	wrap "$stamp" "$REST" "$3"
}

# Lines of dmesg, wrapped.
wrap_log() {
	local line
	while IFS= read -r line; do
		wrap "${line%%] *}] " '    ' "${line#*] }"
	done
}
