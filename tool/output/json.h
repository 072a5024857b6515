/* SPDX-License-Identifier: GPL-2.0 */
/* Structs -> JSON. Keys are the spec's names, numbers are numbers. */
#ifndef CTMODCTL_JSON_H
#define CTMODCTL_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "model/model.h"

struct json_object *json_status(const struct status *status, uint64_t attrs);
struct json_object *json_statuses(const struct statuses *list, uint64_t attrs,
				  bool array);
struct json_object *json_query(const struct query *query);
struct json_object *json_config(const struct config *config, uint64_t attrs);
struct json_object *json_configs(const struct configs *list, uint64_t attrs,
				 bool array);
struct json_object *json_event(const struct status *event, uint8_t operation,
			       const struct timespec *when);
struct json_object *json_overrun(const struct timespec *when, uint32_t missed);

void json_print(FILE *out, struct json_object *json, bool pretty);

#endif
