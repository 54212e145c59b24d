/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: which attributes the bases have and how their best value is chosen, how their records are
 * linked, and what each resource's columns mean. */
#include "base/lines.h"
#include "data/theme/theme_private.h"

#define SETTINGS_SIZE_MAX (1 << 20)

const char *const theme_kind_words[THEME_KINDS + 1] = { "person", "firm", "house", NULL };
const char *const theme_type_words[TYPE__COUNT + 1] = {
	[TYPE_TEXT] = "text",       [TYPE_NAME] = "name",   [TYPE_COMPANY] = "company",
	[TYPE_CITIZEN] = "citizen", [TYPE_USCC] = "uscc",   [TYPE_SEX] = "sex",
	[TYPE_DATE] = "date",       [TYPE_PHONE] = "phone", [TYPE_ADDRESS] = "address",
	[TYPE_NUMBER] = "number",
};
static const char *const criterion_words[BY__COUNT + 1] = {
	[BY_VALID] = "valid",   [BY_VOTES] = "votes",         [BY_TRUST] = "trust",
	[BY_RECENT] = "recent", [BY_FREQUENCY] = "frequency",
};

struct reader {
	struct call *c;
	const char *name;
	int line;
	struct theme_settings *s;
	enum { IN_NOTHING, IN_THEME, IN_BASE, IN_LINKAGE, IN_RESOURCE } where;
	enum theme_kind kind;
	struct resource *resource;
};

static enum status refuse(struct reader *r, const char *key, const char *why)
{
	return fail(r->c, ST_BAD_INPUT, key, "%s, line %d: %s: %s", r->name, r->line, key, why);
}

static int word_of(const char *const *words, const char *s)
{
	for (int i = 0; words[i]; i++)
		if (str_eq(words[i], s))
			return i;
	return -1;
}

/* --- [person]: attribute = type words --- */

static int attribute_named(const struct base *b, const char *name)
{
	for (unsigned i = 0; i < b->count; i++)
		if (str_eq(b->attributes[i].name, name))
			return (int)i;
	return -1;
}

int base_attribute(const struct base *b, enum theme_type type)
{
	for (unsigned i = 0; i < b->count; i++)
		if (b->attributes[i].type == type)
			return (int)i;
	return -1;
}

static enum status read_attribute(struct reader *r, const char *key, const char *value)
{
	struct base *b = &r->s->bases[r->kind];
	struct words w = words_split(r->c->arena, value, ' ');
	struct attribute a = { .name = key };
	int type = w.count ? word_of(theme_type_words, w.list[0]) : -1;

	if (type < 0)
		return refuse(r, key,
			      "its type is not text, name, company, citizen, uscc, sex, "
			      "date, phone, address or number");
	if (attribute_named(b, key) >= 0)
		return refuse(r, key, "stands there twice");
	if (b->count == ATTRIBUTES_MAX)
		return refuse(r, key, "is one attribute more than 16");
	a.type = (enum theme_type)type;
	for (size_t i = 1; i < w.count; i++) {
		int by = word_of(criterion_words, w.list[i]);
		if (str_eq(w.list[i], "link"))
			a.link = true;
		else if (by < 0)
			return refuse(r, key,
				      "has a word that is none of link, valid, votes, trust, "
				      "recent, frequency");
		else if (a.criteria_count == CRITERIA_MAX)
			return refuse(r, key, "has more than 4 criteria");
		else
			a.criteria[a.criteria_count++] = (enum criterion)by;
	}
	b->attributes[b->count++] = a;
	return ST_OK;
}

/* --- [CODE] --- */

static int role_named(const struct resource *s, const char *name)
{
	for (unsigned i = 0; i < s->role_count; i++)
		if (str_eq(s->roles[i].name, name))
			return (int)i;
	return -1;
}

static enum status read_role(struct reader *r, enum theme_kind kind, const char *name,
			     const char *value)
{
	struct resource *s = r->resource;
	const struct base *b = &r->s->bases[kind];
	struct words w = words_split(r->c->arena, value, ' ');
	struct role role = { .name = name, .kind = kind };

	if (role_named(s, name) >= 0)
		return refuse(r, name, "stands there twice");
	if (s->role_count == ROLES_MAX)
		return refuse(r, name, "is one role more than 8");
	if (!s->role_count && !str_eq(name, "subject"))
		return refuse(r, name, "the first role is the subject");
	for (size_t i = 0; i < w.count; i++) {
		char *colon = strchr(w.list[i], ':');
		int a = -1;
		if (colon) {
			const char *attribute =
				arena_strndup(r->c->arena, w.list[i], (size_t)(colon - w.list[i]));
			a = attribute_named(b, attribute);
		}
		if (a < 0 || !colon[1])
			return refuse(r, name,
				      "has a word that is not ATTRIBUTE:COLUMN of its base");
		role.columns[a] = colon + 1;
	}
	if (!w.count)
		return refuse(r, name, "names no column");
	s->roles[s->role_count++] = role;
	return ST_OK;
}

static enum status read_statement(struct reader *r, const char *key, const char *value)
{
	struct resource *s = r->resource;
	struct theme_settings *all = r->s;
	struct words w = words_split(r->c->arena, value, ' ');
	bool one = w.count == 3 && str_eq(w.list[2], "one");
	int from = w.count == 2 || one ? role_named(s, w.list[0]) : -1;
	int to = w.count == 2 || one ? role_named(s, w.list[1]) : -1;
	unsigned k = 0;

	if (from < 0 || to < 0)
		return refuse(r, key,
			      "is not trust, updated, person, firm or house ROLE, nor a "
			      "relation of two roles that stand above");
	while (k < all->relation_count && !str_eq(all->relations[k], key))
		k++;
	if (k == all->relation_count) {
		if (k == RELATIONS_MAX)
			return refuse(r, key, "is one kind of relation more than 32");
		all->relations[k] = key;
		all->from[k] = s->roles[from].kind;
		all->to[k] = s->roles[to].kind;
		all->one[k] = one;
		all->relation_count++;
	}
	if (all->one[k] != one)
		return refuse(r, key, "says one here and not elsewhere");
	if (all->from[k] != s->roles[from].kind || all->to[k] != s->roles[to].kind)
		return refuse(r, key, "is between other kinds elsewhere");
	if (s->statement_count == STATEMENTS_MAX)
		return refuse(r, key, "is one relation more than 8");
	s->statements[s->statement_count++] = (struct statement){ k, (unsigned)from, (unsigned)to };
	return ST_OK;
}

static enum status read_resource(struct reader *r, const char *key, char *value)
{
	char *space = strchr(key, ' ');

	if (str_eq(key, "trust")) {
		if (!int_parse(value, &r->resource->trust) || r->resource->trust < 0 ||
		    r->resource->trust > 100)
			return refuse(r, key, "is not a number from 0 to 100");
		return ST_OK;
	}
	if (str_eq(key, "updated")) {
		r->resource->updated = value;
		return ST_OK;
	}
	if (!space)
		return read_statement(r, key, value);
	const char *word = arena_strndup(r->c->arena, key, (size_t)(space - key));
	int kind = word_of(theme_kind_words, word);
	if (kind < 0)
		return refuse(r, key, "a role begins with person, firm or house");
	return read_role(r, (enum theme_kind)kind, space + 1, value);
}

/* --- sections --- */

static enum status read_section(struct reader *r, char *line)
{
	char *end = strchr(line, ']'), *name;

	if (!end || end[1])
		return refuse(r, line, "a section is not closed");
	*end = '\0';
	name = line_trim(line + 1);
	char *space = strchr(name, ' ');
	const char *word = space ? arena_strndup(r->c->arena, name, (size_t)(space - name)) : name;
	int kind = word_of(theme_kind_words, word);
	if (kind >= 0) {
		r->kind = (enum theme_kind)kind;
		r->where = space ? IN_LINKAGE : IN_BASE;
		if (space)
			buf_printf(&r->s->bases[kind].linkage, "[%s]\n", space + 1);
		return ST_OK;
	}
	if (str_eq(name, "theme")) {
		r->where = IN_THEME;
		return ST_OK;
	}
	for (const char *p = name; *p; p++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", *p))
			return refuse(r, name, "a resource's code is of letters, digits, - and _");
	if (!*name || strlen(name) > 60)
		return refuse(r, "section", "has no name, or one over 60 bytes");
	for (unsigned i = 0; i < r->s->resource_count; i++)
		if (str_eq(r->s->resources[i].code, name))
			return refuse(r, name, "stands there twice");
	if (r->s->resource_count == RESOURCES_MAX)
		return refuse(r, name, "is one resource more than 64");
	r->where = IN_RESOURCE;
	r->resource = &r->s->resources[r->s->resource_count++];
	*r->resource = (struct resource){ .code = name, .trust = 50 };
	return ST_OK;
}

static enum status read_line(struct reader *r, char *line)
{
	char *equals = strstr(line, " = ");

	if (!equals)
		return refuse(r, line, "is not KEY = VALUE");
	if (r->where == IN_LINKAGE) {
		buf_printf(&r->s->bases[r->kind].linkage, "%s\n", line);
		return ST_OK;
	}
	*equals = '\0';
	char *key = line_trim(line), *value = line_trim(equals + 3);
	if (!*key || !*value)
		return refuse(r, *key ? key : "key", "key and value are not empty");
	switch (r->where) {
	case IN_THEME:
		if (!str_eq(key, "key"))
			return refuse(r, key, "is not a key of [theme]");
		r->s->key = value;
		return ST_OK;
	case IN_BASE: return read_attribute(r, key, value);
	case IN_RESOURCE: return read_resource(r, key, value);
	default: return refuse(r, key, "stands in no section");
	}
}

static enum status whole(struct reader *r)
{
	struct theme_settings *s = r->s;

	r->line = 0;
	if (!s->key)
		return refuse(r, "key", "[theme] names no column of the records' numbers");
	if (!s->resource_count)
		return refuse(r, "resource", "there is none");
	for (unsigned i = 0; i < s->resource_count; i++)
		if (!s->resources[i].role_count)
			return refuse(r, s->resources[i].code, "has no subject");
	for (int k = 0; k < THEME_KINDS; k++) {
		unsigned linked = 0;
		for (unsigned i = 0; i < s->bases[k].count; i++)
			linked += s->bases[k].attributes[i].link;
		if (!linked || !s->bases[k].linkage.size)
			return refuse(r, theme_kind_words[k],
				      "has no attribute that is linked, or no [… link], "
				      "[… compare], [… block]");
	}
	return ST_OK;
}

enum status theme_settings_parse(struct call *c, const char *name, const char *text, size_t size,
				 struct theme_settings *out)
{
	struct reader r = { .c = c, .name = name, .s = out };
	enum status st = ST_OK;

	memset(out, 0, sizeof *out);
	for (int k = 0; k < THEME_KINDS; k++)
		out->bases[k].linkage.arena = c->arena;
	if (size > SETTINGS_SIZE_MAX || !utf8_valid(text, size))
		return fail(c, ST_BAD_INPUT, "settings", "%s is larger than 1 MiB or not UTF-8",
			    name);
	char *rest = arena_strndup(c->arena, text, size), *line;
	while (!st && (line = line_take(&rest)) != NULL) {
		r.line++;
		if (*line && *line != '#')
			st = *line == '[' ? read_section(&r, line) : read_line(&r, line);
	}
	return st ? st : whole(&r);
}
