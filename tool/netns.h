/* SPDX-License-Identifier: GPL-2.0 */
/* Network namespaces: by name, by process, by inode number. */
#ifndef CTMODCTL_NETNS_H
#define CTMODCTL_NETNS_H

#include <limits.h>
#include <stdint.h>

#include "error.h"

#define NETNS_DIR "/run/netns"

struct netns {
	uint32_t inode;
	char path[PATH_MAX];	/* to enter it; empty if only the inode is known */
};

int netns_find_name(const char *dir, const char *name, struct netns *netns,
		    struct why *why);
int netns_resolve(const char *dir, const char *arg, struct netns *netns,
		  struct why *why);
int netns_own(uint32_t *inode, struct why *why);
int netns_enter(const struct netns *netns, struct why *why);
char *netns_label(const char *dir, uint32_t inode);

#endif
