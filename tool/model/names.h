/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of the numbers on the wire, as module/ctwatch.yaml spells them. A
 * number without a name (a newer module) is shown as the number.
 */
#ifndef CTMODCTL_NAMES_H
#define CTMODCTL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text.h"
#include "model/model.h"

struct text level_name(uint32_t level);
struct text state_name(uint32_t state);
struct text state_word(uint32_t state);
bool state_is_first(uint32_t state);
struct text tracking_name(unsigned int bit);
struct text group_key_name(unsigned int bit);
struct text protocol_name(uint8_t protocol);
bool group_key_find(const char *name, size_t len, uint32_t *key);
bool protocol_find(const char *name, uint8_t *protocol);
bool state_find(const char *name, size_t len, uint32_t *state);
struct text event_name(uint8_t operation);
const char *operation_name(uint8_t operation);

struct text address_name(const struct subnet *subnet);
struct text subnet_name(const struct subnet *subnet);

#endif
