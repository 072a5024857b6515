// SPDX-License-Identifier: GPL-2.0
/* Namespaces, sources, settings and events for people, as lines and tables. */
#include <inttypes.h>
#include <string.h>

#include "lib/text.h"
#include "lib/when.h"
#include "model/config.h"
#include "model/names.h"
#include "output/render.h"
#include "output/table.h"

#define BAR_WIDTH 25

#define COLOR_OFF "\033[0m"

static const char *level_color(uint32_t level)
{
	switch (level) {
	case CTWATCH_LEVEL_OK:
		return "\033[32m";
	case CTWATCH_LEVEL_NOTICE:
		return "\033[36m";
	case CTWATCH_LEVEL_WARNING:
		return "\033[33m";
	case CTWATCH_LEVEL_CRITICAL:
		return "\033[31m";
	default:
		return "\033[1;31m";
	}
}

/* A line of facts: its name, then whatever the caller prints. */
static void begin_fact(FILE *out, const char *name)
{
	fprintf(out, "%-10s", name);
}

static void render_netns(FILE *out, const struct status *s)
{
	begin_fact(out, "netns");
	fprintf(out, "%" PRIu32, s->netns);
	if (s->label)
		fprintf(out, " (%s)", s->label);
	fputc('\n', out);
}

static void render_level(FILE *out, const struct status *s, bool color)
{
	begin_fact(out, "level");
	fprintf(out, "%s%s%s%s\n", color ? level_color(s->level) : "",
		level_name(s->level).s, color ? COLOR_OFF : "",
		HAS(s, CTWATCH_A_PREDICTED) ? " (predicted)" : "");
}

static void render_bar(FILE *out, uint32_t count, uint32_t max)
{
	uint64_t filled = (uint64_t)count * BAR_WIDTH / max;
	unsigned int i;

	fputc('[', out);
	for (i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '.', out);
	fputs("] ", out);
}

static void render_table_use(FILE *out, const struct status *s)
{
	begin_fact(out, "table");
	if (!s->max_entries) {
		fprintf(out, "%" PRIu32 " entries, no limit\n", s->entries);
		return;
	}
	render_bar(out, s->entries, s->max_entries);
	fprintf(out, "%s full, %" PRIu32 " of %" PRIu32 " entries\n",
		text_share(s->entries, s->max_entries).s, s->entries,
		s->max_entries);
}

/* Is there a time to tell? When the table is full there is none any more. */
static bool fills(const struct status *s)
{
	return HAS(s, CTWATCH_A_TIME_TO_FULL) && s->time_to_full;
}

static void render_growth(FILE *out, const struct status *s)
{
	if (!HAS(s, CTWATCH_A_GROWTH))
		return;
	begin_fact(out, "growth");
	fprintf(out, "%s", text_growth(s->growth).s);
	if (fills(s))
		fprintf(out, ", full in %s", text_duration(s->time_to_full).s);
	fputc('\n', out);
}

static void render_peak(FILE *out, const struct status *s)
{
	if (!HAS(s, CTWATCH_A_PEAK_ENTRIES))
		return;
	begin_fact(out, "peak");
	fprintf(out, "%" PRIu32 " entries", s->peak_entries);
	if (s->max_entries)
		fprintf(out, " (%s)", text_share(s->peak_entries, s->max_entries).s);
	if (HAS(s, CTWATCH_A_PEAK_AGE))
		fprintf(out, ", %s ago", text_duration(s->peak_age).s);
	fputc('\n', out);
}

static void render_tracking(FILE *out, const struct status *s)
{
	const char *separator = "";
	unsigned int bit;

	if (!HAS(s, CTWATCH_A_TRACKING))
		return;
	begin_fact(out, "tracking");
	for (bit = 0; bit < 32; bit++) {
		if (!(s->tracking >> bit & 1))
			continue;
		fprintf(out, "%s%s", separator, tracking_name(bit).s);
		separator = ", ";
	}
	fprintf(out, "%s\n", s->tracking ? "" : "off");
}

static void render_used_sources(FILE *out, const struct status *s)
{
	if (!HAS(s, CTWATCH_A_SOURCES) || !HAS(s, CTWATCH_A_SOURCES_MAX))
		return;
	begin_fact(out, "sources");
	fprintf(out, "%" PRIu32 " of %" PRIu32 " places used",
		s->sources_used, s->sources_max);
	if (s->unattributed)
		fprintf(out, ", %" PRIu64 " attempts (%s) not attributed",
			s->unattributed,
			text_share(s->unattributed, s->attempts).s);
	fputc('\n', out);
}

/* What the module does not tell is "-": 0 would be an answer. */
static void number_cell(struct libscols_table *table, bool known, uint64_t n)
{
	if (known)
		table_cell(table, "%" PRIu64, n);
	else
		table_cell(table, "-");
}

static void counter(struct libscols_table *table, bool known,
		    const char *name, uint64_t value, const char *meaning)
{
	if (!known)
		return;
	table_row(table);
	table_cell(table, "%s", name);
	table_cell(table, "%" PRIu64, value);
	table_cell(table, "%s", meaning);
}

static void render_counters(FILE *out, const struct status *s)
{
	struct libscols_table *table = table_new(out, false);

	table_column(table, "COUNTER", TABLE_LEFT);
	table_column(table, "VALUE", TABLE_RIGHT);
	table_column(table, "MEANING", TABLE_LEFT);
#define COUNTER(NAME, ATTR, MEMBER, MEANING) \
	counter(table, HAS(s, CTWATCH_A_##ATTR), NAME, s->MEMBER, MEANING)
	COUNTER("attempts", ATTEMPTS, attempts, "to insert an entry");
	COUNTER("insert-failed", INSERT_FAILED, insert_failed,
		"attempts the kernel gave up");
	COUNTER("clash-resolve", CLASH_RESOLVE, clash_resolve,
		"attempts merged with another packet's entry");
	COUNTER("chain-toolong", CHAIN_TOOLONG, chain_toolong,
		"attempts given up for a long hash chain");
	COUNTER("insert", INSERT, insert,
		"insertions past the hooks (ctnetlink, BPF)");
	COUNTER("drop", DROP, drop, "packets dropped");
	COUNTER("drop-attributed", DROP_ATTRIBUTED, drop_attributed,
		"of them with a known source");
	COUNTER("early-drop", EARLY_DROP, early_drop,
		"entries evicted for a new one");
	COUNTER("unattributed", UNATTRIBUTED, unattributed,
		"attempts no source accounts for with certainty");
	COUNTER("suppressed", SUPPRESSED, suppressed,
		"lines withheld from the kernel log");
#undef COUNTER
	table_print(table);
}

static void render_kinds(FILE *out, const struct status *s)
{
	struct libscols_table *table = table_new(out, true);
	const struct kind *kind;
	size_t i;

	table_column(table, "PROTOCOL", TABLE_LEFT);
	table_column(table, "STATE", TABLE_LEFT);
	table_column(table, "ATTEMPTS", TABLE_RIGHT);
	table_column(table, "SHARE", TABLE_RIGHT);
	for (i = 0; i < s->kinds.n; i++) {
		kind = &s->kinds.v[i];
		table_row(table);
		table_cell(table, "%s", protocol_name(kind->protocol).s);
		table_cell(table, "%s", state_word(kind->state).s);
		table_cell(table, "%" PRIu64, kind->count);
		table_cell(table, "%s",
			   text_share(kind->count, s->attempts).s);
	}
	table_print(table);
}

/**
 * render_status - all about one namespace
 * @out: where to
 * @status: as parsed
 * @color: color the level
 */
void render_status(FILE *out, const struct status *status, bool color)
{
	render_netns(out, status);
	render_level(out, status, color);
	render_table_use(out, status);
	render_growth(out, status);
	render_peak(out, status);
	render_tracking(out, status);
	render_used_sources(out, status);
	if (HAS(status, CTWATCH_A_SINCE))
		fprintf(out, "\nCounted over %s:\n",
			text_duration(status->since).s);
	else
		fputs("\nCounted:\n", out);
	render_counters(out, status);
	if (!status->kinds.n)
		return;
	fputs("\nAttempts by protocol and state at insertion:\n", out);
	render_kinds(out, status);
}

static bool any_label(const struct statuses *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->v[i].label)
			return true;
	return false;
}

static void netns_columns(struct libscols_table *table, bool names)
{
	table_column(table, "NETNS", TABLE_RIGHT);
	if (names)
		table_column(table, "NAME", TABLE_LEFT);
}

static void netns_cells(struct libscols_table *table, bool names,
			uint32_t netns, const char *label)
{
	table_cell(table, "%" PRIu32, netns);
	if (names)
		table_cell(table, "%s", label ? label : "");
}

static void status_row(struct libscols_table *table, const struct status *s,
		       bool names, bool color)
{
	table_row(table);
	netns_cells(table, names, s->netns, s->label);
	table_cell(table, "%s", level_name(s->level).s);
	if (color)
		table_color(table, level_color(s->level));
	table_cell(table, "%" PRIu32, s->entries);
	if (s->max_entries)
		table_cell(table, "%" PRIu32, s->max_entries);
	else
		table_cell(table, "no limit");
	table_cell(table, "%s", text_share(s->entries, s->max_entries).s);
	table_cell(table, "%s", HAS(s, CTWATCH_A_GROWTH) ?
		   text_growth(s->growth).s : "-");
	table_cell(table, "%s", fills(s) ?
		   text_duration(s->time_to_full).s : "-");
	number_cell(table, HAS(s, CTWATCH_A_DROP), s->drop);
	number_cell(table, HAS(s, CTWATCH_A_EARLY_DROP), s->early_drop);
}

/**
 * render_statuses - namespaces, one in a row
 * @out: where to
 * @list: as parsed
 * @color: color the level
 */
void render_statuses(FILE *out, const struct statuses *list, bool color)
{
	struct libscols_table *table = table_new(out, true);
	bool names = any_label(list);
	size_t i;

	netns_columns(table, names);
	table_column(table, "LEVEL", TABLE_LEFT);
	table_column(table, "ENTRIES", TABLE_RIGHT);
	table_column(table, "MAX", TABLE_RIGHT);
	table_column(table, "USED", TABLE_RIGHT);
	table_column(table, "GROWTH", TABLE_RIGHT);
	table_column(table, "FULL IN", TABLE_RIGHT);
	table_column(table, "DROP", TABLE_RIGHT);
	table_column(table, "EARLY-DROP", TABLE_RIGHT);
	for (i = 0; i < list->n; i++)
		status_row(table, &list->v[i], names, color);
	table_print(table);
}

/* Columns of the table of sources that are not always there. */
struct source_columns {
	bool netns;
	bool names;
	bool zone;
	bool error;
	bool drop;
};

static struct source_columns choose_columns(const struct statuses *list,
					    bool all_netns)
{
	struct source_columns columns = {
		.netns = all_netns,
		.names = all_netns && any_label(list),
	};
	const struct sources *sources;
	size_t i, j;

	for (i = 0; i < list->n; i++) {
		sources = &list->v[i].sources;
		for (j = 0; j < sources->n; j++) {
			columns.zone |= sources->v[j].zone != 0;
			columns.error |= sources->v[j].error != 0;
			columns.drop |= sources->v[j].drop != 0;
		}
	}
	return columns;
}

static void add_source_columns(struct libscols_table *table,
			       const struct source_columns *columns)
{
	if (columns->netns)
		netns_columns(table, columns->names);
	table_column(table, "SOURCE", TABLE_LEFT);
	if (columns->zone)
		table_column(table, "ZONE", TABLE_RIGHT);
	table_column(table, "RATE", TABLE_RIGHT);
	table_column(table, "RECENT", TABLE_RIGHT);
	table_column(table, "COUNT", TABLE_RIGHT);
	if (columns->error) {
		table_column(table, "ERROR", TABLE_RIGHT);
		table_column(table, "GUARANTEED", TABLE_RIGHT);
	}
	table_column(table, "SHARE", TABLE_RIGHT);
	if (columns->drop)
		table_column(table, "DROP", TABLE_RIGHT);
	table_column(table, "MOSTLY", TABLE_LEFT);
}

/* The kind with most insertions, of those that are certain. */
static void kind_cell(struct libscols_table *table, const struct kinds *kinds)
{
	const struct kind *most = kinds->v;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < kinds->n; i++) {
		sum += kinds->v[i].count;
		if (kinds->v[i].count > most->count)
			most = &kinds->v[i];
	}
	if (!most)
		table_cell(table, "-");
	else if (state_is_first(most->state))
		table_cell(table, "%s %s", protocol_name(most->protocol).s,
			   text_share(most->count, sum).s);
	else
		table_cell(table, "%s %s %s", protocol_name(most->protocol).s,
			   state_word(most->state).s,
			   text_share(most->count, sum).s);
}

static void source_row(struct libscols_table *table,
		       const struct source_columns *columns,
		       const struct status *status, const struct source *s)
{
	table_row(table);
	if (columns->netns)
		netns_cells(table, columns->names, status->netns,
			    status->label);
	table_cell(table, "%s", subnet_name(&s->subnet).s);
	if (columns->zone)
		number_cell(table, HAS(s, CTWATCH_A_SOURCE_ZONE), s->zone);
	if (HAS(s, CTWATCH_A_SOURCE_RATE))
		table_cell(table, "%" PRIu32 "/s", s->rate);
	else
		table_cell(table, "-");
	number_cell(table, HAS(s, CTWATCH_A_SOURCE_RECENT), s->recent);
	table_cell(table, "%" PRIu64, s->count);
	if (columns->error) {
		number_cell(table, HAS(s, CTWATCH_A_SOURCE_ERROR), s->error);
		number_cell(table, HAS(s, CTWATCH_A_SOURCE_ERROR),
			    s->count > s->error ? s->count - s->error : 0);
	}
	table_cell(table, "%s", text_share(s->count, status->attempts).s);
	if (columns->drop)
		number_cell(table, HAS(s, CTWATCH_A_SOURCE_DROP), s->drop);
	kind_cell(table, &s->kinds);
}

/**
 * render_sources - sources, one in a row, in the order they came
 * @out: where to
 * @list: namespaces with their sources and attempts
 * @all_netns: say which namespace
 */
void render_sources(FILE *out, const struct statuses *list, bool all_netns)
{
	struct source_columns columns = choose_columns(list, all_netns);
	struct libscols_table *table = table_new(out, true);
	size_t i, j, rows = 0;

	add_source_columns(table, &columns);
	for (i = 0; i < list->n; i++) {
		rows += list->v[i].sources.n;
		for (j = 0; j < list->v[i].sources.n; j++)
			source_row(table, &columns, &list->v[i],
				   &list->v[i].sources.v[j]);
	}
	table_print(table);
	if (!rows)
		fputs("no sources yet\n", out);
}

/**
 * render_config - settings of one namespace
 * @out: where to
 * @config: as parsed
 * @attrs: bits of the settings to show
 */
void render_config(FILE *out, const struct config *config, uint64_t attrs)
{
	struct libscols_table *table = table_new(out, true);
	const struct config_key *key;

	table_column(table, "KEY", TABLE_LEFT);
	table_column(table, "VALUE", TABLE_RIGHT);
	table_column(table, "MEANING", TABLE_LEFT);
	for (key = config_keys; key->name; key++) {
		if (!(attrs & config->has & BIT(key->attr)))
			continue;
		table_row(table);
		table_cell(table, "%s", key->name);
		table_cell(table, "%" PRIu32, config->value[key->attr]);
		table_cell(table, "%s", key->doc);
	}
	table_print(table);
}

static void config_row(struct libscols_table *table,
		       const struct config *config, uint64_t attrs, bool names)
{
	const struct config_key *key;

	table_row(table);
	netns_cells(table, names, config->value[CTWATCH_A_CONFIG_NETNS],
		    config->label);
	for (key = config_keys; key->name; key++)
		if (attrs & BIT(key->attr))
			number_cell(table, HAS(config, key->attr),
				    config->value[key->attr]);
}

/**
 * render_configs - settings of namespaces, one in a row
 * @out: where to
 * @list: as parsed
 * @attrs: bits of the settings to show
 */
void render_configs(FILE *out, const struct configs *list, uint64_t attrs)
{
	struct libscols_table *table = table_new(out, true);
	const struct config_key *key;
	bool names = false;
	size_t i;

	for (i = 0; i < list->n; i++)
		names |= list->v[i].label != NULL;
	netns_columns(table, names);
	for (key = config_keys; key->name; key++)
		if (attrs & BIT(key->attr))
			table_column(table, key->name, TABLE_RIGHT);
	for (i = 0; i < list->n; i++)
		config_row(table, &list->v[i], attrs, names);
	table_print(table);
}

/* Where the text says the level, between ": " and ":"; NULL if it does not. */
static const char *find_level(const char *text, const char *level)
{
	size_t len = strlen(level);
	const char *found = text;

	while ((found = strstr(found, ": "))) {
		found += 2;
		if (!strncmp(found, level, len) && found[len] == ':')
			return found;
	}
	return NULL;
}

/**
 * render_event - an event in one line: when, and the module's own text
 * @out: where to
 * @event: as parsed
 * @operation: the notification
 * @when: when it came
 * @color: color the level in the text
 */
void render_event(FILE *out, const struct status *event, uint8_t operation,
		  const struct timespec *when, bool color)
{
	struct text level = level_name(event->level);
	const char *text = event->text;
	const char *found;

	fprintf(out, "%s ", when_local(when).s);
	if (!text) {
		fprintf(out, "netns %" PRIu32 ": event %s\n", event->netns,
			event_name(operation).s);
		return;
	}
	found = color ? find_level(text, level.s) : NULL;
	if (found) {
		fprintf(out, "%.*s%s%s%s", (int)(found - text), text,
			level_color(event->level), level.s, COLOR_OFF);
		text = found + strlen(level.s);
	}
	fprintf(out, "%s\n", text);
}
