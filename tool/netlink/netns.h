/* SPDX-License-Identifier: GPL-2.0 */
/* Network namespaces: by name, by process, by inode number. */
#ifndef CTMODCTL_NETNS_H
#define CTMODCTL_NETNS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"

#define NETNS_DIR "/run/netns"

struct netns {
	uint32_t inode;
	char path[PATH_MAX];	/* to enter it; empty if only the inode is known */
};

/* What namespaces are called, by inode number. */
struct netns_names {
	struct netns_name {
		uint32_t inode;
		char *name;
	} *v;
	size_t n;
};

int netns_find_name(const char *dir, const char *name, struct netns *netns,
		    struct why *why);
int netns_resolve(const char *dir, const char *arg, struct netns *netns,
		  struct why *why);
int netns_own(uint32_t *inode, struct why *why);
int netns_enter(const struct netns *netns, struct why *why);
void netns_names_read(const char *dir, struct netns_names *names);
void netns_names_free(struct netns_names *names);
char *netns_label(const struct netns_names *names, uint32_t inode);

#endif
