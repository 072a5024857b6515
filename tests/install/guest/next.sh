#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Second boot, with the new kernel: all is in place without a hand. Then it
# goes, and leaves nothing.
# shellcheck source=tests/scenarios/lib.sh
. "$(dirname "$0")/../scenarios/lib.sh"
. "$(dirname "$0")/common.sh"

configured() { [ "$(ctmodctl -j config warning notice)" = "$(cat /root/configured)" ]; }

equal "the new kernel runs" "$(uname -r)" "$(newest_kernel)"
check "the module was loaded" test -d /sys/module/ctwatch
check "ctmodctl stats answers" quiet ctmodctl stats
check "the saved settings are in place" within 20 configured
say "$(ctmodctl -j config warning notice)"
equal "no unit failed" "$(systemctl --failed --no-legend | grep -c ctwatch)" 0

check "the module goes" modprobe -r ctwatch
check "and comes again" modprobe ctwatch
check "with the saved settings" within 20 configured

check "apt purges both" quiet env DEBIAN_FRONTEND=noninteractive apt-get -y purge ctmodctl ctwatch-dkms
refused "the module is not loaded" test -d /sys/module/ctwatch
equal "nothing of it is left" "$(diff <(as_found) /root/before | grep -i 'ct\(watch\|modctl\)')" ""
equal "DKMS knows nothing" "$(dkms status ctwatch 2>/dev/null)" ""
finish
