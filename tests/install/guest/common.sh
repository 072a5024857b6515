# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What both boots of the installation test use.

# quiet COMMAND...: its output is shown when it fails. An emulated processor
# takes its time: how much is said.
quiet() {
	local status start=$SECONDS
	"$@" >/tmp/quiet 2>&1 </dev/null
	status=$?
	[ $((SECONDS - start)) -lt 20 ] || say "$((SECONDS - start)) s: $*"
	[ "$status" = 0 ] || sed 's/^/# /' /tmp/quiet | tail -n 40
	return $status
}

# Every file of the system but logs and what lists packages
as_found() {
	find / -xdev \( -path /repo -o -path /root -o -path /job -o -path /tmp -o -path /run \
		-o -path /proc -o -path /sys -o -path /var/log -o -path /var/cache/apt \) -prune \
		-o -print | sort
}

# DKMS says "ctwatch/0.1.0, RELEASE, x86_64: installed".
built_for() { dkms status ctwatch 2>/dev/null | grep -F ", $1," | grep -q ': installed'; }
newest_kernel() { printf '%s\n' /boot/vmlinuz-* | sed 's/.*vmlinuz-//' | sort -V | tail -n 1; }

tracks() { dmesg | grep -q 'ctwatch: netns [0-9]*: connection tracking started'; }
max_is() { ctmodctl -j stats | grep -q "\"max-entries\": *$1[,}]"; }
warned() { dmesg | grep -qE 'ctwatch: netns [0-9]+: (warning|critical|full): .*127\.0\.0\.1 [0-9]+%'; }
