#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The tool's tables against module/ctwatch.yaml: every name, number, type and
# range of the spec is in the tool, and nothing else is.
cd "$(dirname "$0")" || exit 1
spec=../../module/ctwatch.yaml
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
n=0

awk -f spec.awk "$spec" | sort >"$dir/spec"
"$BUILD/dump_names" | sort >"$dir/tool"

for what in enum attribute range command operation; do
	n=$((n + 1))
	grep "^$what " "$dir/spec" >"$dir/want"
	grep "^$what " "$dir/tool" >"$dir/got"
	if [ -s "$dir/want" ] && diff "$dir/want" "$dir/got" >"$dir/diff"; then
		echo "ok $n - $(wc -l <"$dir/want") lines of kind '$what' as in the spec"
	else
		echo "not ok $n - lines of kind '$what' (< spec, > tool)"
		sed 's/^/# /' "$dir/diff"
		failed=1
	fi
done
echo "1..$n"
exit $failed
