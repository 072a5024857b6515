#!/usr/bin/env zsh
# SPDX-License-Identifier: GPL-2.0
# What zsh offers for a command line: complete.zsh DIR LINE. DIR has _ctmodctl;
# a shell at a terminal of its own loads it by compinit, and Tab is pressed.
zmodload zsh/zpty || exit
typeset -r dir=$1 text=$2
zpty shell zsh -f -i
send() { zpty -w shell "$1" }

# What is offered is printed between marks instead of being shown.
typeset -r setup=$(mktemp)
trap 'rm -f $setup' EXIT
cat >$setup <<'RC'
PROMPT= RPROMPT= PROMPT2=
setopt no_beep
autoload -Uz compinit
compinit -u -D
(( $+_comps[ctmodctl] )) || print -r NOT_LOADED
zstyle ':completion:*' completer _complete
zstyle ':completion:*' force-list always
bindkey '^M' undefined-key
bindkey '^I' complete-word
compadd() {
	local -a hits
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -A hits "$@"
	builtin compadd "$@"
	(( $#hits )) && print -rl -- ${hits/#/OFFER }
	return 0
}
null-line() { print -r END_OF_OFFERS }
zle -N null-line
bindkey '^X' null-line
print -r READY
RC
send "fpath=($dir \$fpath); source $setup"
zpty -m -r shell out '*READY*' || exit
[[ $out != *NOT_LOADED* ]] || { print -u2 "_ctmodctl does not load"; exit 1 }
zpty -n -w shell "$text"$'\t\x18'
zpty -m -r shell out '*END_OF_OFFERS*' || exit
print -r -- $out | tr '\r' '\n' | sed -n 's/.*OFFER //p' | sort -u
zpty -d shell
