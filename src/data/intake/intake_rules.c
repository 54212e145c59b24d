/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: from what the catalogue says of items, and from lines that stewards write. */
#include <stdlib.h>
#include "base/lines.h"
#include "data/intake/intake.h"
#include "engine/linkage/hanzi.h"

#define RULES_SIZE_MAX (1 << 20)

static const char *const kind_words[INTAKE_KIND__COUNT] = {
	[INTAKE_TEXT] = "text",   [INTAKE_INTEGER] = "integer", [INTAKE_NUMBER] = "number",
	[INTAKE_DATE] = "date",   [INTAKE_TIME] = "time",       [INTAKE_LOGICAL] = "logical",
	[INTAKE_WORDS] = "words", [INTAKE_CITIZEN] = "citizen", [INTAKE_USCC] = "uscc",
	[INTAKE_PHONE] = "phone",
};

struct reader {
	struct call *c;
	const char *name;
	int line;
	struct intake_item *item;
};

static enum status refuse(struct reader *r, const char *at, const char *why)
{
	return fail(r->c, ST_BAD_INPUT, at, "%s, line %d: %s: %s", r->name, r->line, at, why);
}

static struct intake_item *item_named(struct intake_rules *rules, const char *name)
{
	for (unsigned i = 0; i < rules->count; i++)
		if (str_eq(rules->items[i].name, name) || str_eq(rules->items[i].code, name))
			return &rules->items[i];
	return NULL;
}

static void item_begin(struct intake_item *item, const char *name)
{
	*item = (struct intake_item){
		.name = name, .length = -1, .scale = -1, .from = INT32_MIN, .to = INT32_MAX
	};
}

/* LENGTH or LENGTH.SCALE behind the kind's colon. */
static bool read_length(struct intake_item *item, const char *s)
{
	const char *point = strchr(s, '.');
	char digits[24];
	size_t n = point ? (size_t)(point - s) : strlen(s);

	if (n == 0 || n >= sizeof digits)
		return false;
	memcpy(digits, s, n);
	digits[n] = '\0';
	if (!int_parse(digits, &item->length) || item->length < 1 || item->length > 65536)
		return false;
	return !point || (int_parse(point + 1, &item->scale) && item->scale >= 0 &&
			  item->scale <= item->length);
}

static enum status read_kind(struct reader *r, const char *word)
{
	const char *colon = strchr(word, ':');
	size_t n = colon ? (size_t)(colon - word) : strlen(word);
	unsigned kind = 0;

	while (kind < INTAKE_KIND__COUNT &&
	       (strlen(kind_words[kind]) != n || memcmp(kind_words[kind], word, n) != 0))
		kind++;
	if (kind == INTAKE_KIND__COUNT)
		return refuse(r, r->item->name,
			      "its kind is not text, integer, number, date, time, logical, words, "
			      "citizen, uscc or phone");
	r->item->kind = kind;
	if (kind == INTAKE_WORDS) {
		r->item->words = words_split(r->c->arena, colon ? colon + 1 : "", ',');
		if (!r->item->words.count || r->item->words.count > 1000)
			return refuse(r, r->item->name, "words: names from 1 to 1000 codes");
		return ST_OK;
	}
	if (colon && kind != INTAKE_TEXT && kind != INTAKE_INTEGER && kind != INTAKE_NUMBER)
		return refuse(r, r->item->name, "a kind with forms of its own has no length");
	if (colon && !read_length(r->item, colon + 1))
		return refuse(r, r->item->name, "its length is not N or N.M, from 1 to 65536");
	return ST_OK;
}

static bool read_number(const char *s, double *out)
{
	char *end;
	*out = strtod(s, &end);
	return end > s && !*end && *out >= -1e18 && *out <= 1e18;
}

static enum status read_word(struct reader *r, const char *word)
{
	struct intake_item *item = r->item;
	bool number = item->kind == INTAKE_INTEGER || item->kind == INTAKE_NUMBER;
	bool day = item->kind == INTAKE_DATE || item->kind == INTAKE_TIME;
	char digits[9];

	if (str_eq(word, "required"))
		item->required = true;
	else if (str_eq(word, "unique"))
		item->unique = true;
	else if (str_eq(word, "keep"))
		item->keep = true;
	else if (str_eq(word, "strict"))
		item->strict = true;
	else if (number && (str_starts(word, "min:") || str_starts(word, "max:"))) {
		if (!item->ranged)
			item->low = -1e18, item->high = 1e18;
		item->ranged = true;
		if (!read_number(word + 4, word[1] == 'i' ? &item->low : &item->high))
			return refuse(r, item->name, "min: and max: take a number");
	} else if (day && str_starts(word, "from:")) {
		if (!date_read(word + 5, strlen(word + 5), &item->from, digits))
			return refuse(r, item->name, "from: takes a day, CCYY-MM-DD");
	} else if (day && str_starts(word, "to:")) {
		if (!date_read(word + 3, strlen(word + 3), &item->to, digits))
			return refuse(r, item->name, "to: takes a day, CCYY-MM-DD");
	} else if (day && str_starts(word, "fresh:")) {
		if (!int_parse(word + 6, &item->fresh) || item->fresh < 1 || item->fresh > 100000)
			return refuse(r, item->name, "fresh: takes days, from 1 to 100000");
	} else {
		return refuse(
			r, item->name,
			"has a word that is none of required, unique, keep, strict, min:, max: "
			"(of numbers), from:, to:, fresh: (of days)");
	}
	return ST_OK;
}

static enum status read_line(struct reader *r, char *line, struct intake_rules *out)
{
	char *equals = strstr(line, " = ");

	if (!equals)
		return refuse(r, line, "is not ITEM = KIND …");
	*equals = '\0';
	const char *name = line_trim(line);
	struct words w = words_split(r->c->arena, line_trim(equals + 3), ' ');
	struct intake_item *old = item_named(out, name);
	if (!*name || !w.count)
		return refuse(r, "rule", "the item or its kind is empty");
	if (!old && out->count == INTAKE_ITEMS_MAX)
		return refuse(r, name, "is one item more than 200");
	const char *code = old ? old->code : NULL;
	r->item = old ? old : &out->items[out->count];
	item_begin(r->item, old ? old->name : name);
	r->item->code = code;
	enum status st = read_kind(r, w.list[0]);
	for (size_t i = 1; i < w.count && !st; i++)
		st = read_word(r, w.list[i]);
	if (!st && !old)
		out->count++;
	return st;
}

enum status intake_rules_parse(struct call *c, const char *name, const char *text, size_t size,
			       const char *section, struct intake_rules *out)
{
	struct reader r = { .c = c, .name = name };
	bool here = !section, found = !section;
	enum status st = ST_OK;

	if (size > RULES_SIZE_MAX || !utf8_valid(text, size))
		return fail(c, ST_BAD_INPUT, "rules", "%s is larger than 1 MiB or not UTF-8", name);
	char *rest = arena_strndup(c->arena, text, size), *line;
	while (!st && (line = line_take(&rest)) != NULL) {
		r.line++;
		if (!*line || *line == '#')
			continue;
		if (*line == '[') {
			char *end = strchr(line, ']');
			if (!end || end[1])
				return refuse(&r, line, "a section is not closed");
			*end = '\0';
			here = section && str_eq(line_trim(line + 1), section);
			found |= here;
		} else if (here) {
			st = read_line(&r, line, out);
		}
	}
	if (!st && !found)
		st = fail(c, ST_NOT_FOUND, "resource", "%s has no section [%s]", name, section);
	return st;
}

/* --- the catalogue --- */

static void kind_of_item(const struct catalogue_item *from, struct intake_item *to)
{
	static const enum intake_kind kinds[] = {
		[ITEM_TEXT] = INTAKE_TEXT,     [ITEM_NUMBER] = INTAKE_NUMBER,
		[ITEM_MONEY] = INTAKE_NUMBER,  [ITEM_DATE] = INTAKE_DATE,
		[ITEM_TIME] = INTAKE_TIME,     [ITEM_LOGICAL] = INTAKE_LOGICAL,
		[ITEM_MEMO] = INTAKE_TEXT,     [ITEM_GENERAL] = INTAKE_TEXT,
		[ITEM_DOUBLE] = INTAKE_NUMBER, [ITEM_INTEGER] = INTAKE_INTEGER,
		[ITEM_FLOAT] = INTAKE_NUMBER,
	};
	static const char *sexes[] = { "0", "1", "2", "9", NULL };

	to->kind = kinds[from->type];
	to->length = from->length == INT_NULL ? -1 : from->length;
	to->scale = from->scale == INT_NULL ? -1 : from->scale;
	if (from->standard && strstr(from->standard, "11643"))
		to->kind = INTAKE_CITIZEN;
	else if (from->standard && strstr(from->standard, "32100"))
		to->kind = INTAKE_USCC;
	else if (from->standard && strstr(from->standard, "2261.1")) {
		to->kind = INTAKE_WORDS;
		to->words = (struct words){ sexes, 4 };
	}
	if (to->kind >= INTAKE_DATE)
		to->length = to->scale = -1;
}

enum status intake_rules_of_items(struct call *c, const struct catalogue_item *items, size_t count,
				  struct intake_rules *out)
{
	if (out->count + count > INTAKE_ITEMS_MAX)
		return fail(c, ST_LIMIT, "items", "a table has at most %d items", INTAKE_ITEMS_MAX);
	for (size_t i = 0; i < count; i++) {
		struct intake_item *to = &out->items[out->count++];
		item_begin(to, items[i].name);
		to->code = items[i].code;
		kind_of_item(&items[i], to);
	}
	return ST_OK;
}
