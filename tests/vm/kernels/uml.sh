# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153
# Kernels of kind "uml": User Mode Linux, built here from Debian's newest
# matching linux-source. Runs at native speed. "uml" has KUnit and lock
# debugging, "uml-bench" neither.
# Sourced by tests/vm/run; says which trees it takes (TREES), in which one
# modules are built (SUITE), and has the functions every kind has:
#   kernel_ready     is everything there? (sets what the others need)
#   kernel_prepare   make it so; called with the cache locked
#   kernel_release   what uname -r will say
#   kernel_build_id  changes when modules have to be built again
#   kernel_make_args, kernel_binds   how to build a module in the tree of SUITE
#   kernel_config    the kernel's .config
#   kernel_modules DIR   fill DIR (lib/modules/RELEASE) with what depmod needs
#   kernel_depmod_binds DIR   and what has to be mounted there for it
#   kernel_boot JOB  boot; returns when the guest is off

UML_DIR=$CACHE/uml
# The tree whose compiler builds the kernel and its modules.
SUITE=$USERLAND
TREES=$SUITE

# A kernel that is not "uml" itself has a file of what it has otherwise, and may
# have a patch of the source.
uml_configs() {
	echo "$VM_DIR/uml.config"
	[ "$KERNEL" = uml ] || echo "$VM_DIR/$KERNEL.config"
}
uml_config() { uml_configs | xargs cat; }
uml_config_id() { { uml_config; cat "$VM_DIR/$KERNEL.patch" 2>/dev/null; } | sha256sum | cut -c1-12; }

kernel_ready() {
	UML_BUILD=$(finished_build "$UML_DIR" "$(uml_config_id)")
	[ -n "$UML_BUILD" ]
}

# Sources stay under their full version: a finished build goes on using them.
uml_fetch() {
	local suite deb=
	for suite in ${SUITES//,/ }; do
		deb=$(pool_fetch "$suite" "$PATTERN" "$UML_DIR") && break
	done
	[ -n "$deb" ] || die "no $PATTERN in: $SUITES"
	UML_VERSION=${deb#*_}
	UML_VERSION=${UML_VERSION%%-*}
	UML_SOURCE=source-$UML_VERSION
	[ -e "$UML_DIR/$UML_SOURCE/.complete" ] || uml_unpack "$deb"
	rm -f "$UML_DIR/$deb"
}

uml_unpack() {
	say "unpacking $1"
	rm -rf "${UML_DIR:?}/$UML_SOURCE"
	mkdir -p "$UML_DIR/$UML_SOURCE"
	dpkg-deb --fsys-tarfile "$UML_DIR/$1" |
		tar x -O --wildcards '*/linux-source-*.tar.xz' |
		tar xJ -C "$UML_DIR/$UML_SOURCE" --strip-components=1 || die "cannot unpack $1"
	touch "$UML_DIR/$UML_SOURCE/.complete"
}

# The source is that of all kernels: a patch changes what only its kernel has.
uml_patch() {
	local name=$KERNEL.patch
	[ -e "$VM_DIR/$name" ] || return 0
	logged "patch-$KERNEL" in_tree "$SUITE" -b "$UML_DIR:/uml" -b "$VM_DIR:/patches" \
		sh -c 'cd "/uml/$1" && { patch -Rsfp1 --dry-run -i "$2" || patch -Nsp1 -i "$2"; }' \
		sh "$UML_SOURCE" "/patches/$name" ||
		die "$name does not fit $UML_SOURCE: is it needed there?"
}

# Each wanted option must have survived allnoconfig: a dependency that went
# missing would otherwise switch a check off in silence.
uml_check_config() {
	local want missing=
	while read -r want; do
		case $want in
		CONFIG_*=n) ! grep -q "^${want%=n}=[ym]" "$1" || missing+=" $want" ;;
		CONFIG_*) grep -qxF "$want" "$1" || missing+=" $want" ;;
		esac
	done < <(uml_config | awk -F= '{ last[$1] = $0 } END { for (name in last) print last[name] }')
	[ -z "$missing" ] || die "$KERNEL: the kernel's configuration lost:$missing"
}

uml_make() {
	in_tree "$SUITE" -b "$UML_DIR:/uml" make -C "/uml/$UML_SOURCE" ARCH=um \
		O="/uml/$(basename "$UML_BUILD")" -j"$(nproc)" "$@"
}

kernel_prepare() {
	kernel_ready && return
	cache_locked uml-source uml_fetch
	cache_locked uml-source uml_patch
	UML_BUILD=$UML_DIR/build-$UML_VERSION-$(uml_config_id)
	say "building $KERNEL $UML_VERSION (5 to 10 minutes on two processors, once)"
	mkdir -p "$UML_BUILD"
	uml_config >"$UML_BUILD/ctwatch.config"
	logged "$KERNEL-config" uml_make KCONFIG_ALLCONFIG=ctwatch.config allnoconfig ||
		die "$KERNEL: allnoconfig failed"
	uml_check_config "$UML_BUILD/.config"
	logged "$KERNEL-build" uml_make linux modules || die "$KERNEL: the build failed"
	touch "$UML_BUILD/.complete"
}

kernel_release() { cat "$UML_BUILD/include/config/kernel.release"; }
kernel_build_id() { basename "$UML_BUILD"; stat -c %Y "$UML_BUILD/.complete"; }
kernel_make_args() { echo "-C /uml/$(basename "$UML_BUILD") ARCH=um"; }
kernel_binds() { echo "-b $UML_DIR:/uml"; }
kernel_depmod_binds() { :; }
kernel_config() { echo "$UML_BUILD/.config"; }

kernel_modules() {
	local object
	mkdir -p "$1"
	cp "$UML_BUILD"/modules.{order,builtin,builtin.modinfo} "$1" || return 1
	while read -r object; do
		install -D -m 644 "$UML_BUILD/${object%.*}.ko" "$1/kernel/${object%.*}.ko" || return 1
	done <"$UML_BUILD/modules.order"
}

# Runs as process 1 of its own pid and mount namespaces, so that no stray UML
# process outlives it, and in a root of its own, so that the guest's hostfs
# reaches nothing of the host but this run's files, all but /out read-only.
# The guest's memory is a file in /tmp there: a tmpfs of our own, because
# /dev/shm may be smaller than that, or on a disk. In huge pages where there are
# any, as a kernel has its memory.
# uml_jail JOB TREE LINUX MB KERNEL-ARG...
uml_jail() {
	local job=$1 tree=$2 linux=$3 mb=$4 root=$1/root name
	shift 4
	set -e
	mkdir -p "$root"
	mount -t tmpfs -o mode=755 tmpfs "$root"
	cd "$root"
	mkdir tree layer out dev proc sys tmp rw new
	for name in bin sbin lib lib64 usr; do ln -s "tree/$name" "$name"; done
	cp "$job/layer/ctwatch/init-uml" init
	for name in null zero full random urandom; do
		touch dev/$name
		mount --bind /dev/$name dev/$name
	done
	mount -t proc proc proc
	mount --bind "$tree" tree && mount -o remount,bind,ro tree
	mount --bind "$job/layer" layer && mount -o remount,bind,ro layer
	mount --bind "$job/host" out
	touch linux
	mount --bind "$linux" linux
	mount -t tmpfs -o "size=$((mb + 256))M,huge=always" tmpfs tmp 2>/dev/null ||
		mount -t tmpfs -o "size=$((mb + 256))M" tmpfs tmp
	# hostfs keeps a descriptor for each file that the guest has open
	ulimit -n "$(ulimit -Hn)"
	# Not exec: as process 1 it could not be killed by its own signals.
	env -i PATH=/usr/sbin:/usr/bin HOME=/tmp TMPDIR=/tmp chroot . /linux "$@" </dev/null
}

kernel_boot() {
	vm_start bash -c "$(declare -f uml_jail); uml_jail \"\$@\"" uml_jail \
		"$1" "$(tree_dir "$USERLAND")" "$UML_BUILD/linux" "$MEM" \
		"mem=${MEM}M" "ncpus=$CPUS" seccomp=on \
		root=none rootfstype=hostfs ro init=/init uml_dir=/tmp umid=vm \
		con=null con0=null,fd:1 ssl=null printk.time=1 printk.devkmsg=on loglevel=8 \
		log_buf_len=16M panic=-1 >"$1/console" 2>&1
}
