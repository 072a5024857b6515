/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink messages -> structs. No sockets here: every function takes one
 * message and trusts nothing in it but the length of its header.
 */
#ifndef CTMODCTL_PARSE_H
#define CTMODCTL_PARSE_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/error.h"
#include "model/model.h"

/* What the kernel says about a request it refused. */
struct extack {
	int error;		/* errno, positive */
	uint32_t offset;	/* of the attribute in the request, or 0 */
	char text[256];		/* empty if it says nothing */
};

int parse_status(const struct nlmsghdr *nlh, struct status *status,
		 struct why *why);
int parse_sources(const struct nlmsghdr *nlh, struct status *status,
		  struct why *why);
int parse_event(const struct nlmsghdr *nlh, struct status *event,
		struct why *why);
int parse_config(const struct nlmsghdr *nlh, struct config *config,
		 struct why *why);
int parse_query(const struct nlmsghdr *nlh, struct query *query,
		struct why *why);

int parse_operation(const struct nlmsghdr *nlh);
void parse_extack(const struct nlmsghdr *nlh, struct extack *extack);
bool parse_family_gone(const struct nlmsghdr *nlh, int family);

#endif
