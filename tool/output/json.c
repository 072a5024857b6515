// SPDX-License-Identifier: GPL-2.0
/* Objects by the tables of model.h; only lists, words and events need more. */
#include <string.h>

#include "lib/when.h"
#include "model/names.h"
#include "output/json.h"

static struct json_object *json_fields(const struct field_set *set,
				       uint64_t attrs, uint64_t has,
				       const void *object);

static struct json_object *json_text(struct text text)
{
	return json_object_new_string(text.s);
}

/* Flags: the names of those that are set. */
static struct json_object *json_flags(uint32_t flags,
				      struct text (*name)(unsigned int bit))
{
	struct json_object *array = json_object_new_array();
	unsigned int bit;

	for (bit = 0; bit < 32; bit++)
		if (flags >> bit & 1)
			json_object_array_add(array, json_text(name(bit)));
	return array;
}

/* Objects of one set, @size bytes each. */
static struct json_object *json_list(const struct field_set *set,
				     const void *v, size_t n, size_t size)
{
	struct json_object *array = json_object_new_array();
	const char *object;
	size_t i;

	for (i = 0, object = v; i < n; i++, object += size)
		json_object_array_add(array, json_fields(set, UINT64_MAX,
				      *(const uint64_t *)object, object));
	return array;
}

static struct json_object *json_kinds(const struct kinds *list)
{
	return json_list(&kind_set, list->v, list->n, sizeof(*list->v));
}

static struct json_object *json_sources(const struct sources *list)
{
	return json_list(&source_set, list->v, list->n, sizeof(*list->v));
}

static struct json_object *json_dropped(const struct droppeds *list)
{
	return json_list(&dropped_set, list->v, list->n, sizeof(*list->v));
}

static struct json_object *json_groups(const struct groups *list)
{
	return json_list(&group_set, list->v, list->n, sizeof(*list->v));
}

static struct json_object *json_prefix(const struct prefix *prefix)
{
	return json_fields(&prefix_set, UINT64_MAX, prefix->has, prefix);
}

static struct json_object *json_most(const struct kind *kind)
{
	return json_fields(&kind_set, UINT64_MAX, kind->has, kind);
}

static struct json_object *json_census(const struct census *census)
{
	return json_fields(&census_set, UINT64_MAX, census->has, census);
}

static struct json_object *json_filter(const struct filter *filter)
{
	return json_fields(&filter_set, UINT64_MAX, filter->has, filter);
}

static struct json_object *json_u8(const struct field *field, uint8_t value)
{
	if (field->words == WORDS_PROTOCOL)
		return json_text(protocol_name(value));
	return json_object_new_int64(value);
}

static struct json_object *json_u32(const struct field *field, uint32_t value)
{
	switch (field->words) {
	case WORDS_LEVEL:
		return json_text(level_name(value));
	case WORDS_STATE:
		return json_text(state_name(value));
	case WORDS_TRACKING:
		return json_flags(value, tracking_name);
	case WORDS_STATES:
		return json_flags(value, state_name);
	case WORDS_GROUP_KEY:
		return json_flags(value, group_key_name);
	default:
		return json_object_new_int64(value);
	}
}

static struct json_object *json_field(const struct field *field,
				      const void *member)
{
	switch (field->type) {
	case FIELD_U8:
		return json_u8(field, *(const uint8_t *)member);
	case FIELD_U16:
		return json_object_new_int64(*(const uint16_t *)member);
	case FIELD_U32:
		return json_u32(field, *(const uint32_t *)member);
	case FIELD_S32:
		return json_object_new_int64(*(const int32_t *)member);
	case FIELD_U64:
		return json_object_new_uint64(*(const uint64_t *)member);
	case FIELD_STRING:
		return json_object_new_string(*(char *const *)member);
	case FIELD_ADDRESS:
		return json_text(address_name(member));
	case FIELD_KIND:
		return json_kinds(member);
	case FIELD_SOURCE:
		return json_sources(member);
	case FIELD_DROPPED:
		return json_dropped(member);
	case FIELD_PREFIX:
		return json_prefix(member);
	case FIELD_MOST:
		return json_most(member);
	case FIELD_FILTER:
		return json_filter(member);
	case FIELD_GROUP:
		return json_groups(member);
	case FIELD_CENSUS:
		return json_census(member);
	}
	return NULL;
}

/*
 * Flags and lists are shown even if absent: absent says false, and none. Not
 * so groups, of which the census of an answer has none by itself.
 */
static bool shown_if_absent(const struct field *field)
{
	return field->type == FIELD_FLAG || field->type == FIELD_KIND ||
	       field->type == FIELD_SOURCE || field->type == FIELD_DROPPED;
}

static struct json_object *json_fields(const struct field_set *set,
				       uint64_t attrs, uint64_t has,
				       const void *object)
{
	struct json_object *json = json_object_new_object();
	const struct field *field;
	struct json_object *value;
	const char *member;

	for (field = set->fields; field < set->fields + set->n; field++) {
		bool present = has & BIT(field->attr);

		if (!(attrs & BIT(field->attr)) ||
		    !(present || shown_if_absent(field)))
			continue;
		member = (const char *)object + field->offset;
		value = field->type == FIELD_FLAG ?
			json_object_new_boolean(present) :
			json_field(field, member);
		json_object_object_add(json, field->name, value);
	}
	return json;
}

/**
 * json_status - a namespace
 * @status: as parsed
 * @attrs: bits of the attributes to show
 *
 * Return: the object.
 */
struct json_object *json_status(const struct status *status, uint64_t attrs)
{
	return json_fields(&status_set, attrs, status->has, status);
}

/**
 * json_statuses - namespaces
 * @list: as parsed
 * @attrs: bits of the attributes to show
 * @array: all of them; if not, the first alone
 *
 * Return: an array of objects, or an object.
 */
struct json_object *json_statuses(const struct statuses *list, uint64_t attrs,
				  bool array)
{
	struct json_object *json;
	size_t i;

	if (!array)
		return json_status(&list->v[0], attrs);
	json = json_object_new_array();
	for (i = 0; i < list->n; i++)
		json_object_array_add(json, json_status(&list->v[i], attrs));
	return json;
}

/**
 * json_query - an answer to census-get
 * @query: as fetched
 *
 * Return: the object.
 */
struct json_object *json_query(const struct query *query)
{
	return json_fields(&query_set, census_attrs, query->has, query);
}

/**
 * json_config - the settings of a namespace
 * @config: as parsed
 * @attrs: bits of the settings to show
 *
 * Return: the object.
 */
struct json_object *json_config(const struct config *config, uint64_t attrs)
{
	return json_fields(&config_set, attrs, config->has, config);
}

/**
 * json_configs - the settings of namespaces
 * @list: as parsed
 * @attrs: bits of the attributes to show
 * @array: all of them; if not, the first alone
 *
 * Return: an array of objects, or an object.
 */
struct json_object *json_configs(const struct configs *list, uint64_t attrs,
				  bool array)
{
	struct json_object *json;
	size_t i;

	if (!array)
		return json_config(&list->v[0], attrs);
	json = json_object_new_array();
	for (i = 0; i < list->n; i++)
		json_object_array_add(json, json_config(&list->v[i], attrs));
	return json;
}

static struct json_object *new_event(const char *name,
				     const struct timespec *when)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "timestamp", json_text(when_utc(when)));
	json_object_object_add(json, "event", json_object_new_string(name));
	return json;
}

/* What the spec lists for the event; all there is for one of a newer module. */
static uint64_t event_attrs(const struct status *event, uint8_t operation)
{
	switch (operation) {
	case CTWATCH_CMD_LEVEL_NTF:
		return level_attrs;
	case CTWATCH_CMD_TRACKING_NTF:
		return tracking_attrs;
	default:
		return event->has;
	}
}

/**
 * json_event - an event with all its facts
 * @event: as parsed
 * @operation: the notification
 * @when: when it came
 *
 * Return: the object.
 */
struct json_object *json_event(const struct status *event, uint8_t operation,
			       const struct timespec *when)
{
	struct json_object *json = new_event(event_name(operation).s, when);
	struct json_object *facts;

	facts = json_status(event, event_attrs(event, operation));
	json_object_object_foreach(facts, key, value)
		json_object_object_add(json, key, json_object_get(value));
	json_object_put(facts);
	return json;
}

/**
 * json_overrun - say that events were lost
 * @when: when it was noticed
 * @missed: how many, 0 while that is not known
 *
 * Return: the object.
 */
struct json_object *json_overrun(const struct timespec *when, uint32_t missed)
{
	struct json_object *event = new_event("overrun", when);

	if (missed)
		json_object_object_add(event, "missed",
				       json_object_new_int64(missed));
	return event;
}

/**
 * json_print - print and free an object
 * @out: where to
 * @json: the object; freed
 * @pretty: indented rather than in one line
 */
void json_print(FILE *out, struct json_object *json, bool pretty)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	fprintf(out, "%s\n", json_object_to_json_string_ext(json, flags));
	json_object_put(json);
}
