// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of ctwatch.conf(5) -> settings with the lines they stand in, so that
 * what is refused later can be named by its line; and settings -> such lines.
 */
#include <ctype.h>
#include <err.h>
#include <ini.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "input/conffile.h"
#include "input/keyvalue.h"
#include "lib/array.h"

#define SECTION "netns"

/*
 * inih asks for lines and hands out keys. Everything else of a line is seen to
 * here: inih cuts the name of a section after 49 bytes, does not tell of one
 * without keys, splits a line that is too long for it and takes an indented
 * line for more of the value before.
 */
struct reader {
	const char *path;
	const char *at;
	const char *end;
	unsigned int line;
	bool failed;
	struct conffile *file;
	struct why *why;
};

/* What is wrong in this line is in @why already. Return: -1. */
static int refuse(struct reader *r)
{
	why_prefix(r->why, "%s:%u: ", r->path, r->line);
	r->failed = true;
	return -1;
}

static bool is_blank(char c)
{
	return isspace((unsigned char)c);
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	return s;
}

static const char *trim(const char *s, const char *end)
{
	while (end > s && is_blank(end[-1]))
		end--;
	return end;
}

static struct conf_netns *last_netns(struct conffile *file)
{
	return &file->v[file->n - 1];
}

/* Takes @name. */
static void add_netns(struct conffile *file, char *name, unsigned int line)
{
	file->v = array_grow(file->v, file->n, sizeof(*file->v));
	file->v[file->n++] = (struct conf_netns){
		.config.label = name,
		.line = line,
	};
}

static int start_netns(struct reader *r, const char *name, size_t len)
{
	char *label = strndup(name, len);
	size_t i;

	if (!label)
		errx(EXIT_FAILED, "out of memory");
	for (i = 1; i < r->file->n; i++) {
		if (strcmp(r->file->v[i].config.label, label))
			continue;
		free(label);
		return why_set(r->why, "section [" SECTION " %.*s] is given twice, first in line %u: give it once",
			       (int)len, name, r->file->v[i].line);
	}
	add_netns(r->file, label, r->line);
	return 0;
}

/* @s is behind the opening bracket. */
static int parse_section(struct reader *r, const char *s, const char *end)
{
	const char *close = memchr(s, ']', end - s);
	const char *rest, *kind_end;

	if (!close)
		return why_set(r->why, "the section has no ']': give [" SECTION " NAME]");
	rest = skip_blanks(close + 1, end);
	if (rest < end && *rest != ';' && *rest != '#')
		return why_set(r->why, "'%.*s' after the section: give it a line of its own",
			       (int)(end - rest), rest);
	s = skip_blanks(s, close);
	close = trim(s, close);
	for (kind_end = s; kind_end < close && !is_blank(*kind_end);)
		kind_end++;
	if (kind_end - s != strlen(SECTION) ||
	    memcmp(s, SECTION, strlen(SECTION)))
		return why_set(r->why, "unknown section [%.*s], valid is [" SECTION " NAME]",
			       (int)(close - s), s);
	s = skip_blanks(kind_end, close);
	if (s == close)
		return why_set(r->why, "the section names no network namespace: give [" SECTION " NAME] with a name of 'ip netns list'");
	return start_netns(r, s, close - s);
}

/* Hand keys on to inih, as @size bytes take them; the rest is empty to it. */
static int take_line(struct reader *r, const char *s, const char *end,
		     char *buf, int size)
{
	strcpy(buf, "\n");
	if (memchr(s, '\0', end - s))
		return why_set(r->why, "the line has a zero byte: this is no text");
	if (s == end || *s == '#' || *s == ';')
		return 0;
	if (*s == '[')
		return parse_section(r, s + 1, end);
	if (end - s > size - 2)
		return why_set(r->why, "the line is too long: at most %d bytes",
			       size - 2);
	sprintf(buf, "%.*s\n", (int)(end - s), s);
	return 0;
}

static char *read_line(char *buf, int size, void *stream)
{
	struct reader *r = stream;
	const char *s = r->at, *end;

	if (r->failed || s == r->end)
		return NULL;
	end = memchr(s, '\n', r->end - s);
	r->at = end ? end + 1 : r->end;
	r->line++;
	end = end ? end : r->end;
	s = skip_blanks(s, end);
	if (!take_line(r, s, trim(s, end), buf, size))
		return buf;
	refuse(r);
	return NULL;
}

static int parse_key(struct reader *r, const char *name, const char *value)
{
	const struct config_key *key = config_key_find(name, strlen(name),
						       r->why);
	struct conf_netns *netns = last_netns(r->file);
	uint32_t number;

	if (!key)
		return -1;
	if (HAS(&netns->config, key->attr))
		return why_set(r->why, "'%s' is set twice, first in line %u: give it once",
			       name, netns->key_line[key->attr]);
	if (config_parse_value(key, value, &number, r->why))
		return -1;
	/* Before anything is changed, so not left to the kernel. */
	if (number < key->min || number > key->max)
		return config_bad_value(key, value, r->why);
	netns->config.has |= BIT(key->attr);
	netns->config.value[key->attr] = number;
	netns->key_line[key->attr] = r->line;
	if (!netns->line)
		netns->line = r->line;
	return 0;
}

/* Return: 1 to go on, 0 for an error in this line. */
static int on_key(void *arg, const char *section __attribute__((unused)),
		  const char *name, const char *value)
{
	struct reader *r = arg;

	/* Some builds of inih hand out a key without '=' so. */
	if (!value)
		return 0;
	if (parse_key(r, name, value))
		refuse(r);
	return !r->failed;
}

/* inih goes on after an error of its own and tells its line at the end. */
static void check_inih(struct reader *r, int error)
{
	if (error < 0)
		errx(EXIT_FAILED, "out of memory");
	if (!error || (r->failed && (unsigned int)error >= r->line))
		return;
	r->line = error;
	why_set(r->why, "the line has no '=': give KEY = VALUE, [" SECTION " NAME] or # and a comment");
	refuse(r);
}

/**
 * conffile_parse - what a file says
 * @file: filled; conffile_free() it, also on failure
 * @path: its name, for @why
 * @text: what is in it
 * @len: bytes of it
 * @why: on failure, line and reason
 *
 * Return: 0 or -1.
 */
int conffile_parse(struct conffile *file, const char *path, const char *text,
		   size_t len, struct why *why)
{
	static const char bom[] = { '\xef', '\xbb', '\xbf' };
	struct reader r = {
		.path = path,
		.at = text,
		.end = text + len,
		.file = file,
		.why = why,
	};

	if (len >= sizeof(bom) && !memcmp(text, bom, sizeof(bom)))
		r.at += sizeof(bom);
	*file = (struct conffile){};
	add_netns(file, NULL, 0);
	check_inih(&r, ini_parse_stream(read_line, &r, on_key, &r));
	return r.failed ? -1 : 0;
}

/**
 * conffile_free - free what was parsed
 * @file: emptied
 */
void conffile_free(struct conffile *file)
{
	size_t i;

	for (i = 0; i < file->n; i++)
		free(file->v[i].config.label);
	free(file->v);
	*file = (struct conffile){};
}

/**
 * conffile_can_name - can a section have this name
 * @name: of a namespace
 *
 * Return: false if it would be read back as another.
 */
bool conffile_can_name(const char *name)
{
	const char *end = name + strlen(name);

	return *name && !strpbrk(name, "]\n") && !is_blank(*name) &&
	       !is_blank(end[-1]);
}

static void print_keys(FILE *out, const struct config *config)
{
	const struct config_key *key;

	for (key = config_keys; key->name; key++)
		if (HAS(config, key->attr))
			fprintf(out, "%-12s = %-5" PRIu32 " ; %s\n", key->name,
				config->value[key->attr], key->doc);
}

/**
 * conffile_print - write settings so that conffile_parse() reads the same
 * @out: where to
 * @own: of the caller's namespace
 * @named: of others, each with a name that conffile_can_name()
 */
void conffile_print(FILE *out, const struct config *own,
		    const struct configs *named)
{
	size_t i;

	fputs("# Settings of ctwatch, as 'ctmodctl config --save' found them: ctwatch.conf(5).\n"
	      "# 'ctmodctl config --load' sets them again: all of this file or nothing.\n"
	      "\n"
	      "# The network namespace that the file is loaded in.\n", out);
	print_keys(out, own);
	for (i = 0; i < named->n; i++) {
		fprintf(out, "\n[" SECTION " %s]\n", named->v[i].label);
		print_keys(out, &named->v[i]);
	}
}
