# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153 # SUITE is its user's
# A Debian that boots in the lab: the standard debootstrap, with the oldest cloud
# kernel that the mirror still has and a compiler, and a package archive in /repo to
# install from, for there is no network. A tree in the cache, made once; a test works
# on a copy, and makes a disk of it.
# Sourced by tests/install/check.

INSTALL_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DISK_MB=6144

# disk_depends PACKAGE...: the names that the .deb files depend on
disk_depends() {
	local deb
	for deb in "$@"; do
		dpkg-deb -f "$deb" Depends | tr ',|' '\n\n' | sed 's/[(].*//' | grep -oE '[a-z0-9.+-]+'
	done | sort -u
}

# The cloud kernels with headers, oldest first; not the next suite's, which have
# another version at the beginning.
disk_kernels() {
	local newest
	newest=$(in_disk apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: linux-image-//p')
	in_disk apt-cache pkgnames | sed -n 's/^linux-headers-\([0-9].*-cloud-amd64\)$/\1/p' |
		grep "^$(cut -d. -f1,2 <<<"$newest")[.]" | sort -V
}

# disk_id NAME...: of a system whose archive has what these packages need
disk_id() {
	{ cat "$INSTALL_DIR/disk.sh" "$INSTALL_DIR/guest/lab.service"; echo "$@"; } | sha256sum | cut -c1-12
}

in_disk() { in_tree "install-$SUITE" "$@"; }

# disk_system: the system itself, in a tree of its own
disk_system() {
	local tree
	tree=$(tree_dir "install-$SUITE")
	rm -rf --one-file-system "$tree"
	say "making a Debian $SUITE to install into (some minutes, once)"
	logged "debootstrap-install-$SUITE" debootstrap "$SUITE" "$tree" "$MIRROR" ||
		die "debootstrap of $SUITE failed: is the Debian mirror in reach?"
	cp -L /etc/resolv.conf "$tree/etc/resolv.conf" 2>/dev/null || :
	tree_sources "$SUITE" >"$tree/etc/apt/sources.list"
	printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
	chmod 755 "$tree/usr/sbin/policy-rc.d"
	logged "install-$SUITE-update" in_disk apt-get update || die "apt-get update of $SUITE failed"
	FIRST=$(disk_kernels | head -n 1)
	[ -n "$FIRST" ] || die "$SUITE has no cloud kernel with headers"
	logged "install-$SUITE-system" in_disk sh -c 'apt-get -y upgrade &&
		apt-get -y install build-essential "$1" && apt-get clean' sh "linux-image-$FIRST" ||
		die "the system of $SUITE is not complete"
}

# disk_archive NAME...: /repo, and no other archive. What apt would install with
# these, recommended packages too, and the newest kernel.
disk_archive() {
	local tree
	tree=$(tree_dir "install-$SUITE")
	logged "install-$SUITE-archive" in_disk sh -c '
		apt-get -y --download-only install "$@" &&
		mkdir /repo && mv /var/cache/apt/archives/*.deb /repo &&
		cd /repo && apt-ftparchive packages . >Packages' sh "$@" \
		linux-image-cloud-amd64 linux-headers-cloud-amd64 "linux-headers-$FIRST" ||
		die "the archive of $SUITE is not complete"
	# An emulated processor packs for minutes what nobody needs here.
	printf 'MODULES=dep\nCOMPRESS=gzip\nCOMPRESSLEVEL=1\n' >"$tree/etc/initramfs-tools/conf.d/lab"
	echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/lab"
	echo "deb [trusted=yes] file:/repo ./" >"$tree/etc/apt/sources.list"
	rm -f "$tree/usr/sbin/policy-rc.d" "$tree/etc/resolv.conf"
	rm -rf "$tree"/var/lib/apt/lists/*
	install -D -m 644 "$INSTALL_DIR/guest/lab.service" "$tree/etc/systemd/system/lab.service"
	logged "install-$SUITE-update" in_disk sh -c 'apt-get update && systemctl enable lab.service' ||
		die "the archive of $SUITE cannot be read"
}

# disk_ready ID: is the system of this id there? Sets FIRST, the kernel it has.
disk_ready() {
	local id
	read -r id FIRST 2>/dev/null <"$(tree_dir "install-$SUITE").ready" && [ "$id" = "$1" ]
}

# disk_prepare NAME...: the system, for packages that need these
disk_prepare() {
	local id ready
	id=$(disk_id "$@")
	! disk_ready "$id" || return 0
	ready=$(tree_dir "install-$SUITE").ready
	rm -f "$ready"
	find_mirror
	disk_system
	disk_archive "$@"
	echo "$id $FIRST" >"$ready"
}

# disk_image DIR FILE
disk_image() {
	truncate -s "${DISK_MB}M" "$2" &&
		logged "install-$SUITE-disk" mke2fs -q -t ext4 -L system -d "$1" "$2"
}
