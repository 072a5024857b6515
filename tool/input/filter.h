/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What people ask of the table: which entries, and what makes a group. Words
 * -> struct query; nothing here knows of options or keys.
 */
#ifndef CTMODCTL_FILTER_H
#define CTMODCTL_FILTER_H

#include "lib/error.h"
#include "model/model.h"

enum direction { SOURCE, DESTINATION };

int query_by(struct query *query, const char *keys, struct why *why);

int filter_family(struct filter *filter, const char *family, struct why *why);
int filter_address(struct filter *filter, enum direction direction,
		   const char *subnet, struct why *why);
int filter_port(struct filter *filter, enum direction direction,
		const char *port, struct why *why);
int filter_protocol(struct filter *filter, const char *protocol,
		    struct why *why);
int filter_states(struct filter *filter, const char *states, struct why *why);
int filter_zone(struct filter *filter, const char *zone, struct why *why);
int filter_mark(struct filter *filter, const char *mark, struct why *why);
int filter_flag(struct filter *filter, uint16_t attr, bool set,
		struct why *why);

#endif
