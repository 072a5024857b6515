#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# iptstate once; it wants a terminal, and a wide one.
export TERM=linux
exec script -qec "stty cols 200 && iptstate -1" /dev/null </dev/null
