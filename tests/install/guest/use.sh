#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# First boot, of a Debian that got ctwatch before it.
# shellcheck source=tests/scenarios/lib.sh
. "$(dirname "$0")/../scenarios/lib.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/steps.sh"

check "the module was loaded" test -d /sys/module/ctwatch
load_module
fill_table
configure
finish
