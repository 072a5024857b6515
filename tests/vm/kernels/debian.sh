# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153
# Kernels of kind "debian": a distribution's own binary on an emulated machine.
# Sourced by tests/vm/run; the functions are described in kernels/uml.sh.
#
# The tree of SUITE holds the headers, and they decide on the release; the
# image package of that release is unpacked into the cache, never installed.

# shellcheck source=tests/vm/qemu.sh
. "$VM_DIR/qemu.sh"

SUITE=$SUITES
TREES="$SUITE $EMULATOR"

# Modules that the initramfs loads, with what they depend on.
DEBIAN_BOOT_MODULES="virtio_pci virtio_blk virtio_console virtio_rng ext4 overlay"

# The newest release whose headers are in the tree.
debian_release() {
	local build
	for build in "$(tree_dir "$SUITE")"/lib/modules/*/build; do
		basename "$(dirname "$build")"
	done | grep -xE "$PATTERN" | sort -V | tail -n 1
}

debian_base_id() { { tree_id "$USERLAND"; declare -f debian_base; } | sha256sum | cut -c1-12; }
debian_initrd_id() {
	{
		cat "$VM_DIR/guest/init-qemu"
		declare -f debian_initrd debian_boot_modules
		echo "$DEBIAN_BOOT_MODULES"
	} | sha256sum | cut -c1-12
}

kernel_ready() {
	RELEASE=$(debian_release)
	[ -n "$RELEASE" ] || die "no headers like $PATTERN in the $SUITE tree: see packages.$SUITE"
	DEBIAN_DIR=$CACHE/debian-$RELEASE
	DEBIAN_BASE=$CACHE/base-$USERLAND-$(debian_base_id).img
	DEBIAN_INITRD=$DEBIAN_DIR/initrd-$(debian_initrd_id)
	[ -e "$DEBIAN_DIR/.complete" ] && [ -e "$DEBIAN_BASE" ] && [ -e "$DEBIAN_INITRD" ]
}

# The packages that make up the image: one, or several in newer suites.
debian_packages() {
	in_tree "$SUITE" apt-cache pkgnames |
		grep -xE "linux-(image|binary|modules|base)-$(sed 's/[.+]/[&]/g' <<<"$RELEASE")"
}

debian_download() {
	local packages
	read -rd '' -a packages < <(debian_packages)
	[ ${#packages[@]} -gt 0 ] || return 1
	mkdir -p "$DEBIAN_DIR/deb"
	logged "fetch-$RELEASE" in_tree "$SUITE" -b "$DEBIAN_DIR/deb:/deb" \
		sh -c 'cd /deb && apt-get -o APT::Sandbox::User=root download "$@"' sh "${packages[@]}"
}

# Old releases vanish from the mirror: then the tree wants newer headers too.
debian_fetch() {
	rm -rf "$DEBIAN_DIR"
	debian_download && return
	die "the mirror has no image of $RELEASE any more: remove $(tree_dir "$SUITE") to get newer headers"
}

debian_unpack() {
	local deb file
	for deb in "$DEBIAN_DIR"/deb/*.deb; do
		dpkg-deb -x "$deb" "$DEBIAN_DIR/root" || die "cannot unpack $deb"
	done
	rm -r "$DEBIAN_DIR/deb"
	# Where trees of merged /usr have it
	mkdir -p "$DEBIAN_DIR/root/usr/lib"
	if [ -d "$DEBIAN_DIR/root/lib" ] && [ ! -h "$DEBIAN_DIR/root/lib" ]; then
		cp -al "$DEBIAN_DIR/root/lib/." "$DEBIAN_DIR/root/usr/lib/"
		rm -r "$DEBIAN_DIR/root/lib"
	fi
	ln -sfn usr/lib "$DEBIAN_DIR/root/lib"
	# Newer packages have these beside the modules.
	mkdir -p "$DEBIAN_DIR/root/boot"
	for file in vmlinuz config; do
		[ -e "$DEBIAN_DIR/root/boot/$file-$RELEASE" ] ||
			ln -s "../usr/lib/modules/$RELEASE/$file" "$DEBIAN_DIR/root/boot/$file-$RELEASE"
	done
	logged "depmod-image-$RELEASE" in_tree "$SUITE" -b "$DEBIAN_DIR/root:/stage" \
		depmod -b /stage "$RELEASE" || die "depmod of $RELEASE failed"
}

# image FILE DIR: an ext4 image of DIR. Without a journal or checksums it needs
# no other module; the guest mounts it read-only.
image() {
	local kb
	kb=$(du -sk --apparent-size "$2" | cut -f1)
	rm -f "$1"
	truncate -s "$((kb + kb / 4 + 16384))K" "$1" &&
		mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -m 0 -i 8192 -d "$2" "$1" </dev/null
}

# The userland, without what only a compiler or apt wants.
debian_base() {
	local tree=$1 file=$2 path
	for path in var/lib/apt/lists var/cache/apt usr/src usr/lib/gcc usr/share/doc; do
		[ ! -d "$tree/$path" ] || mount -t tmpfs tmpfs "$tree/$path"
	done
	image "$file" "$tree"
}

debian_make_base() {
	say "making the disk image of the $USERLAND userland"
	find "$CACHE" -maxdepth 1 -name "base-$USERLAND-*" -mtime +14 -delete
	logged "base-$USERLAND" unshare --mount --propagation private bash -c \
		"set -e; $(declare -f image debian_base); debian_base \"\$@\"" debian_base \
		"$(tree_dir "$USERLAND")" "$DEBIAN_BASE.new" || die "cannot make $DEBIAN_BASE"
	mv "$DEBIAN_BASE.new" "$DEBIAN_BASE"
}

# Files of the boot modules, in the order in which to load them.
debian_boot_modules() {
	local module
	for module in $DEBIAN_BOOT_MODULES; do
		in_tree "$SUITE" -b "$DEBIAN_DIR/root:/stage" \
			modprobe -d /stage -S "$RELEASE" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { sub("^/stage", "", $2); print $2 }'
}

# A busybox with its libraries, the boot modules, and init.
debian_initrd() {
	local dir=$1 tree file module
	tree=$(tree_dir "$USERLAND")
	mkdir -p "$dir"/{bin,lib64,modules,usr/lib/x86_64-linux-gnu}
	ln -s usr/lib "$dir/lib"
	cp "$VM_DIR/guest/init-qemu" "$dir/init"
	cp "$tree/usr/bin/busybox" "$dir/bin/"
	ln -s busybox "$dir/bin/sh"
	cp -L "$tree/lib64/ld-linux-x86-64.so.2" "$dir/lib64/"
	for file in $(chroot "$tree" ldd /usr/bin/busybox | grep -o '/lib/[^ ]*'); do
		cp -L "$tree$file" "$dir/usr/lib/x86_64-linux-gnu/" || return 1
	done
	while read -r file; do
		module=$(basename "$file")
		cp "$DEBIAN_DIR/root$file" "$dir/modules/$module" || return 1
		case $module in
		*.xz) xz -d "$dir/modules/$module"; module=${module%.xz} ;;
		esac
		echo "$module" >>"$dir/modules.list"
	done < <(debian_boot_modules)
	in_tree "$USERLAND" -b "$dir:/stage" sh -c \
		'cd /stage && find . | cpio --quiet -o -H newc'
}

debian_make_initrd() {
	local dir=$DEBIAN_DIR/initrd.new
	rm -rf "$dir"
	find "$DEBIAN_DIR" -maxdepth 1 -name 'initrd-*' -mtime +14 -delete
	debian_initrd "$dir" >"$dir.cpio" || die "cannot make the initramfs of $RELEASE"
	[ -s "$dir/modules.list" ] || die "the modules to boot $RELEASE are not in its package"
	rm -rf "$dir"
	mv "$dir.cpio" "$DEBIAN_INITRD"
}

kernel_prepare() {
	kernel_ready && return
	if [ ! -e "$DEBIAN_DIR/.complete" ]; then
		say "fetching the kernel $RELEASE"
		debian_fetch
		debian_unpack
		image "$DEBIAN_DIR/modules.img" "$DEBIAN_DIR/root" || die "cannot make modules.img"
		touch "$DEBIAN_DIR/.complete"
	fi
	[ -e "$DEBIAN_INITRD" ] || debian_make_initrd
	# Kernels share the base image, so it has a lock of its own.
	[ -e "$DEBIAN_BASE" ] || cache_locked "base-$USERLAND" debian_make_base
}

kernel_release() { echo "$RELEASE"; }
kernel_build_id() { echo "$RELEASE $(tree_id "$SUITE")"; }
kernel_make_args() { echo "-C /lib/modules/$RELEASE/build"; }
kernel_binds() { :; }
kernel_depmod_binds() { echo "-b $DEBIAN_DIR/root/usr/lib/modules/$RELEASE/kernel:$1/kernel"; }
kernel_config() { echo "$DEBIAN_DIR/root/boot/config-$RELEASE"; }
kernel_modules() { cp "$DEBIAN_DIR/root/usr/lib/modules/$RELEASE"/modules.{order,builtin,builtin.modinfo} "$1"; }

kernel_boot() {
	local name
	# Another checkout may need other images: only unused ones are removed.
	touch "$DEBIAN_BASE" "$DEBIAN_INITRD"
	image "$1/layer.img" "$1/layer" || die "cannot make the disk image of this run"
	emulated_pc "$1" "$CPUS" "$MEM"
	for name in "$DEBIAN_BASE" "$DEBIAN_DIR/modules.img" "$1/layer.img"; do
		QEMU+=(-drive "file=$name,format=raw,if=virtio,read-only=on")
	done
	vm_start "${QEMU[@]}" -kernel "$DEBIAN_DIR/root/boot/vmlinuz-$RELEASE" \
		-initrd "$DEBIAN_INITRD" \
		-append "$EMULATED_ARGS printk.time=1 printk.devkmsg=on log_buf_len=16M" \
		</dev/null >"$1/console" 2>&1
}
