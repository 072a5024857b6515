#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# First boot, of a Debian that has never seen ctwatch.
# shellcheck source=tests/scenarios/lib.sh
. "$(dirname "$0")/../scenarios/lib.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/steps.sh"

install_packages
refused "it does not load by being installed" test -d /sys/module/ctwatch
load_module
fill_table
configure
install_next_kernel
finish
