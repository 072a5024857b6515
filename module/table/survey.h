/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_SURVEY_H
#define CTW_SURVEY_H

#include "census/census.h"
#include "table/walk.h"

/* Censuses that one walk may serve. */
#define CTW_SURVEY_MAX	8

/**
 * struct ctw_survey - a walk and the censuses it serves
 * @walk: the walk
 * @census: the censuses; the caller's
 * @n: how many
 * @nets: namespaces, when a census groups by them
 * @began: when the walk began, ns
 */
struct ctw_survey {
	struct ctw_walk walk;
	struct ctw_census *census[CTW_SURVEY_MAX];
	u32 n;
	struct ctw_netns_map *nets;
	u64 began;
};

u32 ctw_survey_generation(void);
int ctw_survey_begin(struct ctw_survey *s);
int ctw_survey_run(struct ctw_survey *s, u64 until);
void ctw_survey_end(struct ctw_survey *s);

#endif
