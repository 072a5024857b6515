# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the scripts of tests/vm: where things live, how a Debian tree is
# made, how a command runs inside one. Sourced, never executed.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$VM_DIR/../.." && pwd)
BUILD=${CTWATCH_BUILD:-$TOP/build}
CACHE=${CTWATCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ctwatch}
# The suite whose userland every kernel boots into, and in which the tool and
# the modules of this suite's kernels are built.
# shellcheck disable=SC2034
USERLAND=bookworm

say() { printf 'vm: %s\n' "$*" >&2; }
die() { printf 'vm: error: %s\n' "$*" >&2; exit 98; }

# Run a command with its output in a log that is shown only when it fails.
# logged NAME COMMAND [ARG...]
logged() {
	local log=$BUILD/log/$1
	shift
	mkdir -p "$(dirname "$log")"
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 40 "$log" >&2
		return 1
	fi
}

# What a compiler or modpost had to say, if it had: complaints LOG...
complaints() { grep -hE '(warning|error):|^(WARNING|ERROR):' "$@"; }

need_root() {
	[ "$(id -u)" = 0 ] || die "root is needed (debootstrap, chroot and mounts): run it with sudo"
	unshare --mount true 2>/dev/null ||
		die "this machine does not let root make a mount namespace (an unprivileged container?)"
}

# Packages of the host itself; everything else lives in the trees.
HOST_PACKAGES=(debootstrap e2fsprogs xz-utils util-linux debian-archive-keyring)

host_missing() {
	local have pkg
	have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${HOST_PACKAGES[@]}" 2>/dev/null)
	for pkg in "${HOST_PACKAGES[@]}"; do
		grep -qx "$pkg installed" <<<"$have" || echo "$pkg"
	done
}

need_host_packages() {
	local missing
	read -rd '' -a missing < <(host_missing)
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing on this host: ${missing[*]}"
	logged apt-update apt-get update ||
		die "apt-get update failed: is there a Debian mirror in reach?"
	DEBIAN_FRONTEND=noninteractive logged apt-install \
		apt-get install -y --no-install-recommends "${missing[@]}" ||
		die "could not install on this host: ${missing[*]}"
}

# The mirror this machine itself uses: MIRROR for the archive, MIRROR_SEC for
# its security part (empty when the machine has none). The way there too: apt's
# proxy becomes the environment's, which debootstrap and the trees' apt follow.
find_mirror() {
	local uri PROXY=
	eval "$(apt-config shell PROXY Acquire::http::Proxy)"
	[ -z "$PROXY" ] || export http_proxy="${http_proxy:-$PROXY}"
	MIRROR='' MIRROR_SEC=''
	# shellcheck disable=SC2016 # apt's own syntax
	while read -r uri; do
		case $uri in
		*security*) MIRROR_SEC=${MIRROR_SEC:-$uri} ;;
		*debian*) MIRROR=${MIRROR:-$uri} ;;
		esac
	done < <(apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' | sort -u)
	[ -n "$MIRROR" ] || die "apt knows no Debian mirror (see apt-get indextargets): run apt-get update?"
}

# The newest kernel source there is, unpacked for UML.
linux_source() {
	find "$CACHE/uml" -maxdepth 1 -name 'source-7*' -type d 2>/dev/null |
		sort -V | tail -n 1 | grep . || {
		say "no kernel source yet: tests/vm/run -k uml --prepare"
		return 1
	}
}

# The newest finished build of a kernel that fits a configuration, if there is
# one; it goes on being used when its sources have gone.
# finished_build DIR CONFIG-ID
finished_build() {
	local build
	for build in "$1"/build-*-"$2"; do
		[ ! -e "$build/.complete" ] || echo "$build"
	done | sort -V | tail -n 1
}

tree_dir() { echo "$CACHE/tree-$1"; }

# in_tree SUITE [-b HOST:GUEST]... COMMAND [ARG...]
# COMMAND runs inside the tree, in a mount namespace of its own, so that no
# mount outlives it.
in_tree() {
	local tree binds=()
	tree=$(tree_dir "$1")
	shift
	while [ "$1" = -b ]; do
		binds+=("$2")
		shift 2
	done
	# shellcheck disable=SC2016
	unshare --mount --propagation private bash -ec '
		tree=$1; shift
		mount -t proc proc "$tree/proc"
		mount --rbind /dev "$tree/dev"
		while [ "$1" != -- ]; do
			mkdir -p "$tree${1#*:}"
			mount --bind "${1%%:*}" "$tree${1#*:}"
			shift
		done
		shift
		exec chroot "$tree" "$@"' in_tree "$tree" "${binds[@]}" -- \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		HOME=/root DEBIAN_FRONTEND=noninteractive \
		${http_proxy:+http_proxy="$http_proxy"} \
		${https_proxy:+https_proxy="$https_proxy"} "$@"
}

# Everything that a tree holds follows from this.
tree_id() { sha256sum <"$VM_DIR/packages.$1"; }

# Several runs may use a tree, only one may change it, and then nobody uses it.
# tree_lock SUITE -s|-x, tree_unlock SUITE
declare -A TREE_LOCK=()
tree_lock() {
	local fd
	mkdir -p "$CACHE"
	exec {fd}>"$CACHE/tree-$1.lock"
	TREE_LOCK[$1]=$fd
	flock -n "$2" "$fd" && return
	say "waiting for other runs that use the $1 tree"
	flock "$2" "$fd"
}

tree_unlock() {
	local fd=${TREE_LOCK[$1]}
	exec {fd}>&-
	unset "TREE_LOCK[$1]"
}

# The tree of SUITE holds what packages.SUITE asks for. Its stamp has a line for
# each list installed so far, so checkouts that differ do not fight over it.
tree_ready() { grep -qxF "$(tree_id "$1")" "$(tree_dir "$1")/.ctwatch-ready" 2>/dev/null; }

# tree_use SUITE: have the tree, up to date, and keep it so until we end.
tree_use() {
	[ -z "${TREE_LOCK[$1]:-}" ] || return 0
	while :; do
		tree_lock "$1" -s
		! tree_ready "$1" || return 0
		tree_unlock "$1"
		tree_lock "$1" -x
		tree_update "$1"
		tree_unlock "$1"
	done
}

# trees_use SUITE...: the same for several; those that are missing are made at the
# same time, for dpkg has one processor busy at most.
trees_use() {
	local suite
	for suite; do
		(tree_use "$suite") &
	done
	wait
	for suite; do
		tree_use "$suite"
	done
}

tree_debootstrap() {
	local tree
	tree=$(tree_dir "$1")
	[ ! -e "$tree/.ctwatch-base" ] || return 0
	say "making a Debian $1 tree (about a minute)"
	rm -rf --one-file-system "$tree"
	logged "debootstrap-$1" debootstrap --variant=minbase \
		--include=ca-certificates "${1%-backports}" "$tree" "$MIRROR" ||
		die "debootstrap of $1 failed: is the Debian mirror in reach?"
	touch "$tree/.ctwatch-base"
}

# Suites whose trees may also have what only their backports have: newer kernels.
BACKPORTED="trixie"

# SUITE may be NAME-backports: a tree of NAME that prefers the newer packages.
tree_sources() {
	local base=${1%-backports}
	echo "deb $MIRROR $base main"
	[ "$base" != sid ] || return 0
	echo "deb $MIRROR $base-updates main"
	[ -z "$MIRROR_SEC" ] || echo "deb $MIRROR_SEC $base-security main"
	[ "$base" = "$1" ] && [[ " $BACKPORTED " != *" $base "* ]] ||
		echo "deb $MIRROR $base-backports main"
}

# tree_packages SUITE: what packages.SUITE asks for, a package a line. A word with
# a bracket is a regex, and means the newest package of such a name.
tree_packages() {
	local words word found
	read -rd '' -a words < <(sed 's/#.*//' "$VM_DIR/packages.$1")
	for word in "${words[@]}"; do
		if [[ $word == *"["* ]]; then
			found=$(in_tree "$1" apt-cache pkgnames | grep -xE "$word" | sort -V | tail -n 1)
			[ -n "$found" ] || { say "$1 has no package like $word"; return 1; }
			word=$found
		fi
		echo "$word"
	done
}

# Make the tree, or bring it to today's packages.SUITE; its lock is held.
tree_update() {
	local suite=$1 tree packages prefer=()
	tree=$(tree_dir "$suite")
	! tree_ready "$suite" || return 0
	find_mirror
	tree_debootstrap "$suite"
	# Nothing installed into a tree may start a service.
	printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
	chmod 755 "$tree/usr/sbin/policy-rc.d"
	cp -L /etc/resolv.conf "$tree/etc/resolv.conf" 2>/dev/null || :
	tree_sources "$suite" >"$tree/etc/apt/sources.list"
	# Not for plain suites: it would rank their packages above security's.
	[[ $suite != *-backports ]] || prefer=(-t "$suite")
	say "installing packages into the $suite tree (some minutes the first time)"
	logged "tree-update-$suite" in_tree "$suite" apt-get update ||
		die "apt-get update failed in the $suite tree"
	packages=$(tree_packages "$suite") || die "the list of the $suite tree cannot be met"
	# shellcheck disable=SC2086 # a list of words
	logged "tree-install-$suite" in_tree "$suite" apt-get install -y \
		--no-install-recommends "${prefer[@]}" $packages ||
		die "package installation failed in the $suite tree"
	in_tree "$suite" apt-get clean
	tree_id "$suite" >>"$tree/.ctwatch-ready"
}

# pool_fetch SUITE REGEX DIR: download the newest package of SUITE whose name
# matches REGEX into DIR, without touching anybody's apt configuration, and
# print its file name.
pool_fetch() {
	local suite=$1 regex=$2 dir=$3 apt=$CACHE/apt-$1 name opts
	find_mirror
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$dir"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $MIRROR $suite main" \
		>"$apt/sources.list"
	opts=(-o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
	      -o Dir::Etc::preferencesparts=/dev/null -o Dir::Etc::preferences=/dev/null
	      -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache"
	      -o Dir::State::status=/dev/null -o APT::Architecture=amd64
	      -o APT::Architectures=amd64 -o APT::Sandbox::User=root
	      -o Acquire::Languages=none -o APT::Get::List-Cleanup=0)
	if [ -z "$(find "$apt/lists" -name '*Packages*' -mmin -600 2>/dev/null)" ]; then
		logged "apt-$suite" apt-get "${opts[@]}" update || return 1
	fi
	name=$(apt-cache "${opts[@]}" pkgnames | grep -E "^$regex\$" | sort -V | tail -n 1)
	[ -n "$name" ] || return 1
	(cd "$dir" && logged "fetch-$name" apt-get "${opts[@]}" download "$name") || return 1
	find "$dir" -name "${name}_*.deb" -printf '%T@ %f\n' | sort -n | tail -n 1 | cut -d' ' -f2
}

# Hold a lock of the cache while something in it is being made.
# cache_locked NAME COMMAND [ARG...]
cache_locked() {
	local lock name=$1
	shift
	mkdir -p "$CACHE"
	exec {lock}>"$CACHE/$name.lock"
	flock -n "$lock" || { say "waiting for another run that prepares $name"; flock "$lock"; }
	"$@"
	exec {lock}>&-
}
