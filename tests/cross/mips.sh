# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# A kernel for MIPS, 32 bits and big-endian, from the sources that UML is built
# from; its modules, a guest that is one program, and the machine they run on.
# Sourced after tests/vm/lib.sh and tests/vm/payload.sh.

CROSS_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
MIPS_DIR=$CACHE/mips
# The tree that has the compiler and the emulator.
SUITE=trixie-backports
KERNEL=mips

mips_config_id() {
	{ cat "$CROSS_DIR/mips.config"; declare -f mips_configure; } | sha256sum | cut -c1-12
}

mips_find() { finished_build "$MIPS_DIR" "$(mips_config_id)"; }

mips_make() {
	in_tree "$SUITE" -b "$CACHE/uml:/uml" -b "$MIPS_DIR:/mips" \
		make -C "/uml/$(basename "$MIPS_SOURCE")" ARCH=mips CROSS_COMPILE=mips-linux-gnu- \
		O="/mips/$(basename "$MIPS_BUILD")" -j"$(nproc)" "$@"
}

# Nothing but what the file asks for; and that all of it.
mips_configure() {
	local lost
	cp "$CROSS_DIR/mips.config" "$MIPS_BUILD/ctwatch.config"
	logged mips-config mips_make KCONFIG_ALLCONFIG="/mips/$(basename "$MIPS_BUILD")/ctwatch.config" \
		allnoconfig || die "mips: the configuration failed"
	lost=$(grep '^CONFIG_' "$CROSS_DIR/mips.config" | grep -vxFf "$MIPS_BUILD/.config")
	[ -z "$lost" ] || die "mips: the kernel's configuration lost:" "$lost"
}

mips_build() {
	MIPS_BUILD=$(mips_find)
	[ -z "$MIPS_BUILD" ] || return 0
	MIPS_SOURCE=$(linux_source) || die "mips: there is no kernel source"
	MIPS_BUILD=$MIPS_DIR/build-${MIPS_SOURCE##*source-}-$(mips_config_id)
	say "building mips ${MIPS_SOURCE##*source-} (5 to 10 minutes, once)"
	mkdir -p "$MIPS_BUILD"
	mips_configure
	logged mips-build mips_make vmlinux modules || die "mips: the build failed"
	touch "$MIPS_BUILD/.complete"
}

# A kernel that is ready: MIPS_BUILD.
mips_prepare() {
	tree_use "$SUITE"
	MIPS_BUILD=$(mips_find)
	[ -z "$MIPS_BUILD" ] || return 0
	linux_source >/dev/null || "$VM_DIR/run" -k uml --prepare
	cache_locked mips mips_build
	MIPS_BUILD=$(mips_find)
	[ -n "$MIPS_BUILD" ] || die "mips is not ready after its preparation"
}

# How payload.sh builds a module for it.
kernel_binds() { echo "-b $CACHE/uml:/uml -b $MIPS_DIR:/mips"; }
kernel_make_args() { echo "-C /mips/$(basename "$MIPS_BUILD") ARCH=mips CROSS_COMPILE=mips-linux-gnu-"; }

# mips_init SOURCES DIR: the guest's program, DIR/init.
mips_init() {
	in_tree "$SUITE" -b "$1:/ctwatch" -b "$2:/out" sh -c '
		cd /ctwatch/tests/cross/guest &&
		mips-linux-gnu-gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wno-missing-field-initializers \
			-static -isystem /ctwatch/module/uapi -o /out/init init.c ask.c'
}

# mips_initramfs DIR: all that the guest has, from what is in DIR.
mips_initramfs() {
	cat >"$1/initramfs.list" <<-EOF
	dir /dev 755 0 0
	nod /dev/console 600 0 0 c 5 1
	nod /dev/kmsg 600 0 0 c 1 11
	nod /dev/ttyS1 600 0 0 c 4 65
	dir /proc 755 0 0
	dir /sys 755 0 0
	file /init /job/init 755 0 0
	file /ctwatch.ko /job/ctwatch.ko 644 0 0
	file /ctwatch-kunit.ko /job/ctwatch-kunit.ko 644 0 0
	EOF
	in_tree "$SUITE" -b "$MIPS_BUILD:/mips" -b "$1:/job" \
		sh -c '/mips/usr/gen_init_cpio /job/initramfs.list >/job/initramfs'
}

# Tracking is on in each netns from the start, without a rule that asks for it.
MIPS_APPEND="console=ttyS0,115200 nf_conntrack.enable_hooks=1 loglevel=8 printk.devkmsg=on panic=-1"

# A 34Kf, because it is the one with 32 bits whose second CPU comes up.
# mips_boot DIR SECONDS: DIR/console is the kernel's, DIR/out the program's. Ends
# when the guest does, when time is up, or when the caller ends.
mips_boot() {
	in_tree "$SUITE" -b "$MIPS_BUILD:/mips" -b "$1:/job" \
		setpriv --pdeathsig KILL timeout --foreground -s KILL "$2" \
		setpriv --pdeathsig KILL qemu-system-mips -M malta -cpu 34Kf -smp 2 -m 256 \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel /mips/vmlinux -initrd /job/initramfs -append "$MIPS_APPEND" \
		-serial file:/job/console -serial file:/job/out </dev/null
}
