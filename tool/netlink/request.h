/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Structs -> attributes of a request, by the tables of model.h. No sockets
 * here.
 */
#ifndef CTMODCTL_REQUEST_H
#define CTMODCTL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

/* Room for every attribute that any operation takes. */
#define REQUEST_SIZE 512

struct request {
	uint8_t operation;
	bool dump;
	size_t len;
	_Alignas(uint32_t) unsigned char attrs[REQUEST_SIZE];
};

void request_add(struct request *request, uint16_t type, uint32_t value);
void request_add_set(struct request *request, const struct field_set *set,
		     uint64_t has, const void *object);
const struct field *request_field_at(const struct request *request,
				     uint32_t offset);
uint16_t request_attr_at(const struct request *request, uint32_t offset);

#endif
