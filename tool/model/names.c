// SPDX-License-Identifier: GPL-2.0
/* Numbers of the wire <-> the words for them. */
#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include <linux/ctwatch.h>

#include "lib/array.h"
#include "model/names.h"

static const char *const levels[] = {
	[CTWATCH_LEVEL_OK] = "ok",
	[CTWATCH_LEVEL_NOTICE] = "notice",
	[CTWATCH_LEVEL_WARNING] = "warning",
	[CTWATCH_LEVEL_CRITICAL] = "critical",
	[CTWATCH_LEVEL_FULL] = "full",
};

static const char *const states[] = {
	[CTWATCH_STATE_NONE] = "none",
	[CTWATCH_STATE_UNREPLIED] = "unreplied",
	[CTWATCH_STATE_REPLIED] = "replied",
	[CTWATCH_STATE_ASSURED] = "assured",
	[CTWATCH_STATE_SYN_SENT] = "syn-sent",
	[CTWATCH_STATE_SYN_RECV] = "syn-recv",
	[CTWATCH_STATE_ESTABLISHED] = "established",
	[CTWATCH_STATE_FIN_WAIT] = "fin-wait",
	[CTWATCH_STATE_CLOSE_WAIT] = "close-wait",
	[CTWATCH_STATE_LAST_ACK] = "last-ack",
	[CTWATCH_STATE_TIME_WAIT] = "time-wait",
	[CTWATCH_STATE_CLOSE] = "close",
	[CTWATCH_STATE_SYN_SENT2] = "syn-sent2",
	[CTWATCH_STATE_CLOSED] = "closed",
	[CTWATCH_STATE_COOKIE_WAIT] = "cookie-wait",
	[CTWATCH_STATE_COOKIE_ECHOED] = "cookie-echoed",
	[CTWATCH_STATE_SHUTDOWN_SENT] = "shutdown-sent",
	[CTWATCH_STATE_SHUTDOWN_RECD] = "shutdown-recd",
	[CTWATCH_STATE_SHUTDOWN_ACK_SENT] = "shutdown-ack-sent",
	[CTWATCH_STATE_HEARTBEAT_SENT] = "heartbeat-sent",
	[CTWATCH_STATE_HEARTBEAT_ACKED] = "heartbeat-acked",
	[CTWATCH_STATE_REQUEST] = "request",
	[CTWATCH_STATE_RESPOND] = "respond",
	[CTWATCH_STATE_PARTOPEN] = "partopen",
	[CTWATCH_STATE_OPEN] = "open",
	[CTWATCH_STATE_CLOSEREQ] = "closereq",
	[CTWATCH_STATE_CLOSING] = "closing",
	[CTWATCH_STATE_OTHER] = "other",
};

static const char *const trackings[] = { "ipv4", "ipv6" };

static const char *const group_keys[] = {
	"netns", "src", "dst", "protocol", "dport", "state", "zone",
};

/* As conntrack(8) prints them; 255 is the module's "every other". */
static const char *const protocols[256] = {
	[1] = "icmp",
	[2] = "igmp",
	[4] = "ipip",
	[6] = "tcp",
	[17] = "udp",
	[33] = "dccp",
	[41] = "ipv6",
	[47] = "gre",
	[50] = "esp",
	[51] = "ah",
	[58] = "icmpv6",
	[89] = "ospf",
	[103] = "pim",
	[112] = "vrrp",
	[132] = "sctp",
	[136] = "udplite",
	[255] = "other",
};

static const char *const operations[] = {
	[CTWATCH_CMD_STATUS_GET] = "status-get",
	[CTWATCH_CMD_SOURCE_GET] = "source-get",
	[CTWATCH_CMD_CENSUS_GET] = "census-get",
	[CTWATCH_CMD_CONFIG_GET] = "config-get",
	[CTWATCH_CMD_CONFIG_SET] = "config-set",
	[CTWATCH_CMD_RESET] = "reset",
	[CTWATCH_CMD_LEVEL_NTF] = "level-ntf",
	[CTWATCH_CMD_TRACKING_NTF] = "tracking-ntf",
};

_Static_assert(ARRAY_SIZE(operations) == CTWATCH_CMD_MAX + 1,
	       "an operation has no name");

static struct text name_or_number(const char *const *names, size_t n,
				  uint32_t value)
{
	struct text t;

	if (value < n && names[value])
		snprintf(t.s, sizeof(t.s), "%s", names[value]);
	else
		snprintf(t.s, sizeof(t.s), "%" PRIu32, value);
	return t;
}

/**
 * level_name - name of a level
 * @level: enum ctwatch_level
 *
 * Return: the spec's name.
 */
struct text level_name(uint32_t level)
{
	return name_or_number(levels, ARRAY_SIZE(levels), level);
}

/**
 * state_name - name of a state for programs
 * @state: enum ctwatch_state
 *
 * Return: the spec's name, as "syn-sent".
 */
struct text state_name(uint32_t state)
{
	return name_or_number(states, ARRAY_SIZE(states), state);
}

/**
 * state_word - name of a state for people
 * @state: enum ctwatch_state
 *
 * Return: conntrack(8)'s word, as "SYN_SENT".
 */
struct text state_word(uint32_t state)
{
	struct text t = state_name(state);
	char *c;

	for (c = t.s; *c; c++)
		*c = *c == '-' ? '_' : toupper((unsigned char)*c);
	return t;
}

/**
 * state_is_first() - is this where entries of a protocol usually begin
 * @state: a value of enum ctwatch_state
 *
 * The kernel log leaves such a state out as well: that every TCP connection
 * began as SYN_SENT would read like a SYN flood.
 */
bool state_is_first(uint32_t state)
{
	return state == CTWATCH_STATE_SYN_SENT ||
	       state == CTWATCH_STATE_UNREPLIED ||
	       state == CTWATCH_STATE_COOKIE_WAIT ||
	       state == CTWATCH_STATE_REQUEST || state == CTWATCH_STATE_OTHER;
}

/**
 * tracking_name - name of a family in which tracking is on
 * @bit: number of the bit in enum ctwatch_tracking
 *
 * Return: the spec's name.
 */
struct text tracking_name(unsigned int bit)
{
	return name_or_number(trackings, ARRAY_SIZE(trackings), bit);
}

/**
 * group_key_name - name of what entries of a group have in common
 * @bit: number of the bit in enum ctwatch_group_key
 *
 * Return: the spec's name.
 */
struct text group_key_name(unsigned int bit)
{
	return name_or_number(group_keys, ARRAY_SIZE(group_keys), bit);
}

/**
 * protocol_name - name of an IP protocol
 * @protocol: its number
 *
 * Return: conntrack(8)'s name.
 */
struct text protocol_name(uint8_t protocol)
{
	return name_or_number(protocols, ARRAY_SIZE(protocols), protocol);
}

/* Words as people type them: in any case, with _ or -. */
static bool same_word(const char *name, const char *typed, size_t len)
{
	size_t i;

	if (strlen(name) != len)
		return false;
	for (i = 0; i < len; i++)
		if (name[i] != (typed[i] == '_' ? '-' :
				tolower((unsigned char)typed[i])))
			return false;
	return true;
}

static bool find_word(const char *const *names, size_t n, const char *typed,
		      size_t len, uint32_t *value)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!names[i] || !same_word(names[i], typed, len))
			continue;
		*value = i;
		return true;
	}
	return false;
}

/**
 * group_key_find - what entries of a group have in common, by its name
 * @name: the spec's name, or the short one
 * @len: its length
 * @key: bit of enum ctwatch_group_key
 *
 * Return: true if there is one.
 */
bool group_key_find(const char *name, size_t len, uint32_t *key)
{
	uint32_t bit;

	if (same_word("proto", name, len)) {
		*key = CTWATCH_GROUP_KEY_PROTOCOL;
		return true;
	}
	if (!find_word(group_keys, ARRAY_SIZE(group_keys), name, len, &bit))
		return false;
	*key = UINT32_C(1) << bit;
	return true;
}

/**
 * state_find - a state by its name
 * @name: conntrack(8)'s word or the spec's, in any case
 * @len: its length
 * @state: enum ctwatch_state
 *
 * Return: true if there is one.
 */
bool state_find(const char *name, size_t len, uint32_t *state)
{
	return find_word(states, ARRAY_SIZE(states), name, len, state);
}

/**
 * protocol_find - a protocol by its name or number
 * @name: conntrack(8)'s name, one of protocols(5), or a number
 * @protocol: its number
 *
 * Return: true if there is one.
 */
bool protocol_find(const char *name, uint8_t *protocol)
{
	struct protoent *entry;
	uint64_t number;
	uint32_t value;

	/* 255 has a name here, but is no protocol. */
	if (find_word(protocols, ARRAY_SIZE(protocols) - 1, name,
		      strlen(name), &value))
		number = value;
	else if (!text_number(name, UINT8_MAX, &number)) {
		entry = getprotobyname(name);
		if (!entry || entry->p_proto < 0 || entry->p_proto > UINT8_MAX)
			return false;
		number = entry->p_proto;
	}
	*protocol = number;
	return true;
}

/**
 * operation_name - name of an operation
 * @operation: CTWATCH_CMD_*
 *
 * Return: the spec's name.
 */
const char *operation_name(uint8_t operation)
{
	if (operation < ARRAY_SIZE(operations) && operations[operation])
		return operations[operation];
	return "unknown";
}

/**
 * event_name - name of an event
 * @operation: CTWATCH_CMD_*_NTF
 *
 * Return: the operation's name without "-ntf", as "level".
 */
struct text event_name(uint8_t operation)
{
	struct text t = name_or_number(operations, ARRAY_SIZE(operations),
				       operation);
	char *end = strstr(t.s, "-ntf");

	if (end)
		*end = '\0';
	return t;
}

/**
 * address_name - an address without its prefix length
 * @subnet: as parsed, so that its family fits its length
 *
 * Return: as "192.0.2.1" or "2001:db8::".
 */
struct text address_name(const struct subnet *subnet)
{
	struct text t;

	if (!inet_ntop(subnet->family, subnet->address.bytes, t.s,
		       sizeof(t.s)))
		snprintf(t.s, sizeof(t.s), "?");
	return t;
}

/**
 * subnet_name - an address as people write it
 * @subnet: as parsed
 *
 * Return: as "192.0.2.1" for one host, "192.0.2.0/24" for more.
 */
struct text subnet_name(const struct subnet *subnet)
{
	struct text t = address_name(subnet);
	size_t len = strlen(t.s);

	if (subnet->prefix_len != subnet->address.len * 8)
		snprintf(t.s + len, sizeof(t.s) - len, "/%u",
			 subnet->prefix_len);
	return t;
}
