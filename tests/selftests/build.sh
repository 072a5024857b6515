# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The kernel tree's own netfilter selftests, taken from its source package and
# built for the userland that every kernel boots into. Sourced after
# tests/vm/lib.sh.

# The programs they run; one that this userland cannot build fails its tests.
selftests_compile() {
	local log=$BUILD/log/selftests.log
	mkdir -p "$BUILD/log"
	# shellcheck disable=SC2016
	in_tree "$USERLAND" -b "$1/tools/testing/selftests:/selftests" -b "$2:/out" sh -c '
		cd /selftests/net/netfilter || exit
		for file in *.c; do
			gcc -O2 -w -D_GNU_SOURCE= -I/selftests -o "/out/net/netfilter/${file%.c}" "$file" \
				-lmnl -lpthread || echo "does not build: $file"
		done' >"$log" 2>&1 </dev/null || return
	! grep '^does not build' "$log" >&2
	[ -x "$2/net/netfilter/conntrack_dump_flush" ]
}

# The rules that newer tests write are not for the nft of this userland: they
# get that of the next one, with the libraries it wants.
SELFTESTS_NFT_SUITE=trixie
SELFTESTS_NFT=(nftables libnftables1 libnftnl11 libmnl0 libedit2 libbsd0 libmd0
	       libtinfo6 libjansson4 libgmp10 libxtables12 libc6)

# selftests_nft DIR
selftests_nft() {
	local dir=$1 deb package root=/ctwatch/selftests/nft
	mkdir -p "$dir/all" "$dir/lib" "$dir/bin"
	for package in "${SELFTESTS_NFT[@]}"; do
		deb=$(pool_fetch "$SELFTESTS_NFT_SUITE" "$package" "$dir/deb") || {
			say "no $package of $SELFTESTS_NFT_SUITE"
			return 1
		}
		dpkg-deb -x "$dir/deb/$deb" "$dir/all" || return
	done
	cp "$dir/all/usr/sbin/nft" "$dir/lib/nft" || return
	find "$dir/all/usr/lib" \( -name 'lib*.so.*' -o -name 'ld-linux-*.so.*' \) \
		! -path '*/gconv/*' -exec cp -L {} "$dir/lib/" \;
	printf '#!/bin/sh\nexec %s/lib/ld-linux-x86-64.so.2 --library-path %s/lib %s/lib/nft "$@"\n' \
		"$root" "$root" "$root" >"$dir/bin/nft"
	chmod 755 "$dir/bin/nft"
	rm -rf "$dir/all" "$dir/deb"
	in_tree "$USERLAND" -b "$dir:$root" "$root/bin/nft" --version >/dev/null
}

# selftests_fill SOURCE DIR: what the tests are and what they source
selftests_fill() {
	local from=$1/tools/testing/selftests
	mkdir -p "$2/net/lib" &&
	cp -a "$from/net/netfilter" "$from/net/lib.sh" "$2/net/" &&
	cp -a "$from/net/lib/sh" "$2/net/lib/" &&
	cp -a "$from/kselftest" "$2/" &&
	rm -f "$2"/net/netfilter/*.c &&
	selftests_compile "$1" "$2" &&
	selftests_nft "$2/nft"
}

selftests_make() {
	local linux=$1 dir=$2 id
	id=$({ basename "$linux"; tree_id "$USERLAND"; echo "$SELFTESTS_NFT_SUITE ${SELFTESTS_NFT[*]}"; declare -f selftests_fill selftests_compile selftests_nft; } | sha256sum)
	[ "$(cat "$dir.id" 2>/dev/null)" != "$id" ] || return 0
	say "building the kernel tree's selftests"
	rm -rf "$dir" "$dir.id"
	selftests_fill "$linux" "$dir" || {
		say "the selftests do not build: see $BUILD/log/selftests.log"
		return 1
	}
	echo "$id" >"$dir.id"
}

# build_selftests: leaves them in $BUILD/selftests/guest, which belongs in the
# guest's /ctwatch/selftests.
build_selftests() {
	local linux
	linux=$(linux_source) || return
	mkdir -p "$BUILD/selftests"
	tree_use "$USERLAND"
	cache_locked selftests selftests_make "$linux" "$BUILD/selftests/guest"
}
