# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What ctwatch itself puts into a guest: the module built for its kernel, that of
# the KUnit tests or of the bench, and the tool. Built from a copy of the sources in
# $BUILD/vm/, and only when the content of a source has changed.
# Sourced by tests/vm/run.

MODULE_SOURCES=(Kbuild dkms.conf module tests/kunit tests/bench/hooks)
TOOL_SOURCES=(dkms.conf module/uapi tool)

# The sources below the given paths, without what a build in place leaves there.
sources() {
	local path
	for path in "$@"; do
		[ ! -e "$TOP/$path" ] || (cd "$TOP" && find "$path" -type f \
			! -name '*.o' ! -name '*.ko' ! -name '*.mod' ! -name '*.mod.c' \
			! -name '.*' ! -name '*.symvers' ! -name 'modules.order' \
			! -name '*.a' ! -name '*.d' -print0)
	done | sort -z
}

sources_id() { (cd "$TOP" && sources "$@" | xargs -0r sha256sum) | sha256sum; }

# sources_copy DIR PATH...
sources_copy() {
	local dir=$1
	shift
	mkdir -p "$dir"
	sources "$@" | tar c -C "$TOP" --null -T - | tar x -C "$dir"
}

# built DIR ID FUNCTION: run FUNCTION DIR to fill the new folder DIR, unless it
# is there with this ID already.
built() {
	[ "$(cat "$1/.stamp" 2>/dev/null)" != "$2" ] || return 0
	rm -rf "$1"
	mkdir -p "$1"
	"$3" "$1"
	echo "$2" >"$1/.stamp"
}

# A compile's log goes to $BUILD/log; its warnings are for everybody to see.
# compile LOG COMMAND...
compile() {
	local log=$BUILD/log/$1
	shift
	mkdir -p "$BUILD/log"
	"$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; return 1; }
	complaints "$log" >&2 && say "warnings: see $log"
	return 0
}

build_tool() {
	sources_copy "$1/src" "${TOOL_SOURCES[@]}"
	say "building the tool"
	compile tool.log in_tree "$USERLAND" -b "$1:/ctwatch" \
		make -C /ctwatch/src/tool BUILD=/ctwatch/out -j"$(nproc)" ||
		die "the tool does not build: see $BUILD/log/tool.log"
	[ -x "$1/out/ctmodctl" ] || die "make -C tool BUILD=DIR left no DIR/ctmodctl"
}

# module_make SRC FOLDER [ARG...]: build the module of SRC/FOLDER.
module_make() {
	local src=$1 folder=$2
	shift 2
	# shellcheck disable=SC2046
	in_tree "$SUITE" $(kernel_binds) -b "$src:/ctwatch" \
		make $(kernel_make_args) M="/ctwatch${folder:+/$folder}" W=1 -j"$(nproc)" "$@" modules
}

build_kunit() {
	[ -d "$1/src/tests/kunit" ] && grep -q '^CONFIG_KUNIT=[ym]' "$(kernel_config)" || return 0
	compile "kunit-$KERNEL.log" module_make "$1/src" tests/kunit \
		KBUILD_EXTRA_SYMBOLS=/ctwatch/Module.symvers ||
		die "the KUnit tests do not build for $KERNEL: see $BUILD/log/kunit-$KERNEL.log"
	install -D -m 644 "$1/src/tests/kunit/ctwatch-kunit.ko" "$1/layer/ctwatch/ctwatch-kunit.ko" ||
		die "the build of tests/kunit left no ctwatch-kunit.ko"
}

# Only where figures are taken.
build_bench() {
	[[ $KERNEL == *-@(bench|count) && -d $1/src/tests/bench/hooks ]] || return 0
	compile "bench-$KERNEL.log" module_make "$1/src" tests/bench/hooks ||
		die "the hooks' bench does not build for $KERNEL: see $BUILD/log/bench-$KERNEL.log"
	install -D -m 644 "$1/src/tests/bench/hooks/ctwatch-bench.ko" "$1/layer/ctwatch/ctwatch-bench.ko" ||
		die "the build of tests/bench/hooks left no ctwatch-bench.ko"
}

# The module where modprobe looks for it. The kernel's own modules are only
# there while depmod runs: the guest gets them from another layer.
install_module() {
	local layer=$1/layer modules
	modules=usr/lib/modules/$(kernel_release)
	install -D -m 644 "$1/src/ctwatch.ko" "$layer/$modules/updates/ctwatch.ko" ||
		die "the build left no ctwatch.ko"
	ln -s usr/lib "$layer/lib"
	kernel_modules "$layer/$modules" || die "cannot copy the kernel's modules"
	# shellcheck disable=SC2046
	logged "depmod-$KERNEL" in_tree "$SUITE" -b "$layer:/stage" \
		$(kernel_depmod_binds "/stage/$modules") \
		depmod -b /stage "$(kernel_release)" || die "depmod failed"
}

build_payload() {
	say "building the module for $KERNEL ($(kernel_release))"
	[ -e "$TOP/Kbuild" ] || die "there is no $TOP/Kbuild to build the module with"
	sources_copy "$1/src" "${MODULE_SOURCES[@]}"
	compile "module-$KERNEL.log" module_make "$1/src" "" ||
		die "the module does not build for $KERNEL: see $BUILD/log/module-$KERNEL.log"
	install_module "$1"
	build_kunit "$1"
	build_bench "$1"
}

# payload_layer DIR: put the payload into DIR, building what has changed.
payload_layer() {
	local tool_lock lock vm=$BUILD/vm
	mkdir -p "$vm"
	exec {tool_lock}>"$vm/tool.lock" {lock}>"$vm/$KERNEL.lock"
	flock "$tool_lock"
	built "$vm/tool" "$(sources_id "${TOOL_SOURCES[@]}") $(tree_id "$USERLAND")" build_tool
	install -D -m 755 "$vm/tool/out/ctmodctl" "$1/usr/bin/ctmodctl" || die "cannot copy the tool"
	exec {tool_lock}>&-
	flock "$lock"
	built "$vm/$KERNEL" "$(sources_id "${MODULE_SOURCES[@]}") $(kernel_build_id)" build_payload
	cp -a "$vm/$KERNEL/layer/." "$1" || die "cannot copy the module"
	exec {lock}>&-
}
