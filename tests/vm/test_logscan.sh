#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves tests/vm/logscan on the first lines of real reports, in each of the
# forms a kernel log has, and on lines that look like trouble and are none.
# Needs no machine to boot.

set -u
LOGSCAN=$(dirname "${BASH_SOURCE[0]}")/logscan
passed=0 failed=0

check() { # check NAME EXPECTED ACTUAL
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		printf 'ok %u - %s\n' $((passed + failed)) "$1"
	else
		failed=$((failed + 1))
		printf 'not ok %u - %s: expected %s, got %s\n' $((passed + failed)) "$1" "$2" "$3"
	fi
}

# found NAME LINE: LINE is a report called NAME
# shellcheck disable=SC2059 # the form is a format
found() {
	local form got
	for form in "%s" "[   12.345678] %s" "[    3.250000][   T12] %s" \
		    "[    3.250000] [  C1] %s" "<4>[    3.250000] %s"; do
		got=$(printf "$form\n" "$2" | "$LOGSCAN" /dev/stdin |
			sed -n 's/^kernel report (\(.*\)) in .*/\1/p')
		check "$(printf "$form" "$2")" "$1" "$got"
	done
}

clean() {
	local got=none
	printf '[   12.345678] %s\n' "$1" | "$LOGSCAN" /dev/stdin >/dev/null || got=report
	check "$1" none $got
}

# reports LOG: how many
reports() {
	printf '%b' "$1" | "$LOGSCAN" /dev/stdin | grep -c '^kernel report'
}

found warning 'WARNING: CPU: 0 PID: 65 at module/tally.c:3 tally_add+0x52/0x1000 [ctwatch]'
found warning 'WARNING: module/main.c:3 at i+0x52/0x1000 [ctwatch], CPU#0: modprobe/65'
found warning 'WARNING: possible circular locking dependency detected'
found warning 'WARNING: suspicious RCU usage'
found cut-here '------------[ cut here ]------------'
found bug 'BUG: sleeping function called from invalid context at mm/slab.h:400'
found bug 'BUG: scheduling while atomic: ctmodctl/123/0x00000002'
found bug 'BUG: kernel NULL pointer dereference, address: 0000000000000008'
found bug 'BUG: unable to handle page fault for address: ffffc90000000000'
found bug 'BUG: KASAN: slab-use-after-free in tally_add+0x10/0x20 [ctwatch]'
found bug '[ BUG: Invalid wait context ]'
found bug 'BUG kmalloc-64 (Tainted: G           O): Poison overwritten'
found bug 'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!'
found bug 'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [kworker/1:1:42]'
found oops 'Oops: 0002 [#1] PREEMPT SMP NOPTI'
found oops 'general protection fault, probably for non-canonical address 0xdead: 0000 [#1]'
found oops 'kernel BUG at net/netfilter/nf_conntrack_core.c:500!'
found oops 'divide error: 0000 [#1] SMP'
found panic 'Kernel panic - not syncing: Kernel mode fault at addr 0x8, ip 0xa082d057'
found lockdep 'INFO: trying to register non-static key.'
found lockdep 'INFO: lockdep is turned off.'
found lockdep 'DEBUG_LOCKS_WARN_ON(1)'
found ubsan 'UBSAN: array-index-out-of-bounds in module/lib/groups.c:10:5'
found odebug 'ODEBUG: free active (active state 0) object type: timer_list'
found leak 'kmemleak:   comm "modprobe", pid 412, jiffies 4294937301'
found leak 'kmemleak:   comm "softirq", pid 0, jiffies 4294939301'
found leak 'unregister_netdevice: waiting for lo to become free. Usage count = 2'
found refcount 'refcount_t: underflow; use-after-free.'
found rcu-stall 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'
found rcu-stall 'rcu: INFO: rcu_sched self-detected stall on CPU'
found rcu-stall 'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-... }'
found soft-lockup 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 0'
found hung-task 'INFO: task rmmod:321 blocked for more than 120 seconds.'
found sysfs "sysfs: cannot create duplicate filename '/module/ctwatch'"
found stack-dump 'Call Trace:'

clean 'ctwatch: netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s'
clean 'ctwatch: netns 4026531840: full: 1523 packets dropped, 27045 entries evicted early in 5s'
clean 'ctwatch: netns 4026531840: cleared: conntrack table 61% full (39976/65536), peak 97% 14s ago, 3 messages suppressed'
clean 'ctwatch: netns 4026531840: critical: conntrack table 91% full; top sources: 192.168.1.38 61%'
clean 'ctwatch: loading out-of-tree module taints kernel.'
clean 'ctwatch: module verification failed: signature and/or required key missing - tainting kernel'
clean 'nf_conntrack: nf_conntrack: table full, dropping packet'
clean 'nf_conntrack: nf_conntrack: table full in netns 4026532200, dropping packet'
clean 'TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.'
clean 'traps: nginx[123] general protection fault ip:7f00 sp:7ffe error:0 in libc.so.6'
clean 'Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on'
clean 'Kernel command line: root=none rcupdate.rcu_cpu_stall_timeout=60 hung_task_panic=0'
clean 'rcu: 	RCU lockdep checking is enabled.'
clean 'Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar'
clean 'kmemleak:   comm "swapper/0", pid 0, jiffies 4294937301'
clean 'kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
clean 'kmemleak: Kernel memory leak detector initialized (mem pool available: 15000)'
clean 'clocksource: timekeeping watchdog on CPU1: Marking clocksource tsc as unstable because the skew is too large'
clean 'DEBUG: this is no bug'

dump='[  1.0] insmod: vmalloc error: size 4096, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL)\n[  1.0] CPU: 0\n[  1.0] Call Trace:\n'
fails='[  0.5] ctwatch test: memory fails from here\n'
back='[  2.0] ctwatch test: memory is back\n'
check "memory that is made to fail" 0 "$(reports "$fails$dump$dump$back")"
check "memory that fails by itself" 1 "$(reports "$fails$back$dump")"
check "a stack dump without a complaint of the allocator" 1 "$(reports "${fails}[  1.0] Call Trace:\n$back")"
check "a report while memory fails" 1 "$(reports "$fails${dump}[  1.1] BUG: KASAN: slab-use-after-free in x+0x1/0x2\n$back")"

echo "1..$((passed + failed))"
[ $failed = 0 ]
