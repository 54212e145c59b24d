/* SPDX-License-Identifier: Apache-2.0 */
/* Holding what was made to a city's hidden truth (docs/city.md): pairs, whole clusters, kinds of error,
 * relations. */
#include <stdlib.h>
#include "data/theme/theme_private.h"
#include "engine/linkage/memory.h"

#define ERRORS_MAX 48
#define UNKNOWN UINT32_MAX

struct error_count {
	char word[24];
	int64_t records, reached, partners;
};

/* The truth about the records of one kind. */
struct truth {
	uint32_t *of;      /* each record's true entity */
	uint64_t *errors;  /* a bit each, of the words */
	uint32_t entities; /* numbers under this */
};

struct telling {
	struct build *b;
	struct truth kinds[THEME_KINDS];
	struct error_count errors[ERRORS_MAX];
	unsigned error_count;
};

static uint64_t error_bits(struct telling *t, const char *s, size_t size)
{
	uint64_t bits = 0;

	for (const char *end = s + size; s < end;) {
		const char *space = memchr(s, ' ', (size_t)(end - s)), *stop = space ? space : end;
		size_t n = (size_t)(stop - s);
		unsigned i = 0;
		while (i < t->error_count &&
		       (strlen(t->errors[i].word) != n || memcmp(t->errors[i].word, s, n) != 0))
			i++;
		if (i == t->error_count && i < ERRORS_MAX && n && n < sizeof t->errors[0].word)
			memcpy(t->errors[t->error_count++].word, s, n);
		if (i < t->error_count)
			bits |= 1ull << i;
		s = space ? stop + 1 : end;
	}
	return bits;
}

/* "P0000003719" */
static bool entity_of(const struct csv_field *f, enum theme_kind *kind, uint32_t *number)
{
	if (f->size < 2 || f->size > 12)
		return false;
	*kind = f->at[0] == 'P' ? THEME_PERSON : f->at[0] == 'F' ? THEME_FIRM : THEME_HOUSE;
	return csv_number(f, 1, UNKNOWN - 1, number);
}

/* A record's own number begins with its resource's code. */
static bool is_of(const struct csv_field *record, const struct source *s)
{
	size_t n = strlen(s->resource->code);
	return record->size > n && memcmp(record->at, s->resource->code, n) == 0;
}

static const struct source *source_of(const struct build *b, const struct csv_field *record)
{
	for (unsigned i = 0; i < b->source_count; i++)
		if (is_of(record, &b->sources[i]))
			return &b->sources[i];
	return NULL;
}

/* The records of a source stand in the truth in the order of its rows. */
static enum status read_truth(struct telling *t)
{
	struct build *b = t->b;
	const char *path = arena_printf(b->c->arena, "%s/truth.csv", b->ask->truth);
	uint32_t rows[RESOURCES_MAX] = { 0 };
	const struct source *s = NULL;
	struct comma_file f;
	enum status st = comma_open(b->c, path, &f);

	if (st)
		return st;
	while (!st && !(st = comma_next(b->c, &f)) && f.count) {
		enum theme_kind kind;
		uint32_t number;
		if (f.count != 3 || !entity_of(&f.fields[1], &kind, &number)) {
			st = fail(b->c, ST_BAD_INPUT, "truth",
				  "%s, line %lld is not "
				  "record_id,entity_id,errors",
				  path, (long long)f.csv.line);
			break;
		}
		if (!s || !is_of(&f.fields[0], s))
			s = source_of(b, &f.fields[0]);
		if (!s)
			continue; /* of a resource that was not read */
		uint32_t row = rows[s->number]++;
		struct truth *k = &t->kinds[kind];
		if (row >= s->rows || kind != s->resource->roles[0].kind) {
			st = fail(b->c, ST_BAD_INPUT, "truth", "%s, line %lld: %s has no such row",
				  path, (long long)f.csv.line, s->resource->code);
			break;
		}
		k->of[s->first + row] = number;
		k->errors[s->first + row] = error_bits(t, f.fields[2].at, f.fields[2].size);
		if (number >= k->entities)
			k->entities = number + 1;
	}
	file_text_close(&f.text);
	return st;
}

/* --- pairs and clusters --- */

struct cell {
	uint32_t made, true_one;
};

static int by_made(const void *p, const void *q)
{
	const struct cell *x = p, *y = q;
	if (x->made != y->made)
		return x->made < y->made ? -1 : 1;
	return (x->true_one > y->true_one) - (x->true_one < y->true_one);
}

static int64_t pairs_of(int64_t n)
{
	return n * (n - 1) / 2;
}

struct score {
	int64_t records, true_pairs, made_pairs, both;
	int64_t true_clusters, made_clusters, same;
};

static double share(int64_t part, int64_t of)
{
	return of ? (double)part / (double)of : 1;
}

static void print_score(FILE *to, const char *what, const struct score *s)
{
	double p = share(s->both, s->made_pairs), r = share(s->both, s->true_pairs);
	double cp = share(s->same, s->made_clusters), cr = share(s->same, s->true_clusters);

	fprintf(to,
		"%-22s %9lld records  pairs: precision %.4f recall %.4f F1 %.4f  "
		"clusters: precision %.4f recall %.4f F1 %.4f\n",
		what, (long long)s->records, p, r, p + r > 0 ? 2 * p * r / (p + r) : 0, cp, cr,
		cp + cr > 0 ? 2 * cp * cr / (cp + cr) : 0);
}

/* Among the records whose true entity 'keep' has (NULL: all). */
static struct score score_kind(const struct telling *t, enum theme_kind kind, const uint8_t *keep,
			       uint8_t which)
{
	const struct records *r = &t->b->records[kind];
	const struct truth *k = &t->kinds[kind];
	struct cell *cells = big_alloc(r->count, sizeof *cells);
	uint32_t *sizes = big_alloc((size_t)k->entities + 1, sizeof *sizes);
	struct score s = { 0 };
	size_t n = 0;

	for (uint32_t i = 0; i < r->count; i++) {
		if (k->of[i] == UNKNOWN || (keep && keep[k->of[i]] != which))
			continue;
		cells[n++] = (struct cell){ r->of[i], k->of[i] };
		sizes[k->of[i]]++;
	}
	s.records = (int64_t)n;
	if (n)
		qsort(cells, n, sizeof *cells, by_made);
	for (size_t i = 0; i < n;) {
		size_t whole = i, first = i;
		for (; whole < n && cells[whole].made == cells[i].made; whole++)
			;
		s.made_pairs += pairs_of((int64_t)(whole - i));
		s.made_clusters++;
		s.same += cells[i].true_one == cells[whole - 1].true_one &&
			  sizes[cells[i].true_one] == whole - i;
		for (size_t at = first; at <= whole; at++) {
			if (at < whole && cells[at].true_one == cells[first].true_one)
				continue;
			s.both += pairs_of((int64_t)(at - first));
			first = at;
		}
		i = whole;
	}
	for (uint32_t e = 0; e < k->entities; e++) {
		s.true_pairs += pairs_of(sizes[e]);
		s.true_clusters += sizes[e] > 0;
	}
	big_free(cells, r->count, sizeof *cells);
	big_free(sizes, (size_t)k->entities + 1, sizeof *sizes);
	return s;
}

/* Which true persons have a number in at least one record. */
static uint8_t *with_numbers(const struct telling *t, int id)
{
	const struct records *r = &t->b->records[THEME_PERSON];
	const struct truth *k = &t->kinds[THEME_PERSON];
	uint8_t *has = big_alloc((size_t)k->entities + 1, 1);

	for (uint32_t i = 0; i < r->count; i++) {
		struct record record;
		record_at(t->b, r, i, &record);
		if (k->of[i] != UNKNOWN && record.size[id])
			has[k->of[i]] = 1;
	}
	return has;
}

/* Of the records that have an error: how many of their true partners they are with. */
static void score_errors(struct telling *t, enum theme_kind kind)
{
	const struct records *r = &t->b->records[kind];
	const struct truth *k = &t->kinds[kind];
	const struct golden *g = &t->b->entities->kinds[kind];
	uint32_t *sizes = big_alloc((size_t)k->entities + 1, sizeof *sizes);

	for (uint32_t i = 0; i < r->count; i++)
		if (k->of[i] != UNKNOWN)
			sizes[k->of[i]]++;
	for (uint32_t i = 0; i < r->count; i++) {
		int64_t with = -1;
		if (!k->errors[i] || k->of[i] == UNKNOWN)
			continue;
		for (uint32_t m = g->first[r->of[i]]; m < g->first[r->of[i] + 1]; m++)
			with += k->of[g->members[m]] == k->of[i];
		for (unsigned e = 0; e < t->error_count; e++) {
			if (!(k->errors[i] >> e & 1))
				continue;
			t->errors[e].records++;
			t->errors[e].reached += with;
			t->errors[e].partners += sizes[k->of[i]] - 1;
		}
	}
	big_free(sizes, (size_t)k->entities + 1, sizeof *sizes);
}

/* --- relations --- */

struct triple {
	uint64_t ends; /* from << 32 | to */
	uint32_t relation;
};

static int by_triple(const void *p, const void *q)
{
	const struct triple *x = p, *y = q;
	if (x->relation != y->relation)
		return x->relation < y->relation ? -1 : 1;
	return (x->ends > y->ends) - (x->ends < y->ends);
}

static size_t unique_triples(struct triple *list, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(list, n, sizeof *list, by_triple);
	for (size_t i = 0; i < n; i++)
		if (!kept || by_triple(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	return kept;
}

/* Who an entity mostly is, in truth. */
static uint32_t *majority(const struct telling *t, enum theme_kind kind)
{
	const struct records *r = &t->b->records[kind];
	const struct golden *g = &t->b->entities->kinds[kind];
	uint32_t *of = big_alloc((size_t)r->entities + 1, sizeof *of);

	for (uint32_t e = 0; e < r->entities; e++) {
		uint32_t best = 0;
		for (uint32_t m = g->first[e]; m < g->first[e + 1]; m++) {
			uint32_t who = t->kinds[kind].of[g->members[m]], n = 0;
			for (uint32_t o = g->first[e]; o < g->first[e + 1]; o++)
				n += t->kinds[kind].of[g->members[o]] == who;
			if (n > best) {
				best = n;
				of[e] = who;
			}
		}
	}
	return of;
}

static enum status read_relations(struct telling *t, struct triple **list, size_t *n, size_t *room)
{
	struct build *b = t->b;
	const char *path = arena_printf(b->c->arena, "%s/relations.csv", b->ask->truth);
	struct comma_file f;
	enum status st = comma_open(b->c, path, &f);

	if (st)
		return st;
	while (!st && !(st = comma_next(b->c, &f)) && f.count) {
		enum theme_kind kind;
		uint32_t from = 0, to = 0, k = 0;
		if (f.count != 3 || !entity_of(&f.fields[0], &kind, &from) ||
		    !entity_of(&f.fields[2], &kind, &to)) {
			st = fail(b->c, ST_BAD_INPUT, "truth",
				  "%s, line %lld is not from,relation,to", path,
				  (long long)f.csv.line);
			break;
		}
		while (k < b->settings->relation_count &&
		       (strlen(b->settings->relations[k]) != f.fields[1].size ||
			memcmp(b->settings->relations[k], f.fields[1].at, f.fields[1].size) != 0))
			k++;
		if (*n == *room) {
			*list = big_grow(*list, *room, *room * 2 + 65536, sizeof **list);
			*room = *room * 2 + 65536;
		}
		(*list)[(*n)++] = (struct triple){ (uint64_t)from << 32 | to, k };
	}
	file_text_close(&f.text);
	return st;
}

static enum status report_relations(struct telling *t)
{
	struct build *b = t->b;
	const struct statements *all = b->statements;
	struct triple *truth = NULL, *made = big_alloc(all->count, sizeof *made);
	size_t n = 0, room = 0, count = 0;
	uint32_t *who[THEME_KINDS];
	enum status st = read_relations(t, &truth, &n, &room);

	for (int k = 0; k < THEME_KINDS; k++)
		who[k] = majority(t, (enum theme_kind)k);
	for (size_t i = 0; i < all->count && !st; i++) {
		const struct stated *s = &all->list[i];
		made[i] = (struct triple){ (uint64_t)who[b->settings->from[s->relation]][s->from]
							   << 32 |
						   who[b->settings->to[s->relation]][s->to],
					   s->relation };
	}
	n = st ? 0 : unique_triples(truth, n);
	count = st ? 0 : unique_triples(made, all->count);
	for (unsigned k = 0; k < b->settings->relation_count && !st; k++) {
		int64_t wanted = 0, found = 0, right = 0;
		for (size_t i = 0; i < n; i++)
			wanted += truth[i].relation == k;
		for (size_t i = 0; i < count; i++) {
			if (made[i].relation != k)
				continue;
			found++;
			right += bsearch(&made[i], truth, n, sizeof *truth, by_triple) != NULL;
		}
		fprintf(b->to,
			"%-24s %9lld true  precision %.4f recall %.4f  (%lld stated, %lld not found, "
			"%lld outvoted)\n",
			b->settings->relations[k], (long long)wanted, share(right, found),
			share(right, wanted), (long long)all->stated[k],
			(long long)all->unresolved[k], (long long)all->outvoted[k]);
	}
	for (int k = 0; k < THEME_KINDS; k++)
		big_free(who[k], (size_t)b->records[k].entities + 1, sizeof *who[k]);
	big_free(truth, room, sizeof *truth);
	big_free(made, all->count, sizeof *made);
	return st;
}

static void report_kinds(struct telling *t)
{
	struct build *b = t->b;
	int id = base_attribute(&b->settings->bases[THEME_PERSON], TYPE_CITIZEN);
	struct score s;

	for (int k = 0; k < THEME_KINDS; k++) {
		s = score_kind(t, (enum theme_kind)k, NULL, 0);
		print_score(b->to, theme_kind_words[k], &s);
		score_errors(t, (enum theme_kind)k);
	}
	if (id < 0)
		return;
	uint8_t *has = with_numbers(t, id);
	s = score_kind(t, THEME_PERSON, has, 1);
	print_score(b->to, "person with a number", &s);
	s = score_kind(t, THEME_PERSON, has, 0);
	print_score(b->to, "person without any", &s);
	big_free(has, (size_t)t->kinds[THEME_PERSON].entities + 1, 1);
}

enum status truth_report(struct build *b)
{
	struct telling *t = arena_alloc(b->c->arena, sizeof *t);
	enum status st;

	t->b = b;
	for (int k = 0; k < THEME_KINDS; k++) {
		uint32_t n = b->records[k].count;
		t->kinds[k].of = big_alloc(n, sizeof *t->kinds[k].of);
		t->kinds[k].errors = big_alloc(n, sizeof *t->kinds[k].errors);
		for (uint32_t i = 0; i < n; i++)
			t->kinds[k].of[i] = UNKNOWN;
	}
	st = read_truth(t);
	if (!st)
		report_kinds(t);
	for (unsigned e = 0; e < t->error_count && !st; e++)
		fprintf(b->to, "  %-18s %9lld records  recall %.4f\n", t->errors[e].word,
			(long long)t->errors[e].records,
			share(t->errors[e].reached, t->errors[e].partners));
	if (!st)
		st = report_relations(t);
	for (int k = 0; k < THEME_KINDS; k++) {
		big_free(t->kinds[k].of, b->records[k].count, sizeof *t->kinds[k].of);
		big_free(t->kinds[k].errors, b->records[k].count, sizeof *t->kinds[k].errors);
	}
	return st;
}
