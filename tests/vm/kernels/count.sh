# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# Kernels of kind "count": as "debian", on a machine whose clock counts: each
# instruction of the guest is a nanosecond of the guest, and what passes while
# it sleeps takes no time. A measurement of time there is one of instructions,
# however busy the host is. Sourced by tests/vm/run.

# shellcheck source=tests/vm/kernels/debian.sh
. "$VM_DIR/kernels/debian.sh"

EMULATED_CPU=(-accel "tcg,thread=single" -icount "shift=0,sleep=off")
# With two, the clock would count for both.
CPUS=1
