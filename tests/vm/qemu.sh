# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Emulated machines: QEMU's own processor, never KVM (a /dev/kvm may be there
# and hang every guest). Sourced after lib.sh by what boots them.

# The suite whose QEMU it is, out of the tree of that suite. Debian 12's own,
# 7.2, takes twice as long for a process to start. And now and then it runs the
# translation of code that another processor has changed meanwhile: a static
# key's breakpoint that is not there any more is a trap the kernel cannot
# explain, "int3" in the log and the guest dead.
EMULATOR=trixie

# emulator PROGRAM: sets QEMU to the command that runs it
emulator() {
	local tree lib
	tree=$(tree_dir "$EMULATOR")
	lib=$tree/usr/lib/x86_64-linux-gnu
	QEMU=(env QEMU_MODULE_DIR="$lib/qemu"
	      "$tree/usr/lib64/ld-linux-x86-64.so.2" --library-path "$lib"
	      "$tree/usr/bin/$1" -L "$tree/usr/share/qemu" -L "$tree/usr/share/seabios"
	      -nodefaults -no-user-config -display none -no-reboot)
}

# What executes the guest's instructions: see kernels/count.sh for another.
EMULATED_CPU=(-accel "tcg,thread=multi")

# A PC that hands out files to its guest's virtio ports "out", "status" and
# "kmsg", and its console to another, all in DIR/host and DIR.
# Sets QEMU; the caller adds what it boots and the disks.
# emulated_pc DIR CPUS MB
emulated_pc() {
	local name
	emulator qemu-system-x86_64
	QEMU+=("${EMULATED_CPU[@]}" -cpu max -smp "$2" -m "$3"
	       -serial "file:$1/console"
	       -object rng-random,id=rng,filename=/dev/urandom
	       -device virtio-rng-pci,rng=rng -device virtio-serial-pci)
	for name in out status kmsg; do
		QEMU+=(-chardev "file,id=$name,path=$1/host/$name"
		       -device "virtserialport,chardev=$name,name=$name")
	done
}

# What every such kernel is told. no_timer_check: on a busy host the timer's
# interrupts come late, and the kernel would panic for that ("IO-APIC + timer
# doesn't work").
# shellcheck disable=SC2034 # for who boots one
EMULATED_ARGS="console=ttyS0 loglevel=5 panic=-1 no_timer_check random.trust_cpu=on"
