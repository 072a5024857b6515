// SPDX-License-Identifier: GPL-2.0
/*
 * Puts attributes into a request, and finds the one that the kernel refused.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "netlink/request.h"

static struct nlattr *put(struct request *request, uint16_t type,
			  const void *data, size_t len)
{
	size_t start = request->len;
	struct nlattr *a = (struct nlattr *)(request->attrs + start);

	if (NLA_ALIGN(NLA_HDRLEN + len) > REQUEST_SIZE - start)
		abort();
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy(request->attrs + start + NLA_HDRLEN, data, len);
	request->len += NLA_ALIGN(a->nla_len);
	return a;
}

static void put_address(struct request *request, uint16_t type,
			const struct subnet *subnet)
{
	put(request, type, subnet->address.bytes, subnet->address.len);
}

static void put_filter(struct request *request, uint16_t type,
		       const struct filter *filter)
{
	size_t start = request->len;
	struct nlattr *nest = put(request, type | NLA_F_NESTED, NULL, 0);

	request_add_set(request, &filter_set, filter->has, filter);
	nest->nla_len = request->len - start;
}

/* Of the types, those that the spec has in requests. */
static void put_field(struct request *request, const struct field *field,
		      const void *member)
{
	switch (field->type) {
	case FIELD_FLAG:
		put(request, field->attr, NULL, 0);
		break;
	case FIELD_U8:
		put(request, field->attr, member, sizeof(uint8_t));
		break;
	case FIELD_U16:
		put(request, field->attr, member, sizeof(uint16_t));
		break;
	case FIELD_U32:
		put(request, field->attr, member, sizeof(uint32_t));
		break;
	case FIELD_ADDRESS:
		put_address(request, field->attr, member);
		break;
	case FIELD_FILTER:
		put_filter(request, field->attr, member);
		break;
	default:
		abort();
	}
}

/**
 * request_add - add an attribute to a request
 * @request: the request
 * @type: attribute
 * @value: its value
 */
void request_add(struct request *request, uint16_t type, uint32_t value)
{
	put(request, type, &value, sizeof(value));
}

/**
 * request_add_set - add those attributes of a set that an object has
 * @request: the request
 * @set: the set
 * @has: bits of the attributes
 * @object: the object
 */
void request_add_set(struct request *request, const struct field_set *set,
		     uint64_t has, const void *object)
{
	const struct field *field;

	for (field = set->fields; field < set->fields + set->n; field++)
		if (has & BIT(field->attr))
			put_field(request, field,
				  (const char *)object + field->offset);
}

/* The attribute of @len bytes at @head that holds byte @at of them, or NULL. */
static const struct nlattr *attr_at(const void *head, size_t len, size_t at)
{
	const struct nlattr *a;
	size_t i;

	for (i = 0; i < len; i += NLA_ALIGN(a->nla_len)) {
		a = (const struct nlattr *)((const char *)head + i);
		if (at < i + a->nla_len)
			return a;
	}
	return NULL;
}

/* Offsets of the kernel count from the start of the message. */
static const struct nlattr *top_attr_at(const struct request *request,
					uint32_t offset)
{
	const size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	return offset < head ? NULL :
	       attr_at(request->attrs, request->len, offset - head);
}

/**
 * request_attr_at - which attribute of the request the kernel points at
 * @request: the request
 * @offset: from the start of the message
 *
 * Return: the attribute, for one in a nest that of the nest; 0 for none.
 */
uint16_t request_attr_at(const struct request *request, uint32_t offset)
{
	const struct nlattr *a = top_attr_at(request, offset);

	return a ? a->nla_type & NLA_TYPE_MASK : 0;
}

static const struct field *find_field(const struct field_set *set,
				      const struct nlattr *a)
{
	const struct field *field;

	for (field = set->fields; field < set->fields + set->n; field++)
		if (a && field->attr == (a->nla_type & NLA_TYPE_MASK))
			return field;
	return NULL;
}

static const struct field_set *set_of(uint8_t operation)
{
	switch (operation) {
	case CTWATCH_CMD_CENSUS_GET:
		return &query_set;
	case CTWATCH_CMD_CONFIG_GET:
	case CTWATCH_CMD_CONFIG_SET:
		return &config_set;
	default:
		return &status_set;
	}
}

/**
 * request_field_at - what the kernel points at, in a nest too
 * @request: the request
 * @offset: from the start of the message
 *
 * Return: the field of the attribute, NULL for none.
 */
const struct field *request_field_at(const struct request *request,
				     uint32_t offset)
{
	const struct nlattr *a = top_attr_at(request, offset), *inner;
	const struct field *field = find_field(set_of(request->operation), a);
	const char *start = (const char *)(a + 1);
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;

	at += start - (const char *)request->attrs;
	if (!field || field->type != FIELD_FILTER || offset < at)
		return field;
	inner = attr_at(start, a->nla_len - NLA_HDRLEN, offset - at);
	return inner ? find_field(&filter_set, inner) : field;
}
