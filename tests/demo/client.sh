#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the web server: COUNT pages a second, each over a new connection to
# the proxy, while the file GO is there. A slow machine takes longer.
# usage: client.sh COUNT PROXY URL GO

set -u

LAST=$((SECONDS + 300))
next=${EPOCHREALTIME/./}
while [ -e "$4" ] && [ "$SECONDS" -lt "$LAST" ]; do
	# What a full table drops never answers.
	timeout --foreground 8 ab -q -n "$1" -c 10 -X "$2" "$3" >/dev/null 2>&1
	next=$((next + 1000000))
	ahead=$((next - ${EPOCHREALTIME/./}))
	if [ "$ahead" -gt 0 ]; then
		printf -v ahead '%d.%06d' $((ahead / 1000000)) $((ahead % 1000000))
		sleep "$ahead"
	else
		next=${EPOCHREALTIME/./}
	fi
done
