// SPDX-License-Identifier: GPL-2.0
/*
 * Words of the command line -> a question about the table, or what is wrong
 * with them and what to give.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "input/filter.h"
#include "lib/text.h"
#include "model/names.h"

#define PREFIXES							\
	(BIT(CTWATCH_A_QUERY_SRC_IPV4_PREFIX) |				\
	 BIT(CTWATCH_A_QUERY_SRC_IPV6_PREFIX) |				\
	 BIT(CTWATCH_A_QUERY_DST_IPV4_PREFIX) |				\
	 BIT(CTWATCH_A_QUERY_DST_IPV6_PREFIX))

/* An IPv6 host has a /64 of addresses to itself: that is one source. */
#define SRC_IPV6_DEFAULT 64

static void set_prefix(struct query *query, uint16_t attr, uint32_t *member,
		       uint32_t length)
{
	*member = length;
	query->has |= BIT(attr);
}

static void set_ipv4_prefix(struct query *query, uint32_t key, uint32_t length)
{
	if (key == CTWATCH_GROUP_KEY_SRC)
		set_prefix(query, CTWATCH_A_QUERY_SRC_IPV4_PREFIX,
			   &query->src_ipv4_prefix, length);
	else
		set_prefix(query, CTWATCH_A_QUERY_DST_IPV4_PREFIX,
			   &query->dst_ipv4_prefix, length);
}

static void set_ipv6_prefix(struct query *query, uint32_t key, uint32_t length)
{
	if (key == CTWATCH_GROUP_KEY_SRC)
		set_prefix(query, CTWATCH_A_QUERY_SRC_IPV6_PREFIX,
			   &query->src_ipv6_prefix, length);
	else
		set_prefix(query, CTWATCH_A_QUERY_DST_IPV6_PREFIX,
			   &query->dst_ipv6_prefix, length);
}

/* "24", "56" or "24/56". Return: true if it is one of these. */
static bool take_prefixes(struct query *query, uint32_t key, char *lengths)
{
	char *second = strchr(lengths, '/');
	uint64_t ipv4, ipv6;

	if (!second) {
		if (!text_number(lengths, 128, &ipv6))
			return false;
		if (ipv6 > 32)
			set_ipv6_prefix(query, key, ipv6);
		else
			set_ipv4_prefix(query, key, ipv6);
		return true;
	}
	*second++ = '\0';
	if (!text_number(lengths, 32, &ipv4) ||
	    !text_number(second, 128, &ipv6))
		return false;
	set_ipv4_prefix(query, key, ipv4);
	set_ipv6_prefix(query, key, ipv6);
	return true;
}

/* One of the keys, @len long in the user's words, with its prefix if any. */
static int take_key(struct query *query, const char *word, int len,
		    struct why *why)
{
	char copy[64];
	char *slash;
	uint32_t key;

	snprintf(copy, sizeof(copy), "%.*s", len, word);
	slash = strchrnul(copy, '/');
	if (len >= (int)sizeof(copy) ||
	    !group_key_find(copy, slash - copy, &key))
		return why_set(why, "'%.*s' is no key: give some of netns, src, dst, proto, dport, state, zone, as in src/24,proto",
			       len, word);
	if (query->by & key)
		return why_set(why, "key '%.*s' is given twice",
			       (int)(slash - copy), copy);
	query->by |= key;
	if (key == CTWATCH_GROUP_KEY_SRC)
		set_ipv6_prefix(query, key, SRC_IPV6_DEFAULT);
	if (!*slash)
		return 0;
	if (key != CTWATCH_GROUP_KEY_SRC && key != CTWATCH_GROUP_KEY_DST)
		return why_set(why, "'%.*s' can have no prefix: only src and dst can",
			       len, word);
	if (!take_prefixes(query, key, slash + 1))
		return why_set(why, "'%.*s' is no prefix: give /24 for IPv4 (0 to 32), /56 for IPv6 (33 to 128), /24/56 for both",
			       len, word);
	return 0;
}

/**
 * query_by - what entries of one group have in common
 * @query: @by and the prefix lengths are set anew
 * @keys: as "src/24,proto"
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int query_by(struct query *query, const char *keys, struct why *why)
{
	const char *end;

	query->has &= ~PREFIXES;
	query->by = 0;
	query->has |= BIT(CTWATCH_A_QUERY_BY);
	for (;; keys = end + 1) {
		end = strchrnul(keys, ',');
		if (take_key(query, keys, end - keys, why))
			return -1;
		if (!*end)
			return 0;
	}
}

/* All that is given must hold, so the same twice is a mistake. */
static int once(struct filter *filter, uint16_t attr, const char *name,
		struct why *why)
{
	if (HAS(filter, attr))
		return why_set(why, "%s is given twice", name);
	filter->has |= BIT(attr);
	return 0;
}

static int take_family(struct filter *filter, uint8_t family, struct why *why)
{
	if (HAS(filter, CTWATCH_A_FILTER_FAMILY) && filter->family != family)
		return why_set(why, "no entry is of IPv4 and IPv6: give addresses and a family that fit");
	filter->family = family;
	filter->has |= BIT(CTWATCH_A_FILTER_FAMILY);
	return 0;
}

/**
 * filter_family - only entries of an address family
 * @filter: added to
 * @family: "ipv4" or "ipv6"
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_family(struct filter *filter, const char *family, struct why *why)
{
	if (!strcasecmp(family, "ipv4"))
		return take_family(filter, AF_INET, why);
	if (!strcasecmp(family, "ipv6"))
		return take_family(filter, AF_INET6, why);
	return why_set(why, "'%s' is no address family: give ipv4 or ipv6",
		       family);
}

/* Host bits say nothing: 10.1.2.3/8 is 10.0.0.0/8, as for ip-route(8). */
static void clear_host(struct subnet *subnet)
{
	unsigned int bit;

	for (bit = subnet->prefix_len; bit < subnet->address.len * 8U; bit++)
		subnet->address.bytes[bit / 8] &= ~(0x80 >> bit % 8);
}

static bool parse_subnet(const char *text, struct subnet *subnet)
{
	const char *slash = strchrnul(text, '/');
	char address[INET6_ADDRSTRLEN];
	uint64_t length;

	*subnet = (struct subnet){};
	if ((size_t)(slash - text) >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)(slash - text), text);
	subnet->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	subnet->address.len = subnet->family == AF_INET ? 4 : 16;
	if (inet_pton(subnet->family, address, subnet->address.bytes) != 1)
		return false;
	length = subnet->address.len * 8;
	if (*slash && !text_number(slash + 1, length, &length))
		return false;
	subnet->prefix_len = length;
	clear_host(subnet);
	return true;
}

/**
 * filter_address - only entries from or to a prefix
 * @filter: added to
 * @direction: of the address
 * @text: as "10.0.0.0/8" or "2001:db8::1"
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_address(struct filter *filter, enum direction direction,
		   const char *text, struct why *why)
{
	bool src = direction == SOURCE;
	struct subnet subnet;

	if (once(filter, src ? CTWATCH_A_FILTER_SRC : CTWATCH_A_FILTER_DST,
		 src ? "--src" : "--dst", why))
		return -1;
	if (!parse_subnet(text, &subnet))
		return why_set(why, "'%s' is no address: give one as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32",
			       text);
	filter->has |= BIT(src ? CTWATCH_A_FILTER_SRC_PREFIX_LEN :
			   CTWATCH_A_FILTER_DST_PREFIX_LEN);
	*(src ? &filter->src : &filter->dst) = subnet;
	return take_family(filter, subnet.family, why);
}

static int take_u16(const char *text, const char *what, uint16_t *value,
		    struct why *why)
{
	uint64_t number;

	if (!text_number(text, UINT16_MAX, &number))
		return why_set(why, "'%s' is no %s: give a whole number from 0 to 65535",
			       text, what);
	*value = number;
	return 0;
}

/**
 * filter_port - only entries from or to a port
 * @filter: added to
 * @direction: of the port
 * @port: its number
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_port(struct filter *filter, enum direction direction,
		const char *port, struct why *why)
{
	bool src = direction == SOURCE;

	if (once(filter, src ? CTWATCH_A_FILTER_SPORT : CTWATCH_A_FILTER_DPORT,
		 src ? "--sport" : "--dport", why))
		return -1;
	return take_u16(port, "port", src ? &filter->sport : &filter->dport,
			why);
}

/**
 * filter_zone - only entries of a conntrack zone
 * @filter: added to
 * @zone: its number
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_zone(struct filter *filter, const char *zone, struct why *why)
{
	if (once(filter, CTWATCH_A_FILTER_ZONE, "--zone", why))
		return -1;
	return take_u16(zone, "zone", &filter->zone, why);
}

/**
 * filter_protocol - only entries of an IP protocol
 * @filter: added to
 * @protocol: name or number
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_protocol(struct filter *filter, const char *protocol,
		    struct why *why)
{
	if (once(filter, CTWATCH_A_FILTER_PROTOCOL, "--proto", why))
		return -1;
	if (protocol_find(protocol, &filter->protocol))
		return 0;
	return why_set(why, "'%s' is no protocol: give tcp, udp, udplite, icmp, icmpv6, sctp, dccp, gre, esp or a number from 0 to 255",
		       protocol);
}

static int unknown_state(const char *name, int len, struct why *why)
{
	char names[384] = "";
	size_t used = 0;
	uint32_t i;

	for (i = 0; i <= CTWATCH_STATE_OTHER && used < sizeof(names); i++)
		used += snprintf(names + used, sizeof(names) - used, "%s%s",
				 i ? "," : "", state_word(i).s);
	return why_set(why, "'%.*s' is no state: give some of %s", len, name,
		       names);
}

/**
 * filter_states - only entries of one of some states
 * @filter: added to
 * @states: conntrack(8)'s words, with commas between them
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_states(struct filter *filter, const char *states, struct why *why)
{
	const char *end;
	uint32_t state;

	if (once(filter, CTWATCH_A_FILTER_STATES, "--state", why))
		return -1;
	for (;; states = end + 1) {
		end = strchrnul(states, ',');
		if (!state_find(states, end - states, &state))
			return unknown_state(states, end - states, why);
		filter->states |= UINT32_C(1) << state;
		if (!*end)
			return 0;
	}
}

/* Decimal, or hexadecimal behind 0x. */
static bool take_mark(const char *text, uint32_t *mark)
{
	uint64_t number;
	char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		if (!text[2] || strlen(text) > 10 ||
		    strspn(text + 2, "0123456789abcdefABCDEF") !=
		    strlen(text + 2))
			return false;
		*mark = strtoul(text, &end, 16);
		return true;
	}
	if (!text_number(text, UINT32_MAX, &number))
		return false;
	*mark = number;
	return true;
}

/**
 * filter_mark - only entries with a conntrack mark
 * @filter: added to
 * @text: as "1", "0x10" or "0x10/0xf0"
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_mark(struct filter *filter, const char *text, struct why *why)
{
	const char *slash = strchrnul(text, '/');
	char mark[16];

	if (once(filter, CTWATCH_A_FILTER_MARK, "--mark", why))
		return -1;
	snprintf(mark, sizeof(mark), "%.*s", (int)(slash - text), text);
	if (slash - text >= (int)sizeof(mark) ||
	    !take_mark(mark, &filter->mark) ||
	    (*slash && !take_mark(slash + 1, &filter->mark_mask)))
		return why_set(why, "'%s' is no mark: give one as 1, 0x10 or 0x10/0xf0",
			       text);
	if (!*slash)
		return 0;
	filter->has |= BIT(CTWATCH_A_FILTER_MARK_MASK);
	if (filter->mark & ~filter->mark_mask)
		return why_set(why, "mark '%s' has bits outside its mask, so no entry has it",
			       text);
	return 0;
}

/**
 * filter_flag - only entries that are or are not assured and so on
 * @filter: added to
 * @attr: CTWATCH_A_FILTER_ASSURED, _UNREPLIED or _EXPIRED
 * @set: those that are, or those that are not
 * @why: on failure, what is wrong and what to give
 *
 * Return: 0 or -1.
 */
int filter_flag(struct filter *filter, uint16_t attr, bool set,
		struct why *why)
{
	if (HAS(filter, attr))
		return why_set(why, attr == CTWATCH_A_FILTER_ASSURED ?
			       "give --assured or --no-assured, once" :
			       attr == CTWATCH_A_FILTER_UNREPLIED ?
			       "give --unreplied or --replied, once" :
			       "give --expired or --no-expired, once");
	filter->has |= BIT(attr);
	if (attr == CTWATCH_A_FILTER_ASSURED)
		filter->assured = set;
	else if (attr == CTWATCH_A_FILTER_UNREPLIED)
		filter->unreplied = set;
	else
		filter->expired = set;
	return 0;
}
