// SPDX-License-Identifier: GPL-2.0
/* The module of the KUnit tests: the suites are in the other files. */

#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_VERSION(CTW_VERSION);
MODULE_DESCRIPTION("KUnit tests of ctwatch");
