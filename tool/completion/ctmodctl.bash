# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of ctmodctl for bash. Needs nothing but bash.

# _ctmodctl_offer CUR WORD...: what of it begins so
_ctmodctl_offer()
{
	local cur=$1
	shift
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur")
}

# _ctmodctl_offer_list CUR WORD...: the same behind the last comma, and not
# what was said before it
_ctmodctl_offer_list()
{
	local cur=$1 before='' word
	local -a left=()
	shift
	compopt -o nospace 2>/dev/null
	[[ $cur != *,* ]] || before=${cur%,*},
	for word in "$@"; do
		[[ ,$before == *,"$word",* ]] || left+=("$before$word")
	done
	_ctmodctl_offer "$cur" "${left[@]}"
}

_ctmodctl_offer_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# _ctmodctl_offer_keys CUR: settings that were not named yet
_ctmodctl_offer_keys()
{
	local cur=$1 key
	local -a left=()
	compopt -o nospace 2>/dev/null
	for key in notice warning critical hysteresis predict-time predict-min \
		repeat log ipv4-prefix ipv6-prefix; do
		[[ " ${COMP_WORDS[*]:1:COMP_CWORD-1} " == *" $key "* ]] || left+=("$key=")
	done
	_ctmodctl_offer "$cur" "${left[@]}"
}

# _ctmodctl_config CUR: a file for --save and --load, else a setting
_ctmodctl_config()
{
	local said=" ${COMP_WORDS[*]:1:COMP_CWORD-1} "
	if [[ $said =~ \ (-s|--save|-l|--load)\  ]]; then
		_ctmodctl_offer_files "$1"
	elif [[ ${COMP_WORDS[COMP_CWORD]} != = && ${COMP_WORDS[COMP_CWORD - 1]} != = ]]; then
		_ctmodctl_offer_keys "$1"
	fi	# a value is a number, nothing to offer
}

# _ctmodctl_value COMMAND OPTION CUR: the value of an option; fails when it has
# none
_ctmodctl_value()
{
	local cur=$3
	case $1:$2 in
	*:-n | *:--netns)
		_ctmodctl_offer "$cur" "$(cd /run/netns 2>/dev/null && compgen -f)"
		;;
	top:-b | top:--by)
		_ctmodctl_offer_list "$cur" netns src src/24 src/56 src/24/56 \
			dst dst/24 dst/56 dst/24/56 proto dport state zone
		;;
	top:--state)
		_ctmodctl_offer_list "${cur^^}" SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT \
			CLOSE_WAIT LAST_ACK TIME_WAIT CLOSE SYN_SENT2 UNREPLIED REPLIED \
			ASSURED CLOSED COOKIE_WAIT COOKIE_ECHOED SHUTDOWN_SENT \
			SHUTDOWN_RECD SHUTDOWN_ACK_SENT HEARTBEAT_SENT HEARTBEAT_ACKED \
			REQUEST RESPOND PARTOPEN OPEN CLOSEREQ CLOSING NONE OTHER
		;;
	top:--proto)
		_ctmodctl_offer "$cur" tcp udp udplite icmp icmpv6 sctp dccp gre esp
		;;
	top:--family)
		_ctmodctl_offer "$cur" ipv4 ipv6
		;;
	sources:-N | sources:--number | monitor:-b | monitor:--buffer-size | \
	top:-N | top:--number | top:-w | top:--watch | top:--max-age | \
	top:--src | top:--dst | top:--sport | top:--dport | top:--zone | top:--mark) ;;
	*)
		return 1
		;;
	esac
}

# The command among the words before the one to complete.
_ctmodctl_command()
{
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-n | --netns)
			[ "${COMP_WORDS[i + 1]}" != = ] || ((i++))
			((i++))
			;;
		-*) ;;
		*)
			echo "${COMP_WORDS[i]}"
			return
			;;
		esac
	done
}

_ctmodctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command
	local commands='stats sources top monitor config reset version help'
	local options='-j --json -p --pretty -n --netns -h --help -V --version'
	local all='-A --all-netns'

	COMPREPLY=()
	# bash takes --option=value and key=value apart
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ] && [ "$COMP_CWORD" -gt 2 ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	command=$(_ctmodctl_command)
	! _ctmodctl_value "$command" "$prev" "$cur" || return 0
	case $command in
	reset | version) ;;
	help)
		[[ $cur == -* ]] || options=$commands
		;;
	*)
		options+=" $all"
		;;
	esac
	case $command in
	'')
		[[ $cur == -* ]] || options=$commands
		;;
	sources)
		options+=' -N --number'
		;;
	top)
		options+=' -b --by -N --number -w --watch --max-age --peak --src --dst -4 -6'
		options+=' --family --proto --state --sport --dport --zone --mark --assured'
		options+=' --no-assured --unreplied --replied --expired --no-expired'
		;;
	monitor)
		options+=' -b --buffer-size'
		;;
	config)
		options+=' -s --save -l --load --skip-missing'
		if [[ $cur != -* ]]; then
			_ctmodctl_config "$cur"
			return
		fi
		;;
	esac
	_ctmodctl_offer "$cur" "$options"
}

complete -F _ctmodctl ctmodctl
