# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The fuzzer of the netlink family, for the userland that every kernel boots
# into. Sourced after tests/vm/lib.sh.

# build_fuzz: leaves $BUILD/fuzz/guest/genl_fuzz, which belongs in the guest's
# /ctwatch/fuzz.
build_fuzz() {
	mkdir -p "$BUILD/fuzz/guest"
	tree_use "$USERLAND"
	in_tree "$USERLAND" -b "$TOP:/ctwatch-source" -b "$BUILD/fuzz/guest:/fuzz" sh -c '
		cd /ctwatch-source/tests/fuzz &&
		gcc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wno-missing-field-initializers -Werror -I../../module/uapi \
			-o /fuzz/genl_fuzz.new genl_fuzz.c grammar.c answers.c &&
		mv /fuzz/genl_fuzz.new /fuzz/genl_fuzz'
}
