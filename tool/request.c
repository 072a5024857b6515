// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

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

/**
 * request_attr_at - which attribute of the request the kernel points at
 * @request: the request
 * @offset: from the start of the message
 *
 * Return: the attribute, for one in a nest that of the nest; 0 for none.
 */
uint16_t request_attr_at(const struct request *request, uint32_t offset)
{
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	const struct nlattr *a;
	size_t i;

	if (offset < at)
		return 0;
	for (i = 0; i < request->len; i += NLA_ALIGN(a->nla_len)) {
		a = (const struct nlattr *)(request->attrs + i);
		if (offset - at < i + a->nla_len)
			return a->nla_type & NLA_TYPE_MASK;
	}
	return 0;
}
