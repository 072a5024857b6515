#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Before the first boot, in a chroot: what apt and DKMS do.
# shellcheck source=tests/scenarios/lib.sh
. "$(dirname "$0")/../scenarios/lib.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/steps.sh"

install_packages
install_next_kernel
finish
