/* SPDX-License-Identifier: Apache-2.0 */
/* Settings as a file that people write: sections and lines as in yongyun.ini, because comments and order
 * matter to its readers, and a comparison is one line. */
#include <stdlib.h>
#include "base/lines.h"
#include "engine/linkage/linkage_private.h"

#define SETTINGS_SIZE_MAX (1 << 20)

static const char *const part_names[PART__COUNT] = {
	[PART_WHOLE] = "whole", [PART_PREFIX] = "prefix", [PART_SUFFIX] = "suffix",
	[PART_SOUND] = "sound", [PART_YEAR] = "year",     [PART_DAY] = "day",
	[PART_TOKEN] = "token", [PART_PLACE] = "place",   [PART_EITHER] = "either"
};

struct reader {
	struct call *c;
	const char *name;
	const struct tables *t;
	struct settings *s;
	int line;
};

static enum status refuse(struct reader *r, const char *key, const char *why)
{
	return fail(r->c, ST_BAD_INPUT, key, "%s, line %d: %s: %s", r->name, r->line, key, why);
}

/* --- [link] --- */

static enum status read_flag(struct reader *r, const char *key, const char *value, bool *out)
{
	if (!str_eq(value, "yes") && !str_eq(value, "no"))
		return refuse(r, key, "is yes or no");
	*out = value[0] == 'y';
	return ST_OK;
}

static enum status read_real(struct reader *r, const char *key, const char *value, double low,
			     double high, double *out)
{
	char *end;
	double v = strtod(value, &end);
	if (end == value || *end || !(v >= low && v <= high))
		return refuse(r, key, "is not a number within its bounds");
	*out = v;
	return ST_OK;
}

static enum status read_link(struct reader *r, const char *key, const char *value)
{
	struct settings *s = r->s;
	int64_t *number = str_eq(key, "block-max")     ? &s->block_max
			  : str_eq(key, "cluster-max") ? &s->cluster_max
			  : str_eq(key, "review-max")  ? &s->review_max
						       : NULL;
	if (str_eq(key, "within"))
		return read_flag(r, key, value, &s->link_within);
	if (str_eq(key, "across"))
		return read_flag(r, key, value, &s->link_across);
	if (str_eq(key, "one-to-one"))
		return read_flag(r, key, value, &s->one_to_one);
	if (str_eq(key, "link-threshold"))
		return read_real(r, key, value, 0, 1, &s->link_threshold);
	if (str_eq(key, "cluster-threshold"))
		return read_real(r, key, value, 0, 1, &s->cluster_threshold);
	if (str_eq(key, "review-low"))
		return read_real(r, key, value, 1e-9, 0.999999999, &s->review_low);
	if (str_eq(key, "review-high"))
		return read_real(r, key, value, 1e-9, 0.999999999, &s->review_high);
	if (str_eq(key, "prior") && str_eq(value, "auto")) {
		s->prior = 0;
		return ST_OK;
	}
	if (str_eq(key, "prior"))
		return read_real(r, key, value, 1e-15, 0.999, &s->prior);
	if (!number)
		return refuse(r, key, "is not a key of [link]");
	if (!int_parse(value, number) || *number < 2 || *number > 1000000000)
		return refuse(r, key, "is not a whole number from 2 to 1000000000");
	return ST_OK;
}

/* --- [compare]: column = kind [frequency] [swap:column] [within:column] --- */

/* The comparison of the column that a word names behind its colon, or -1. */
static int compared_above(const struct reader *r, const char *word)
{
	int other = tables_column(r->t, strchr(word, ':') + 1);
	for (unsigned k = 0; k < r->s->comparison_count; k++)
		if ((int)r->s->comparisons[k].column == other)
			return (int)k;
	return -1;
}

static enum status read_compare(struct reader *r, const char *key, const char *value)
{
	struct settings *s = r->s;
	struct words w = words_split(r->c->arena, value, ' ');
	int column = tables_column(r->t, key);
	struct comparison p = { .swap = -1, .within = -1, .kind = KIND__COUNT };

	if (column < 0)
		return refuse(r, key, "is not a column of the first table");
	if (s->comparison_count == COMPARISONS_MAX)
		return refuse(r, key, "is one comparison more than 16");
	p.column = (unsigned)column;
	for (size_t i = 0; i < w.count; i++) {
		if (i == 0) {
			for (unsigned k = 0; k < KIND__COUNT; k++)
				if (str_eq(w.list[0], level_names[k].kind))
					p.kind = k;
		} else if (str_eq(w.list[i], "frequency")) {
			p.by_frequency = true;
		} else if (str_starts(w.list[i], "swap:")) {
			p.swap = compared_above(r, w.list[i]);
			if (p.swap < 0)
				return refuse(r, key,
					      "swap names no column that is compared above");
			if (p.kind != KIND_NAME)
				return refuse(r, key, "swap is for the kind name");
		} else if (str_starts(w.list[i], "within:")) {
			p.within = compared_above(r, w.list[i]);
			if (p.within < 0)
				return refuse(r, key,
					      "within names no column that is compared above");
		} else {
			return refuse(
				r, key,
				"holds a word that is not frequency, swap:COLUMN or within:COLUMN");
		}
	}
	if (p.kind == KIND__COUNT)
		return refuse(r, key, "is of no known kind");
	s->comparisons[s->comparison_count++] = p;
	return ST_OK;
}

/* --- [model]: column.m = numbers, from "differ" on --- */

static enum status read_model(struct reader *r, const char *key, const char *value)
{
	size_t length = strlen(key);
	struct words w = words_split(r->c->arena, value, ' ');
	bool is_m = str_ends(key, ".m");

	if (length < 3 || (!is_m && !str_ends(key, ".u")))
		return refuse(r, key, "is not COLUMN.m or COLUMN.u");
	int column = tables_column(r->t, arena_strndup(r->c->arena, key, length - 2));
	for (unsigned i = 0; i < r->s->comparison_count; i++) {
		struct comparison *p = &r->s->comparisons[i];
		if ((int)p->column != column)
			continue;
		unsigned levels = levels_of(p->kind);
		if (w.count != levels - 1)
			return refuse(r, key, "has not one number for each level but missing");
		for (unsigned l = 1; l < levels; l++) {
			double *to = is_m ? &p->m[l] : &p->u[l];
			enum status st = read_real(r, key, w.list[l - 1], 1e-12, 1, to);
			if (st)
				return st;
		}
		p->fixed = p->m[1] > 0 && p->u[1] > 0;
		return ST_OK;
	}
	return refuse(r, key, "names no column that is compared above");
}

/* --- [block]: rule = part + part --- */

static enum status read_part(struct reader *r, char *text, struct part *out)
{
	char *open = strchr(text, '('), *argument = text, *second = NULL;
	struct part p = { .kind = PART_WHOLE };

	if (open) {
		char *close = strrchr(text, ')');
		if (!close || close[1])
			return refuse(r, "rule", "a bracket is not closed");
		*close = *open = '\0';
		p.kind = PART__COUNT;
		for (unsigned k = 0; k < PART__COUNT; k++)
			if (str_eq(line_trim(text), part_names[k]))
				p.kind = k;
		if (p.kind == PART__COUNT)
			return refuse(r, "rule",
				      "a part is not a column, nor prefix, suffix, sound, "
				      "year, day, token, place or either of one");
		argument = open + 1;
		second = strrchr(argument, ',');
		if (second)
			*second++ = '\0';
	}
	int column = tables_column(r->t, line_trim(argument));
	if (column < 0)
		return refuse(r, "rule", "names a column that the first table has not");
	p.column = (unsigned)column;
	bool counted = p.kind == PART_PREFIX || p.kind == PART_SUFFIX;
	int64_t n = 0;
	if (counted && (!second || !int_parse(line_trim(second), &n) || n < 1 || n > 64))
		return refuse(r, "rule", "prefix and suffix take a length from 1 to 64");
	if (p.kind == PART_EITHER) {
		int other = second ? tables_column(r->t, line_trim(second)) : -1;
		if (other < 0)
			return refuse(r, "rule", "either takes two columns");
		p.other = (unsigned)other;
	} else if (second && !counted) {
		return refuse(r, "rule", "a part has one argument too many");
	}
	p.n = (unsigned)n;
	*out = p;
	return ST_OK;
}

static enum status read_rule(struct reader *r, const char *key, char *value)
{
	struct rule rule = { .count = 0 };
	char *rest = value;

	if (!str_eq(key, "rule"))
		return refuse(r, key, "is not a key of [block]");
	if (r->s->rule_count == RULES_MAX)
		return refuse(r, key, "is one rule more than 48");
	while (rest) {
		char *plus = strstr(rest, " + ");
		if (plus)
			*plus = '\0';
		if (rule.count == PARTS_MAX)
			return refuse(r, key, "has more than 4 parts");
		enum status st = read_part(r, line_trim(rest), &rule.parts[rule.count++]);
		if (st)
			return st;
		rest = plus ? plus + 3 : NULL;
	}
	for (unsigned i = 0; i < rule.count; i++)
		if (rule.parts[i].kind == PART_TOKEN && rule.count > 1)
			return refuse(r, key, "token stands alone in a rule");
	r->s->rules[r->s->rule_count++] = rule;
	return ST_OK;
}

static void defaults(const struct tables *t, struct settings *s)
{
	memset(s, 0, sizeof *s);
	s->link_within = t->sources == 1;
	s->link_across = t->sources > 1;
	s->link_threshold = 0.5;
	s->cluster_threshold = 0.95;
	s->block_max = 2000;
	s->cluster_max = 1000;
	s->review_max = 1000;
}

enum status settings_parse(struct call *c, const char *name, const char *text, size_t size,
			   const struct tables *t, struct settings *out)
{
	struct settings s;
	struct reader r = { c, name, t, &s, 0 };
	char section = 0;
	enum status st = ST_OK;

	if (size > SETTINGS_SIZE_MAX || !utf8_valid(text, size))
		return fail(c, ST_BAD_INPUT, NULL, "%s is larger than 1 MiB or not UTF-8", name);
	defaults(t, &s);
	char *rest = arena_strndup(c->arena, text, size), *line;
	while (!st && (line = line_take(&rest)) != NULL) {
		r.line++;
		char *equals = strstr(line, " = ");
		if (!*line || *line == '#')
			continue;
		if (*line == '[') {
			section = str_eq(line, "[link]")      ? 'l'
				  : str_eq(line, "[compare]") ? 'c'
				  : str_eq(line, "[model]")   ? 'm'
				  : str_eq(line, "[block]")   ? 'b'
							      : 0;
			if (!section)
				st = refuse(&r, line,
					    "is not [link], [compare], [model] or [block]");
			continue;
		}
		if (!equals || !section) {
			st = refuse(&r, line,
				    equals ? "stands in no section" : "is not KEY = VALUE");
			continue;
		}
		*equals = '\0';
		char *key = line_trim(line), *value = line_trim(equals + 3);
		st = section == 'l'   ? read_link(&r, key, value)
		     : section == 'c' ? read_compare(&r, key, value)
		     : section == 'm' ? read_model(&r, key, value)
				      : read_rule(&r, key, value);
	}
	if (!st && (!s.comparison_count || !s.rule_count))
		st = fail(c, ST_BAD_INPUT, NULL, "%s: there is no comparison or no rule", name);
	if (!st && !s.link_within && !s.link_across)
		st = fail(c, ST_BAD_INPUT, "within", "%s: within and across are both no", name);
	if (!st && !s.link_within && t->sources == 1)
		st = fail(c, ST_BAD_INPUT, "within", "%s: one table is linked within", name);
	if (!st && (s.review_low > 0 || s.review_high > 0) &&
	    !(s.review_low > 0 && s.review_low < s.review_high))
		st = fail(
			c, ST_BAD_INPUT, "review-low",
			"%s: review-low and review-high stand together, the first below the other",
			name);
	if (!st)
		*out = s;
	return st;
}

static void write_part(const struct part *p, const struct tables *t, struct buf *out)
{
	const char *column = t->columns[p->column].name;
	switch (p->kind) {
	case PART_WHOLE: buf_str(out, column); break;
	case PART_PREFIX:
	case PART_SUFFIX: buf_printf(out, "%s(%s, %u)", part_names[p->kind], column, p->n); break;
	case PART_EITHER:
		buf_printf(out, "either(%s, %s)", column, t->columns[p->other].name);
		break;
	default: buf_printf(out, "%s(%s)", part_names[p->kind], column);
	}
}

void settings_write_rule(const struct rule *r, const struct tables *t, struct buf *out)
{
	for (unsigned i = 0; i < r->count; i++) {
		buf_str(out, i ? " + " : "");
		write_part(&r->parts[i], t, out);
	}
}

void settings_write(const struct settings *s, const struct tables *t, struct buf *out)
{
	buf_printf(out,
		   "# Settings of a linkage, as suggested; see docs/linkage.md.\n\n[link]\n"
		   "# Pairs within a table, and between tables.\nwithin = %s\nacross = %s\n"
		   "# Each table holds an entity once.\none-to-one = %s\n"
		   "# Probabilities from which a pair is a link, and a link joins clusters.\n"
		   "link-threshold = %.4g\ncluster-threshold = %.4g\n"
		   "# How probable it is that two records match; auto: from the data.\n",
		   s->link_within ? "yes" : "no", s->link_across ? "yes" : "no",
		   s->one_to_one ? "yes" : "no", s->link_threshold, s->cluster_threshold);
	if (s->prior > 0)
		buf_printf(out, "prior = %.6g\n", s->prior);
	else
		buf_str(out, "prior = auto\n");
	buf_printf(out,
		   "# Larger blocks are split, larger clusters not made.\n"
		   "block-max = %lld\ncluster-max = %lld\n",
		   (long long)s->block_max, (long long)s->cluster_max);
	if (s->review_high > 0)
		buf_printf(out,
			   "# Pairs between these probabilities are for people to look at.\n"
			   "review-low = %.9g\nreview-high = %.9g\nreview-max = %lld\n",
			   s->review_low, s->review_high, (long long)s->review_max);
	buf_str(out, "\n[compare]\n");
	for (unsigned i = 0; i < s->comparison_count; i++) {
		const struct comparison *p = &s->comparisons[i];
		buf_printf(out, "%s = %s%s", t->columns[p->column].name, level_names[p->kind].kind,
			   p->by_frequency ? " frequency" : "");
		if (p->swap >= 0)
			buf_printf(out, " swap:%s",
				   t->columns[s->comparisons[p->swap].column].name);
		if (p->within >= 0)
			buf_printf(out, " within:%s",
				   t->columns[s->comparisons[p->within].column].name);
		buf_char(out, '\n');
	}
	buf_str(out, "\n[block]\n");
	for (unsigned i = 0; i < s->rule_count; i++) {
		buf_str(out, "rule = ");
		settings_write_rule(&s->rules[i], t, out);
		buf_char(out, '\n');
	}
}
