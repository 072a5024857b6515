// SPDX-License-Identifier: GPL-2.0
/* Namespaces as ip-netns(8), /proc and lsns(8) know them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/text.h"
#include "netlink/netns.h"

/* A number above this is no PID (PID_MAX_LIMIT is far below). */
#define PID_LAST INT32_MAX

/*
 * Inode number of the namespace at @path, 0 with errno. Files that ip-netns(8)
 * left behind without their mount have some other inode: not a namespace.
 */
static uint32_t inode_at(const char *path)
{
	struct statfs fs;
	struct stat st;

	if (statfs(path, &fs) || stat(path, &st))
		return 0;
	if (fs.f_type != NSFS_MAGIC) {
		errno = EINVAL;
		return 0;
	}
	return st.st_ino;
}

static int cannot_stat(const char *arg, const char *path, struct why *why)
{
	if (errno == EINVAL)
		return why_set(why, "%s is no network namespace", path);
	if (errno == EACCES || errno == EPERM)
		return why_set(why, "not permitted to look at network namespace '%s': run as root",
			       arg);
	return why_set(why, "%s: %s", path, strerror(errno));
}

/* 1 if @arg was found at @netns->path, 0 if nothing is there, -1 on error. */
static int try_path(const char *arg, struct netns *netns, struct why *why)
{
	netns->inode = inode_at(netns->path);
	if (netns->inode)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return cannot_stat(arg, netns->path, why);
}

/**
 * netns_find_name - find a namespace by its name
 * @dir: where names are, NETNS_DIR
 * @name: the name
 * @netns: filled
 * @why: on failure, the reason
 *
 * Return: 1 if it is there, 0 if nothing has that name, -1 on failure.
 */
int netns_find_name(const char *dir, const char *name, struct netns *netns,
		    struct why *why)
{
	if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	if ((size_t)snprintf(netns->path, sizeof(netns->path), "%s/%s", dir,
			     name) >= sizeof(netns->path))
		return 0;
	return try_path(name, netns, why);
}

static int try_number(const char *arg, struct netns *netns, struct why *why)
{
	uint64_t number;
	int found = 0;

	if (!text_number(arg, UINT32_MAX, &number) || !number)
		return 0;
	if (number <= PID_LAST) {
		snprintf(netns->path, sizeof(netns->path),
			 "/proc/%" PRIu64 "/ns/net", number);
		found = try_path(arg, netns, why);
	}
	if (found)
		return found;
	netns->path[0] = '\0';
	netns->inode = number;
	return 1;
}

/**
 * netns_resolve - find the namespace the user means
 * @dir: where names are, NETNS_DIR
 * @arg: name, PID or inode number; a number that is no PID is an inode
 * @netns: filled
 * @why: on failure, the reason
 *
 * Whether there is a namespace of that inode number only the module can say.
 *
 * Return: 0 or -1.
 */
int netns_resolve(const char *dir, const char *arg, struct netns *netns,
		  struct why *why)
{
	int found = netns_find_name(dir, arg, netns, why);

	if (!found)
		found = try_number(arg, netns, why);
	if (!found)
		return why_set(why, "no network namespace '%s': give a name of 'ip netns list', a PID or an inode number of 'lsns -t net'",
			       arg);
	return found < 0 ? -1 : 0;
}

/**
 * netns_own - the namespace this process is in
 * @inode: filled
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int netns_own(uint32_t *inode, struct why *why)
{
	static const char path[] = "/proc/self/ns/net";

	*inode = inode_at(path);
	return *inode ? 0 : cannot_stat("self", path, why);
}

/**
 * netns_enter - move this process into a namespace
 * @netns: as resolved, with a path
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int netns_enter(const struct netns *netns, struct why *why)
{
	int fd = open(netns->path, O_RDONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return why_set(why, "%s: %s", netns->path, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		ret = why_set(why, errno == EPERM ?
			      "not permitted to enter network namespace %s: run as root" :
			      "cannot enter network namespace %s",
			      netns->path);
	close(fd);
	return ret;
}

static void add_name(struct netns_names *names, const char *dir,
		     const char *name)
{
	char path[PATH_MAX];
	uint32_t inode;
	char *copy;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    sizeof(path))
		return;
	inode = inode_at(path);
	copy = inode ? strdup(name) : NULL;
	if (!copy)
		return;
	names->v = array_grow(names->v, names->n, sizeof(*names->v));
	names->v[names->n++] = (struct netns_name){ inode, copy };
}

/* Of one that has several names, the first comes first. */
static int by_inode(const void *a, const void *b)
{
	const struct netns_name *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return strcmp(x->name, y->name);
}

/**
 * netns_names_read - read the names of all namespaces
 * @dir: where names are, NETNS_DIR; without it there are none
 * @names: empty; filled, netns_names_free() it
 *
 * At once, since each takes two system calls: to look for the name of every one
 * of a thousand took a million.
 */
void netns_names_read(const char *dir, struct netns_names *names)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			add_name(names, dir, entry->d_name);
	closedir(d);
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), by_inode);
}

/**
 * netns_names_free - forget names
 * @names: read; empty afterwards
 */
void netns_names_free(struct netns_names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		free(names->v[i].name);
	free(names->v);
	*names = (struct netns_names){};
}

/**
 * netns_label - name of a namespace
 * @names: those there are
 * @inode: its inode number
 *
 * Return: the name, made printable, to be freed; NULL if it has none.
 */
char *netns_label(const struct netns_names *names, uint32_t inode)
{
	size_t low = 0, high = names->n;
	char *label;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->v[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == names->n || names->v[low].inode != inode)
		return NULL;
	label = strdup(names->v[low].name);
	if (label)
		text_clean(label);
	return label;
}
