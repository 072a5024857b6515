/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_TEST_ENTRIES_H
#define CTW_TEST_ENTRIES_H

#include "helpers.h"
#include "census/query.h"

/* Everything there is to group by is below. */
#define BY_END		(2 * CTWATCH_GROUP_KEY_ZONE)
#define BY_ALL		(BY_END - 1)

/* Namespaces of the entries, by address. One is not known by number: it came
 * during the walk, say.
 */
#define NETS		4
#define NET_LOST	2

const struct net *net_at(u32 i);
/* Inode number, 0 for the one that is lost. */
u32 net_inum(const struct net *net);

u32 family_bits(u8 family);
void addr_flip(union ctw_addr *addr, u32 bit);

/* An entry of a small world: many have much in common. */
void entry_random(struct rng *r, struct ctw_entry *e);
/* Some fields become those of another entry. */
void entry_mix(struct rng *r, struct ctw_entry *e,
	       const struct ctw_entry *other);
bool entry_same(const struct ctw_entry *a, const struct ctw_entry *b);

/* A filter that lets this entry through, or nearly so. */
void query_like(struct rng *r, struct ctw_query *q,
		const struct ctw_entry *like);
void query_lengths(struct rng *r, struct ctw_query *q);

/* What queries mean, bit by bit. */
bool model_match(const struct ctw_query *q, const struct ctw_entry *e);
void model_group(const struct ctw_query *q, const struct ctw_entry *e,
		 struct ctw_entry *group);

#endif
