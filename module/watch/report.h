/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_REPORT_H
#define CTW_REPORT_H

#include "census/holders.h"
#include "tally/tally.h"
#include "watch/watch.h"

/* Longest line, with its end. */
#define CTW_LINE	768

/**
 * struct ctw_report - all facts of a line
 * @inum: inode number of the netns
 * @verdict: the decision
 * @holders: who holds the table, if a census was at hand
 * @naming: who inserts; the line says it when @holders is not known
 * @drops: whose packets were dropped
 * @ipv4_prefix: length of the prefix that is one IPv4 source
 * @ipv6_prefix: length of the prefix that is one IPv6 source
 * @suppressed: lines withheld since the last one
 */
struct ctw_report {
	u32 inum;
	struct ctw_verdict verdict;
	struct ctw_holders holders;
	struct ctw_naming naming;
	struct ctw_drop_naming drops;
	u32 ipv4_prefix;
	u32 ipv6_prefix;
	u32 suppressed;
};

void ctw_report_level(char buf[CTW_LINE], const struct ctw_report *r);
void ctw_report_tracking(char buf[CTW_LINE], u32 inum, u32 families,
			 u32 count, u32 max, u32 growth);

#endif
