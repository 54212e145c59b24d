/* SPDX-License-Identifier: Apache-2.0 */
/* Settings for somebody who has a table and no settings: what kind each column is, by looking at its
 * values; which blocking rules are worth their pairs, by the exact sizes of their keys. */
#include <math.h>
#include <stdlib.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"

#define LOOKS 2000
#define IMPLY_LOOKS 200000
#define IMPLY_COUNT 8
#define ATOMS_MAX 48
#define CANDIDATES_MAX (ATOMS_MAX * ATOMS_MAX)

/* What was seen in a column's values, as parts of those that were looked at. */
struct profile {
	uint32_t distinct, filled;
	double points, words; /* means */
	double dates, mails, citizens, usccs, digits, decimals, postcodes, han, places, firms;
};

static bool contains(const char *s, uint32_t size, const char *const *words)
{
	for (; *words; words++)
		if (memmem(s, size, *words, strlen(*words)))
			return true;
	return false;
}

/* "ab12 3cd" and the like. */
static bool like_postcode(const char *s, uint32_t size)
{
	if (size < 5 || size > 8)
		return false;
	const char *inward = s + size - 3;
	return s[0] >= 'a' && s[0] <= 'z' && inward[0] >= '0' && inward[0] <= '9' &&
	       inward[1] >= 'a' && inward[1] <= 'z' && inward[2] >= 'a' && inward[2] <= 'z';
}

static void look_at(const char *s, uint32_t size, struct profile *p)
{
	static const char *const places[] = { "路", "街", "巷", "号", "室", "幢", "村", "镇", NULL };
	static const char *const firms[] = { "公司", "厂", "店", "合作社", "中心", "企业", NULL };
	uint16_t points[256];
	unsigned n = text_points(s, size, points, 256), digits = 0, others = 0, han = 0, words = 1;
	char number[19], day[9];
	int32_t days;
	bool valid;

	for (unsigned i = 0; i < n; i++) {
		digits += points[i] >= '0' && points[i] <= '9';
		others += points[i] != '.' && points[i] != '-' && points[i] != '+' &&
			  points[i] != '/' && points[i] != ' ' && points[i] != '(' &&
			  points[i] != ')' && (points[i] < '0' || points[i] > '9');
		han += hanzi_of(points[i]) != NULL;
		words += points[i] == ' ';
	}
	p->points += n;
	p->words += words;
	p->dates += date_read(s, size, &days, day);
	p->mails += memchr(s, '@', size) != NULL;
	/* Numbers of other things have 15 digits too; those of people hold a birthday. */
	p->citizens += citizen_read(s, size, number, &valid) &&
		       date_read(number + 6, 8, &days, day);
	p->usccs += uscc_valid(s, size);
	p->digits += digits && !others;
	p->decimals += digits && !others && memchr(s, '.', size) != NULL;
	p->postcodes += like_postcode(s, size);
	p->han += han * 2 > n;
	p->places += contains(s, size, places);
	p->firms += contains(s, size, firms);
}

static void profile_column(const struct tables *t, struct column *k, struct profile *p)
{
	const struct dict *d = &k->dict;
	uint32_t step = k->texts / LOOKS + 1;
	double looks = 0;

	memset(p, 0, sizeof *p);
	count_values(t, k);
	p->filled = t->records - d->counts[0];
	for (uint32_t v = 1; v < k->texts; v += step) {
		uint32_t normal = k->normal[v];
		if (!normal)
			continue;
		look_at(dict_text(d, normal), d->values[normal].size, p);
		looks++;
	}
	for (uint32_t v = 1; v < k->texts; v++)
		p->distinct += k->normal[v] == v;
	p->distinct += d->count - k->texts;
	double *sums[] = { &p->points,    &p->words, &p->dates,  &p->mails,
			   &p->citizens,  &p->usccs, &p->digits, &p->decimals,
			   &p->postcodes, &p->han,   &p->places, &p->firms };
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		*sums[i] /= looks > 0 ? looks : 1;
}

/* What to compare a column as; KIND__COUNT: not at all. */
static enum kind kind_of(const struct tables *t, const struct profile *p, bool *by_frequency)
{
	double each = p->filled / (double)(p->distinct ? p->distinct : 1);

	*by_frequency = true;
	if (p->distinct < 2 || p->filled < t->records / 50 + 1)
		return KIND__COUNT;
	if (p->citizens > 0.7)
		return KIND_CITIZEN;
	if (p->usccs > 0.4)
		return KIND_USCC;
	if (p->dates > 0.8)
		return KIND_DATE;
	if (p->mails > 0.7)
		return KIND_EMAIL;
	if (p->postcodes > 0.6)
		return KIND_POSTCODE;
	if (p->decimals > 0.3)
		return *by_frequency = false, KIND_NUMBER;
	if (p->digits > 0.8)
		return p->points >= 3.5 && p->distinct > 100 ? KIND_CODE : KIND_EXACT;
	if (p->han > 0.5)
		return p->firms > 0.4 && p->points > 4        ? KIND_COMPANY
		       : p->places > 0.4 && p->points > 5     ? KIND_ADDRESS
		       : p->points <= 4.5 && p->distinct > 60 ? KIND_HANNAME
		       : each > 20                            ? KIND_EXACT
							      : KIND_NAME;
	if (p->distinct <= 30)
		return KIND_EXACT;
	return p->words >= 2.5 ? KIND_TOKENS : KIND_NAME;
}

/* --- rules --- */

struct atom {
	struct part part;
	unsigned comparison;
	double chance; /* that two records share it */
};

struct atoms {
	struct atom list[ATOMS_MAX];
	unsigned count;
};

/* From the frequencies that the profile counted. */
static double equal_pairs(const struct column *k)
{
	double sum = 0;
	for (uint32_t v = 1; v < k->dict.count; v++)
		sum += (double)k->dict.counts[v] * (k->dict.counts[v] - 1.0) / 2;
	return sum;
}

static void add_atom(struct tables *t, const struct settings *s, struct atoms *a,
		     unsigned comparison, enum part_kind kind, unsigned n)
{
	struct part p = { .kind = kind, .column = s->comparisons[comparison].column, .n = n };
	struct rule alone = { { p }, 1 };

	if (a->count == ATOMS_MAX)
		return;
	double size = kind == PART_WHOLE && t->sources == 1 ? equal_pairs(&t->columns[p.column])
							    : (double)rule_size(t, s, &alone);
	double chance = size / pairs_possible(t, s);
	a->list[a->count++] = (struct atom){ p, comparison, fmax(chance, 1e-12) };
}

static void add_atoms(struct tables *t, const struct settings *s, struct atoms *a, unsigned i)
{
	enum kind kind = s->comparisons[i].kind;

	add_atom(t, s, a, i, PART_WHOLE, 0);
	/* A large table is blocked on whole values: each more part is a sort of all records. */
	if (t->records > 200000 && kind != KIND_HANNAME && kind != KIND_CITIZEN &&
	    kind != KIND_ADDRESS)
		return;
	switch (kind) {
	case KIND_ADDRESS: add_atom(t, s, a, i, PART_PLACE, 0); break;
	case KIND_NAME:
		add_atom(t, s, a, i, PART_SOUND, 0);
		add_atom(t, s, a, i, PART_PREFIX, 3);
		break;
	case KIND_HANNAME: add_atom(t, s, a, i, PART_SOUND, 0); break;
	case KIND_DATE:
		add_atom(t, s, a, i, PART_YEAR, 0);
		add_atom(t, s, a, i, PART_DAY, 0);
		break;
	case KIND_CODE: add_atom(t, s, a, i, PART_PREFIX, 4); break;
	case KIND_CITIZEN:
		add_atom(t, s, a, i, PART_PREFIX, 14);
		add_atom(t, s, a, i, PART_SUFFIX, 12);
		break;
	default: break;
	}
}

struct candidate {
	struct rule rule;
	double size; /* expected, were the parts independent */
};

static int by_size(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	return (x->size > y->size) - (x->size < y->size);
}

static bool same_part(const struct part *a, const struct part *b)
{
	return a->kind == b->kind && a->column == b->column && a->n == b->n;
}

/* Whether some chosen rule brings all that 'r' would: its parts are among r's. */
static bool is_covered(const struct settings *s, const struct rule *r)
{
	for (unsigned i = 0; i < s->rule_count; i++) {
		const struct part *first = &s->rules[i].parts[0];
		unsigned found = 0, both = 0;
		for (unsigned k = 0; k < s->rules[i].count; k++)
			for (unsigned p = 0; p < r->count; p++)
				found += same_part(&s->rules[i].parts[k], &r->parts[p]);
		for (unsigned p = 0; p < r->count && first->kind == PART_EITHER; p++)
			both += r->parts[p].kind == PART_WHOLE &&
				(r->parts[p].column == first->column ||
				 r->parts[p].column == first->other);
		if (both == 2)
			return true;
		if (found == s->rules[i].count)
			return true;
	}
	return false;
}

/* What a household has in common says nothing of who of it is meant: telephone, address, and what few values have. */
static bool is_shared(enum kind kind)
{
	return kind == KIND_CODE || kind == KIND_ADDRESS || kind == KIND_EXACT;
}

static bool of_household(const struct settings *s, const struct atom *x, const struct atom *y)
{
	bool people = false;
	for (unsigned i = 0; i < s->comparison_count; i++)
		people |= s->comparisons[i].kind == KIND_CITIZEN;
	return people && is_shared(s->comparisons[x->comparison].kind) &&
	       is_shared(s->comparisons[y->comparison].kind);
}

static unsigned list_candidates(const struct settings *s, const struct atoms *a, double possible,
				struct candidate *out)
{
	unsigned n = 0;
	for (unsigned i = 0; i < a->count; i++) {
		const struct atom *x = &a->list[i];
		out[n++] = (struct candidate){ { { x->part }, 1 }, x->chance * possible };
		for (unsigned k = 0; k < i; k++) {
			const struct atom *y = &a->list[k];
			/* Ways to write an address are one value already, but where the town is not said. */
			if (x->comparison != y->comparison && !of_household(s, x, y) &&
			    x->part.kind != PART_PLACE && y->part.kind != PART_PLACE)
				out[n++] = (struct candidate){ { { y->part, x->part }, 2 },
							       x->chance * y->chance * possible };
		}
	}
	qsort(out, n, sizeof *out, by_size);
	return n;
}

/* Numbers that are given to one person or entity: what is equal there is a match, however many there are. */
static bool is_identifier(const struct settings *s, const struct part *p)
{
	for (unsigned i = 0; i < s->comparison_count; i++)
		if (s->comparisons[i].column == p->column &&
		    (s->comparisons[i].kind == KIND_CITIZEN || s->comparisons[i].kind == KIND_USCC))
			return true;
	return false;
}

static double pair_budget(const struct tables *t)
{
	return fmax(1.5e6, 3.0 * t->records);
}

/* In which round a rule is looked at. Cheap singles first: they bring all that pairs with them would; then pairs of
 * columns that have nothing to do with an identifier, for those who lack one or whose is wrong; at last other parts
 * of columns that a rule has already. */
enum round { ROUND_SINGLE, ROUND_OTHERS, ROUND_WITH_IDENTIFIER, ROUND_AGAIN, ROUND__COUNT };

static enum round round_of(const struct settings *s, const struct rule *r, bool with_identifier)
{
	if (r->count == 1)
		return ROUND_SINGLE;
	for (unsigned i = 0; with_identifier && i < s->rule_count; i++)
		if (s->rules[i].count == 2 && s->rules[i].parts[0].column == r->parts[0].column &&
		    s->rules[i].parts[1].column == r->parts[1].column)
			return ROUND_AGAIN;
	return is_identifier(s, &r->parts[0]) || is_identifier(s, &r->parts[1])
		       ? ROUND_WITH_IDENTIFIER
		       : ROUND_OTHERS;
}

/* Takes the rule when it brings something and the budget allows it; what an identifier brings are matches, and costs
 * nothing. */
static void consider(struct tables *t, struct settings *s, const struct candidate *p, double budget,
		     double *used)
{
	const struct rule *r = &p->rule;
	bool sure = r->count == 1 && is_identifier(s, &r->parts[0]) &&
		    r->parts[0].kind == PART_WHOLE;
	double limit = sure ? budget : r->count > 1 ? budget / 3 : budget / 8;

	if (p->size > limit || is_covered(s, r))
		return;
	double size = r->count == 1 ? p->size : (double)rule_size(t, s, r);
	if (size < 0.5 || size > limit || (!sure && *used + size > budget))
		return;
	*used += sure ? 0 : size;
	s->rules[s->rule_count++] = *r;
}

static void choose_rules(struct tables *t, struct settings *s)
{
	struct atoms *atoms = big_alloc(1, sizeof *atoms);
	struct candidate *list = big_alloc(CANDIDATES_MAX, sizeof *list);
	double budget = pair_budget(t), used = 0;
	bool citizens = false;

	/* Where numbers tell who is who, more pairs of the other columns are matches. */
	for (unsigned i = 0; i < s->comparison_count; i++)
		if (s->comparisons[i].kind == KIND_CITIZEN)
			citizens = true;
	if (citizens)
		budget = fmax(budget, 5.0 * t->records);
	unsigned most = t->records > 2000000 ? 8 : t->records > 200000 ? 14 : RULES_MAX;

	for (unsigned i = 0; i < s->comparison_count; i++)
		add_atoms(t, s, atoms, i);
	for (unsigned i = 0; i < s->comparison_count; i++) {
		struct rule words = {
			{ { .kind = PART_TOKEN, .column = s->comparisons[i].column } }, 1
		};
		if (s->comparisons[i].kind != KIND_TOKENS || t->records > 200000)
			continue;
		used += (double)rule_size(t, s, &words);
		s->rules[s->rule_count++] = words;
	}
	unsigned n = list_candidates(s, atoms, pairs_possible(t, s), list);
	for (enum round round = 0; round < ROUND__COUNT; round++)
		for (unsigned i = 0; i < n && s->rule_count < most; i++)
			if (round_of(s, &list[i].rule, citizens) == round)
				consider(t, s, &list[i], budget, &used);
	big_free(list, CANDIDATES_MAX, sizeof *list);
	big_free(atoms, 1, sizeof *atoms);
}

static bool named(const char *name, const char *const *words)
{
	for (; *words; words++)
		if (strcasestr(name, *words))
			return true;
	return false;
}

/* A given name and a surname are sometimes written in each other's place. */
static void find_swap(struct tables *t, struct settings *s)
{
	static const char *const given[] = { "given", "first", "fore", NULL };
	static const char *const family[] = { "surname", "last", "family", NULL };

	for (unsigned i = 0; i < s->comparison_count; i++)
		for (unsigned k = 0; k < s->comparison_count; k++) {
			const char *a = t->columns[s->comparisons[i].column].name;
			const char *b = t->columns[s->comparisons[k].column].name;
			if (i != k && s->comparisons[i].kind == KIND_NAME &&
			    s->comparisons[k].kind == KIND_NAME && named(a, family) &&
			    named(b, given) && s->comparisons[i].swap < 0) {
				s->comparisons[i].swap = (int)k;
				struct rule rule = { { { .kind = PART_EITHER,
							 .column = s->comparisons[k].column,
							 .other = s->comparisons[i].column } },
						     1 };
				/* Namesakes grow by the square; a large table cannot afford them. */
				if ((double)rule_size(t, s, &rule) <= pair_budget(t) / 3)
					s->rules[s->rule_count++] = rule;
			}
		}
}

/* Whether a value of 'a' nearly always comes with one value of 'b', as a postcode with its city: among values
 * that are too frequent to be one entity's. */
static bool implies(const struct tables *t, const struct column *a, const struct column *b)
{
	uint32_t *first = big_alloc(a->dict.count, sizeof *first);
	uint32_t records = t->records < IMPLY_LOOKS ? t->records : IMPLY_LOOKS;
	double seen = 0, same = 0;

	for (uint32_t r = 0; r < records; r++) {
		uint32_t x = line_of(t, r)[a->place], y = line_of(t, r)[b->place];
		if (!x || !y || a->dict.counts[x] < IMPLY_COUNT)
			continue;
		seen += first[x] != 0;
		same += first[x] == y;
		if (!first[x])
			first[x] = y;
	}
	big_free(first, a->dict.count, sizeof *first);
	return seen > 200 && same > seen * 0.75;
}

/* Puts what implies before what is implied. */
static void find_within(const struct tables *t, struct settings *s)
{
	for (unsigned i = 0; i < s->comparison_count; i++)
		for (unsigned k = 0; k < s->comparison_count; k++) {
			const struct column *a = &t->columns[s->comparisons[k].column];
			const struct column *b = &t->columns[s->comparisons[i].column];
			if (i != k && s->comparisons[i].within < 0 && b->dict.count > 4 &&
			    a->dict.count > b->dict.count * 2 && implies(t, a, b)) {
				s->comparisons[i].within = (int)k;
			}
		}
	/* Settings are read line by line: a name must stand above its use. */
	for (unsigned i = 0; i < s->comparison_count; i++)
		if (s->comparisons[i].within > (int)i)
			s->comparisons[i].within = -1;
}

enum status settings_suggest(struct call *c, struct tables *t, struct settings *out)
{
	struct settings *s = out;

	memset(s, 0, sizeof *s);
	s->link_within = t->sources == 1;
	s->link_across = t->sources > 1;
	s->one_to_one = t->sources > 1;
	s->link_threshold = 0.5;
	s->cluster_threshold = 0.95;
	s->block_max = 2000;
	s->cluster_max = 1000;
	for (unsigned i = 0; i < t->column_count && s->comparison_count < COMPARISONS_MAX; i++) {
		struct profile p;
		bool by_frequency;
		if (!t->columns[i].compared)
			continue;
		profile_column(t, &t->columns[i], &p);
		enum kind kind = kind_of(t, &p, &by_frequency);
		if (kind != KIND__COUNT)
			s->comparisons[s->comparison_count++] =
				(struct comparison){ .column = i,
						     .kind = kind,
						     .by_frequency = by_frequency,
						     .swap = -1,
						     .within = -1 };
	}
	tables_unify(t, s, 1);
	for (unsigned i = 0; i < s->comparison_count; i++)
		count_values(t, &t->columns[s->comparisons[i].column]);
	if (!s->comparison_count)
		return fail(c, ST_BAD_INPUT, NULL, "no column has values that could be compared");
	find_swap(t, s);
	find_within(t, s);
	choose_rules(t, s);
	if (!s->rule_count)
		return fail(c, ST_BAD_INPUT, NULL,
			    "no blocking rule is selective enough; write settings by hand");
	return ST_OK;
}
