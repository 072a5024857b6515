/* SPDX-License-Identifier: GPL-2.0 */
/* A census in words: what was walked, when, and what of it is not shown. */
#ifndef CTMODCTL_CENSUS_H
#define CTMODCTL_CENSUS_H

#include <stdbool.h>
#include <stdio.h>

#include "model/model.h"

void census_facts(FILE *out, const struct query *answer, bool filtered);
void census_ungrouped(FILE *out, const struct query *answer);

#endif
