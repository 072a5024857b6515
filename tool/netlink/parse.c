// SPDX-License-Identifier: GPL-2.0
/* One message -> one struct, by the tables of model.h. */
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/array.h"
#include "lib/text.h"
#include "netlink/parse.h"

/*
 * Without these there is nothing to show. All else a module of another release
 * may lack, and is shown as absent.
 */
#define STATUS_REQUIRED							\
	(BIT(CTWATCH_A_NETNS) | BIT(CTWATCH_A_MODULE_VERSION) |		\
	 BIT(CTWATCH_A_LEVEL) | BIT(CTWATCH_A_ENTRIES) |		\
	 BIT(CTWATCH_A_MAX_ENTRIES) | BIT(CTWATCH_A_ATTEMPTS))

/*
 * A warning must come through even from a module that counts other things. Of
 * events that came later nothing is known but whose they are.
 */
#define EVENT_REQUIRED \
	(BIT(CTWATCH_A_NETNS) | BIT(CTWATCH_A_LEVEL) | BIT(CTWATCH_A_TEXT))

static int parse_attrs(const struct field_set *set, uint64_t required,
		       const struct nlattr *head, int len, void *object,
		       uint64_t *has, struct why *why);

static const struct field *find_field(const struct field_set *set, int attr)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->fields[i].attr == attr)
			return &set->fields[i];
	return NULL;
}

/* "'growth' WHAT", or "'source.zone' WHAT" in a nest. */
static int bad_field(const struct field_set *set, const char *field,
		     const char *what, struct why *why)
{
	return why_set(why, "attribute '%s%s%s' %s", set->name,
		       *set->name ? "." : "", field, what);
}

static int check_required(const struct field_set *set, uint64_t required,
			  uint64_t has, struct why *why)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (required & ~has & BIT(set->fields[i].attr))
			return bad_field(set, set->fields[i].name,
					 "is missing", why);
	return 0;
}

/* Bytes of a type with a fixed size, -1 for the others. */
static int field_size(const struct field *field)
{
	switch (field->type) {
	case FIELD_FLAG:
		return 0;
	case FIELD_U8:
		return sizeof(uint8_t);
	case FIELD_U16:
		return sizeof(uint16_t);
	case FIELD_U32:
	case FIELD_S32:
		return sizeof(uint32_t);
	case FIELD_U64:
		return sizeof(uint64_t);
	default:
		return -1;
	}
}

static int parse_string(const struct nlattr *a, char **string)
{
	int len = nla_len(a);

	if (len < 1)
		return -1;
	free(*string);
	*string = strndup(nla_data(a), len);
	if (!*string)
		return -1;
	text_clean(*string);
	return 0;
}

static int parse_address(const struct nlattr *a, struct address *address)
{
	int len = nla_len(a);

	if (len != 4 && len != 16)
		return -1;
	address->len = len;
	memcpy(address->bytes, nla_data(a), len);
	return 0;
}

/* The parts may come in any order, so they are compared at the end. */
static int check_address(const struct field_set *set,
			 const struct subnet *subnet, const char *address,
			 const char *prefix_len, struct why *why)
{
	int len = subnet->address.len;

	if (subnet->family != AF_INET && subnet->family != AF_INET6)
		return bad_field(set, "family", "is not an address family",
				 why);
	if (len != (subnet->family == AF_INET ? 4 : 16))
		return bad_field(set, address,
				 "has not the length of its family", why);
	if (subnet->prefix_len > len * 8)
		return bad_field(set, prefix_len,
				 "is longer than the address", why);
	return 0;
}

static int check_subnet(const struct field_set *set,
			const struct subnet *subnet, struct why *why)
{
	return check_address(set, subnet, "address", "prefix-len", why);
}

static int parse_nest(const struct nlattr *a, const struct field_set *set,
		      void *object, uint64_t *has, struct why *why)
{
	return parse_attrs(set, set->required, nla_data(a), nla_len(a),
			   object, has, why);
}

static int parse_kind(const struct nlattr *a, struct kinds *kinds,
		      struct why *why)
{
	struct kind kind = {};

	if (parse_nest(a, &kind_set, &kind, &kind.has, why))
		return -1;
	kinds->v = array_grow(kinds->v, kinds->n, sizeof(*kinds->v));
	kinds->v[kinds->n++] = kind;
	return 0;
}

/* Not repeated. */
static int parse_most(const struct nlattr *a, struct kind *kind,
		      struct why *why)
{
	*kind = (struct kind){};
	return parse_nest(a, &kind_set, kind, &kind->has, why);
}

static int parse_source(const struct nlattr *a, struct sources *sources,
			struct why *why)
{
	struct source source = {};

	if (parse_nest(a, &source_set, &source, &source.has, why) ||
	    check_subnet(&source_set, &source.subnet, why)) {
		kinds_free(&source.kinds);
		return -1;
	}
	sources->v = array_grow(sources->v, sources->n, sizeof(*sources->v));
	sources->v[sources->n++] = source;
	return 0;
}

static int parse_dropped(const struct nlattr *a, struct droppeds *list,
			 struct why *why)
{
	struct dropped dropped = {};

	if (parse_nest(a, &dropped_set, &dropped, &dropped.has, why) ||
	    check_subnet(&dropped_set, &dropped.subnet, why))
		return -1;
	list->v = array_grow(list->v, list->n, sizeof(*list->v));
	list->v[list->n++] = dropped;
	return 0;
}

/* Empty if the insertions are diffuse and no prefix is known. */
static int parse_prefix(const struct nlattr *a, struct prefix *prefix,
			struct why *why)
{
	*prefix = (struct prefix){};
	if (!nla_len(a))
		return 0;
	if (parse_nest(a, &prefix_set, prefix, &prefix->has, why))
		return -1;
	return check_subnet(&prefix_set, &prefix->subnet, why);
}

/* An address comes with its family and its length, or not at all. */
static int check_group_address(const struct group *group, uint16_t address,
			       uint16_t prefix_len,
			       const struct subnet *subnet, struct why *why)
{
	if (!HAS(group, address))
		return 0;
	if (check_required(&group_set, BIT(prefix_len), group->has, why))
		return -1;
	return check_address(&group_set, subnet,
			     find_field(&group_set, address)->name,
			     find_field(&group_set, prefix_len)->name, why);
}

static int check_group(struct group *group, struct why *why)
{
	group->src.family = group->family;
	group->dst.family = group->family;
	if (check_group_address(group, CTWATCH_A_GROUP_SRC,
				CTWATCH_A_GROUP_SRC_PREFIX_LEN, &group->src,
				why))
		return -1;
	return check_group_address(group, CTWATCH_A_GROUP_DST,
				   CTWATCH_A_GROUP_DST_PREFIX_LEN,
				   &group->dst, why);
}

static int parse_group(const struct nlattr *a, struct groups *groups,
		       struct why *why)
{
	struct group group = {};

	if (parse_nest(a, &group_set, &group, &group.has, why) ||
	    check_group(&group, why))
		return -1;
	groups->v = array_grow(groups->v, groups->n, sizeof(*groups->v));
	groups->v[groups->n++] = group;
	return 0;
}

static int parse_census(const struct nlattr *a, struct census *census,
			struct why *why)
{
	groups_free(&census->top);
	*census = (struct census){};
	return parse_nest(a, &census_set, census, &census->has, why);
}

/* Numbers are copied: a u64 attribute may be aligned to four bytes only. */
static int parse_number(const struct field_set *set, const struct field *field,
			const struct nlattr *a, void *member, struct why *why)
{
	int size = field_size(field);
	char what[64];

	if (nla_len(a) != size) {
		snprintf(what, sizeof(what), "has %d bytes, not %d",
			 nla_len(a), size);
		return bad_field(set, field->name, what, why);
	}
	memcpy(member, nla_data(a), size);
	return 0;
}

static int parse_field(const struct field_set *set, const struct field *field,
		       const struct nlattr *a, void *object, struct why *why)
{
	void *member = (char *)object + field->offset;

	switch (field->type) {
	case FIELD_STRING:
		if (parse_string(a, member))
			return bad_field(set, field->name, "is empty", why);
		return 0;
	case FIELD_ADDRESS:
		if (parse_address(a, &((struct subnet *)member)->address))
			return bad_field(set, field->name,
					 "is no IPv4 or IPv6 address", why);
		return 0;
	case FIELD_KIND:
		return parse_kind(a, member, why);
	case FIELD_SOURCE:
		return parse_source(a, member, why);
	case FIELD_DROPPED:
		return parse_dropped(a, member, why);
	case FIELD_PREFIX:
		return parse_prefix(a, member, why);
	case FIELD_MOST:
		return parse_most(a, member, why);
	case FIELD_GROUP:
		return parse_group(a, member, why);
	case FIELD_CENSUS:
		return parse_census(a, member, why);
	case FIELD_FILTER:
		return 0;	/* asked, never answered */
	default:
		return parse_number(set, field, a, member, why);
	}
}

/*
 * One level of attributes into @object. Walks them rather than nla_parse():
 * that keeps only the last of a repeated attribute, and its errors name none.
 * Attributes without a field are of a newer module, and ignored.
 */
static int parse_attrs(const struct field_set *set, uint64_t required,
		       const struct nlattr *head, int len, void *object,
		       uint64_t *has, struct why *why)
{
	const struct field *field;
	const struct nlattr *a;
	int rem;

	nla_for_each_attr(a, head, len, rem) {
		field = find_field(set, nla_type(a));
		if (!field)
			continue;
		if (parse_field(set, field, a, object, why))
			return -1;
		*has |= BIT(field->attr);
	}
	if (rem > 0)
		return why_set(why, "%d stray bytes after the attributes%s%s",
			       rem, *set->name ? " of " : "", set->name);
	return check_required(set, required, *has, why);
}

static int parse_message(const struct field_set *set, uint64_t required,
			 const struct nlmsghdr *nlh, void *object,
			 uint64_t *has, struct why *why)
{
	const struct genlmsghdr *genl = nlmsg_data(nlh);

	if (!genlmsg_valid_hdr((struct nlmsghdr *)nlh, 0))
		return why_set(why, "the message is too short");
	return parse_attrs(set, required, genlmsg_attrdata(genl, 0),
			   genlmsg_attrlen(genl, 0), object, has, why);
}

static int parse_set_ctwatch(const struct nlmsghdr *nlh, uint64_t required,
			     struct status *status, struct why *why)
{
	*status = (struct status){};
	if (!parse_message(&status_set, required, nlh, status, &status->has,
			   why))
		return 0;
	status_free(status);
	return -1;
}

/**
 * parse_status - a reply to status-get
 * @nlh: the message
 * @status: filled; status_free() it. Empty on failure.
 * @why: on failure, which attribute is missing or wrong
 *
 * Return: 0 or -1.
 */
int parse_status(const struct nlmsghdr *nlh, struct status *status,
		 struct why *why)
{
	return parse_set_ctwatch(nlh, STATUS_REQUIRED, status, why);
}

/**
 * parse_sources - a message of a source-get dump
 * @nlh: the message
 * @status: filled with the namespace and its sources; status_free() it. Empty
 *	on failure.
 * @why: on failure, which attribute is missing or wrong
 *
 * Return: 0 or -1.
 */
int parse_sources(const struct nlmsghdr *nlh, struct status *status,
		  struct why *why)
{
	return parse_set_ctwatch(nlh, BIT(CTWATCH_A_NETNS), status, why);
}

/**
 * parse_event - a notification
 * @nlh: the message
 * @event: filled; status_free() it. Empty on failure.
 * @why: on failure, which attribute is missing or wrong
 *
 * Return: 0 or -1.
 */
int parse_event(const struct nlmsghdr *nlh, struct status *event,
		struct why *why)
{
	bool known = parse_operation(nlh) <= CTWATCH_CMD_MAX;

	return parse_set_ctwatch(nlh, known ? EVENT_REQUIRED :
				 BIT(CTWATCH_A_NETNS), event, why);
}

/**
 * parse_config - a reply to config-get
 * @nlh: the message
 * @config: filled
 * @why: on failure, which attribute is missing or wrong
 *
 * Return: 0 or -1.
 */
int parse_config(const struct nlmsghdr *nlh, struct config *config,
		 struct why *why)
{
	*config = (struct config){};
	return parse_message(&config_set, config_set.required, nlh, config,
			     &config->has, why);
}

/**
 * parse_query - a message of a census-get dump
 * @nlh: the message
 * @query: filled with what the message has: facts of the walk, or groups;
 *	query_free() it. Empty on failure.
 * @why: on failure, which attribute is missing or wrong
 *
 * Return: 0 or -1.
 */
int parse_query(const struct nlmsghdr *nlh, struct query *query,
		struct why *why)
{
	*query = (struct query){};
	if (!parse_message(&query_set, query_set.required, nlh, query,
			   &query->has, why))
		return 0;
	query_free(query);
	return -1;
}

/**
 * parse_operation - the operation of a generic netlink message
 * @nlh: the message
 *
 * Return: its number, -1 if the message has no generic netlink header.
 */
int parse_operation(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = nlmsg_data(nlh);

	if (!genlmsg_valid_hdr((struct nlmsghdr *)nlh, 0))
		return -1;
	return genl->cmd;
}

/*
 * Where the extended acknowledgement starts: behind the error, and in
 * NLMSG_ERROR behind the request too, of which NLM_F_CAPPED leaves the header.
 */
static int extack_start(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);

	if (nlh->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	if (nlmsg_datalen(nlh) < (int)sizeof(*e))
		return -1;
	if (nlh->nlmsg_flags & NLM_F_CAPPED)
		return sizeof(*e);
	if (e->msg.nlmsg_len < sizeof(e->msg) ||
	    e->msg.nlmsg_len > (uint32_t)nlmsg_datalen(nlh))
		return -1;
	return sizeof(e->error) + NLMSG_ALIGN(e->msg.nlmsg_len);
}

static void parse_extack_attrs(const struct nlmsghdr *nlh, int start,
			       struct extack *extack)
{
	const struct nlattr *a;
	int rem;

	nla_for_each_attr(a, (struct nlattr *)((char *)nlmsg_data(nlh) + start),
			  nlmsg_datalen(nlh) - start, rem) {
		if (nla_type(a) == NLMSGERR_ATTR_MSG)
			snprintf(extack->text, sizeof(extack->text), "%.*s",
				 nla_len(a), (char *)nla_data(a));
		else if (nla_type(a) == NLMSGERR_ATTR_OFFS &&
			 nla_len(a) == sizeof(uint32_t))
			extack->offset = nla_get_u32((struct nlattr *)a);
	}
	text_clean(extack->text);
}

/**
 * parse_extack - the error of a request, with the kernel's words for it
 * @nlh: NLMSG_ERROR, or NLMSG_DONE of a dump
 * @extack: filled; error 0 if the request was done
 *
 * libnl hands out the error number only.
 */
void parse_extack(const struct nlmsghdr *nlh, struct extack *extack)
{
	int start = extack_start(nlh);
	int error = 0;

	*extack = (struct extack){};
	if (nlmsg_datalen(nlh) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (error < 0 && error >= -4095)
		extack->error = -error;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && start >= 0 &&
	    start <= nlmsg_datalen(nlh))
		parse_extack_attrs(nlh, start, extack);
}

/**
 * parse_family_gone - whether a message of the generic netlink controller says
 * that a family was unregistered
 * @nlh: the message
 * @family: number of the family
 *
 * Return: true if it is @family that has gone.
 */
bool parse_family_gone(const struct nlmsghdr *nlh, int family)
{
	const struct nlattr *a;

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    parse_operation(nlh) != CTRL_CMD_DELFAMILY)
		return false;
	a = nlmsg_find_attr((struct nlmsghdr *)nlh, GENL_HDRLEN,
			    CTRL_ATTR_FAMILY_ID);
	return a && nla_len(a) == sizeof(uint16_t) &&
	       nla_get_u16((struct nlattr *)a) == family;
}
