#compdef ctmodctl
# SPDX-License-Identifier: GPL-2.0
# Completion of ctmodctl for zsh.

_ctmodctl_commands() {
	local -a commands=(
		'stats:how full the table is, its growth, attempts to insert, drops'
		'sources:who inserts entries, busiest of late first'
		'top:who holds entries, most first'
		'monitor:print events as they come'
		'config:show settings, change, save or load them'
		'reset:zero the counters, the sources and the peak'
		'version:release of the tool and of the loaded module'
		'help:the overview, or the help of a command'
	)
	_describe -t commands 'ctmodctl command' commands
}

_ctmodctl_netns() {
	local -a names=(/run/netns/*(N:t))
	local expl
	_wanted netns expl 'network namespace' compadd -a names
}

_ctmodctl_by() {
	_values -s , 'in common' netns src src/24 src/56 src/24/56 \
		dst dst/24 dst/56 dst/24/56 proto dport state zone
}

_ctmodctl_states() {
	_values -s , 'state' SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT \
		LAST_ACK TIME_WAIT CLOSE SYN_SENT2 UNREPLIED REPLIED ASSURED CLOSED \
		COOKIE_WAIT COOKIE_ECHOED SHUTDOWN_SENT SHUTDOWN_RECD \
		SHUTDOWN_ACK_SENT HEARTBEAT_SENT HEARTBEAT_ACKED REQUEST RESPOND \
		PARTOPEN OPEN CLOSEREQ CLOSING NONE OTHER
}

_ctmodctl_keys() {
	local -a keys=(notice warning critical hysteresis predict-time predict-min
		repeat log ipv4-prefix ipv6-prefix)
	local expl
	keys=(${keys:|used})
	_wanted keys expl 'setting' compadd -S = -a keys
}

_ctmodctl() {
	local curcontext=$curcontext ret=1
	local -a state line used
	local -A opt_args
	local -a global=(
		'(-j --json)'{-j,--json}'[print JSON, in one line]'
		'(-p --pretty)'{-p,--pretty}'[with -j, indent it]'
		'(-n --netns -A --all-netns)'{-n+,--netns=}'[about this network namespace]:network namespace:_ctmodctl_netns'
		'(- *)'{-h,--help}'[show help]'
		'(- *)'{-V,--version}'[show the release of the tool]'
	)
	local -a all=(
		'(-n --netns -A --all-netns)'{-A,--all-netns}'[about every network namespace]'
	)
	local -a top=(
		'(-b --by)'{-b+,--by=}'[one row for entries that have these in common]:keys:_ctmodctl_by'
		'(-N --number)'{-N+,--number=}'[at most so many rows, 0 for all]:rows:'
		'(-w --watch --peak)'{-w+,--watch=}'[full screen, every so many seconds]:seconds:'
		'(--peak)--max-age=[an answer that is so old will do]:seconds:'
		'(-w --watch --max-age)--peak[not now but at the last peak]'
		'--src=[this source or prefix]:address:'
		'--dst=[this destination or prefix]:address:'
		'(-4 -6 --family)-4[IPv4 only]'
		'(-4 -6 --family)-6[IPv6 only]'
		'(-4 -6 --family)--family=[this family only]:family:(ipv4 ipv6)'
		'--proto=[this protocol]:protocol:(tcp udp udplite icmp icmpv6 sctp dccp gre esp)'
		'--state=[one of these states]:states:_ctmodctl_states'
		'--sport=[this source port]:port:'
		'--dport=[this destination port]:port:'
		'--zone=[this conntrack zone]:zone:'
		'--mark=[this conntrack mark]:mark:'
		'(--assured --no-assured)--assured[not evicted for new ones]'
		'(--assured --no-assured)--no-assured[the others]'
		'(--unreplied --replied)--unreplied[no packet in reply direction]'
		'(--unreplied --replied)--replied[the others]'
		'(--expired --no-expired)--expired[timeout is over]'
		'(--expired --no-expired)--no-expired[the others]'
	)

	_arguments -C -s $global $all '1: :_ctmodctl_commands' '*:: :->arguments' && ret=0
	[[ $state == arguments ]] || return ret
	curcontext=${curcontext%:*:*}:ctmodctl-$words[1]:
	used=(${${words[2,CURRENT-1]}%%=*})
	case $words[1] in
	sources)
		_arguments -s $global $all \
			'(-N --number)'{-N+,--number=}'[at most so many sources of a namespace]:sources:' && ret=0
		;;
	top)
		_arguments -s $global $all $top && ret=0
		;;
	monitor)
		_arguments -s $global $all \
			'(-b --buffer-size)'{-b+,--buffer-size=}'[size of the buffer of the socket]:bytes:' && ret=0
		;;
	config)
		_arguments -s $global $all \
			'(-s --save -l --load)'{-s,--save}'[write the settings to a file]' \
			'(-s --save -l --load)'{-l,--load}'[read settings from a file and set them]' \
			'--skip-missing[with --load, skip namespaces that do not exist]' \
			'*: :->words' && ret=0
		if [[ $state == words ]]; then
			if ((${words[(I)-s|--save|-l|--load]})); then
				_files && ret=0
			else
				_ctmodctl_keys && ret=0
			fi
		fi
		;;
	help)
		_arguments -s $global '1: :_ctmodctl_commands' && ret=0
		;;
	stats)
		_arguments -s $global $all && ret=0
		;;
	*)
		_arguments -s $global && ret=0
		;;
	esac
	return ret
}

_ctmodctl "$@"
