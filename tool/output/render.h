/* SPDX-License-Identifier: GPL-2.0 */
/* Structs -> text and tables for people. */
#ifndef CTMODCTL_RENDER_H
#define CTMODCTL_RENDER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "model/model.h"

void render_status(FILE *out, const struct status *status, bool color);
void render_statuses(FILE *out, const struct statuses *list, bool color);
void render_sources(FILE *out, const struct statuses *list, bool all_netns);
void render_config(FILE *out, const struct config *config, uint64_t attrs);
void render_configs(FILE *out, const struct configs *list, uint64_t attrs);
void render_census(FILE *out, const struct query *answer, bool filtered);
void render_holdings(FILE *out, const struct query *answer);
void render_peak_owners(FILE *out, const struct query *answer);
void render_event(FILE *out, const struct status *event, uint8_t operation,
		  const struct timespec *when, bool color);

#endif
