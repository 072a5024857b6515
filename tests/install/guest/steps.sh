# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A Debian that has never seen ctwatch, and an administrator with the README and two
# packages: what happens until the next kernel boots. Sourced after common.sh.

# The commands are the README's own.
# readme_command WORDS: the line of it that begins with them
readme_command() { sed -n "s/^    \(sudo \)\?\($1.*\)/\2/p" /job/README.md | head -n 1; }

install_packages() {
	local command
	# As if just built
	mkdir -p /root/build/deb
	cp /job/*.deb /root/build/deb
	cd /root || exit
	apt-get -qq update
	as_found >/root/before

	command=$(readme_command 'apt install \.\/')
	say "README: $command"
	# shellcheck disable=SC2294 # it has substitutions of its own
	check "apt installs what the README says" eval "quiet env DEBIAN_FRONTEND=noninteractive ${command/apt install/apt-get -y install}"
	check "DKMS built it for the running kernel" built_for "$(uname -r)"
	equal "it is where modprobe finds it" "$(modinfo -k "$(uname -r)" -n ctwatch | sed 's/[.]xz$\|[.]zst$//')" \
		"/lib/modules/$(uname -r)/updates/dkms/ctwatch.ko"
}

# It may have been loaded by a boot since.
load_module() {
	local command
	modprobe -qr ctwatch
	matches "until then the tool says what to do" "$(ctmodctl stats 2>&1)" "run 'modprobe ctwatch'"
	command=$(readme_command 'modprobe ctwatch')
	check "README: $command" $command
	check "ctmodctl stats answers" quiet ctmodctl stats
	check "it is told in the log with the bound of its memory" \
		grep -q 'ctwatch: .*memory at most' <(dmesg)
}

fill_table() {
	local i

	# A table that fills, with what every Debian has: nft and bash.
	nft 'table ip t { chain c { type filter hook output priority 0; ct state invalid drop; }; }'
	within 5 tracks
	sysctl -qw net.netfilter.nf_conntrack_max=200
	within 5 max_is 200
	for ((i = 1; i <= 185; i++)); do
		echo >/dev/udp/127.0.0.9/$i
	done 2>/dev/null
	# A closed port of the loopback answers: the entries stay, replied or not.
	check "a warning is in dmesg, with the source" within 10 warned
	say "$(dmesg | grep 'ctwatch: netns' | tail -n 1)"
	nft flush ruleset
	sysctl -qw net.netfilter.nf_conntrack_max=65536
}

configure() {
	local file
	check "a setting is changed" quiet ctmodctl config warning=71 notice=51
	ctmodctl -j config warning notice >/root/configured
	matches "to what was given" "$(cat /root/configured)" '"notice":51,"warning":71'
	check "and saved" quiet ctmodctl config --save
	for file in /usr/share/man/man8/ctmodctl.8.gz /usr/share/man/man4/ctwatch.4.gz \
		/usr/share/bash-completion/completions/ctmodctl; do
		check "$file is there" test -e "$file"
	done
}

install_next_kernel() {
	local next
	check "apt installs the next kernel" quiet env DEBIAN_FRONTEND=noninteractive \
		apt-get -y install linux-image-cloud-amd64 linux-headers-cloud-amd64
	next=$(newest_kernel)
	refused "which is another" test "$next" = "$(uname -r)"
	check "DKMS built the module for it" built_for "$next"
	say "boot next: $next"
	sync
}
