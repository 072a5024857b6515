# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What bash offers for a command line: complete.bash FILE WORD...; the last word
# is the one to complete. FILE is the completion.
# shellcheck source=/dev/null
. "$1" || exit
shift
# as readline does it: = is a word of its own
words=()
for word in "$@"; do
	while [[ $word == *=* ]]; do
		[ -z "${word%%=*}" ] || words+=("${word%%=*}")
		words+=("=")
		word=${word#*=}
		# behind = nothing is no word, unless it is the last
		[ -n "$word" ] || continue 2
	done
	words+=("$word")
done
COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
"$(complete -p ctmodctl | sed 's/.*-F \([^ ]*\).*/\1/')"
[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
