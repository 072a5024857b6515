/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of namespaces as a file, ctwatch.conf(5): text -> what it says,
 * and back. No sockets and no files here.
 */
#ifndef CTMODCTL_CONFFILE_H
#define CTMODCTL_CONFFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/error.h"
#include "model/model.h"

/* What a file says of one namespace. */
struct conf_netns {
	struct config config;	/* keys given; its label is the name */
	unsigned int line;	/* of the section, or of the first key */
	unsigned int key_line[CTWATCH_A_CONFIG_MAX + 1];
};

/* The first is the caller's own, which has no name, and perhaps no keys. */
struct conffile {
	struct conf_netns *v;
	size_t n;
};

int conffile_parse(struct conffile *file, const char *path, const char *text,
		   size_t len, struct why *why);
void conffile_free(struct conffile *file);

bool conffile_can_name(const char *name);
void conffile_print(FILE *out, const struct config *own,
		    const struct configs *named);

#endif
