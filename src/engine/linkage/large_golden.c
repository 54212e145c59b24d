/* SPDX-License-Identifier: Apache-2.0 */
/* Golden records of tables that memory does not hold. Records of clusters of more than one go to pieces by their
 * cluster; each piece is sorted in memory and leaves the rows of its clusters, in order. A last walk over all records
 * makes the rows of the others and takes those in between. */
#include <errno.h>
#include <stdlib.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/large_private.h"
#include "engine/linkage/rows.h"

#define BUCKETS (1u << 16) /* of clusters by their number; pieces are made of whole ones */
#define PIECES 32          /* that are filled in one walk, each behind a buffer */
#define FEW 16             /* members whose values are told apart by comparing all with all */
#define MEMBER_COST 192    /* bytes of a member in memory beside twice what is spilled of it */

struct golden {
	struct large *l;
	uint8_t *shared;    /* of each record a bit: its cluster has others */
	uint32_t *piece_of; /* of each bucket */
	uint32_t pieces;
	int *comparison;    /* of each column that tells what is valid, or -1 */
	struct spill *rows; /* of clusters of more than one, in their order, each behind its size */
};

/* --- the records as they came --- */

struct source {
	struct large *l;
	bool knows; /* 'walk' goes along: what values are known as */
	struct large_walk walk;
	struct spill_reader raw, id_at, id_text;
	uint64_t at; /* where the id begins */
	uint32_t record;
	const char *id, *texts; /* until the next record */
	uint32_t id_size, size; /* size: of all texts */
};

static void source_begin(struct source *s, struct large *l, bool knows)
{
	*s = (struct source){ .l = l, .knows = knows, .record = UINT32_MAX };
	if (knows)
		large_walk_begin(&s->walk, l);
	spill_read(&s->raw, l->raw, 0);
	spill_read(&s->id_at, l->id_at, 0);
	spill_read(&s->id_text, l->id_text, 0);
	spill_next(&s->id_at, sizeof s->at); /* the first begins at 0 */
}

static bool source_next(struct source *s)
{
	const void *end = spill_next(&s->id_at, sizeof s->at), *size;

	if (!end || (s->knows && !large_walk_next(&s->walk)))
		return false;
	uint64_t begin = s->at;
	memcpy(&s->at, end, sizeof s->at);
	s->id_size = (uint32_t)(s->at - begin);
	s->id = s->id_size ? spill_next(&s->id_text, s->id_size) : "";
	size = spill_next(&s->raw, sizeof s->size);
	if (!size)
		return false;
	memcpy(&s->size, size, sizeof s->size);
	s->texts = spill_next(&s->raw, s->size);
	s->record++;
	return s->texts && s->id;
}

static enum status source_done(struct source *s)
{
	struct large *l = s->l;
	struct spill *const read[] = { l->raw, l->id_at, l->id_text };

	if (s->knows)
		large_walk_done(&s->walk);
	spill_read_done(&s->raw);
	spill_read_done(&s->id_at);
	spill_read_done(&s->id_text);
	for (size_t i = 0; i < sizeof read / sizeof *read; i++)
		if (spill_error(read[i]))
			return large_trouble(l, read[i]);
	return ST_OK;
}

static bool is_shared(const struct golden *g, uint32_t record)
{
	return g->shared[record / 8] >> record % 8 & 1;
}

/* The bucket of the record's cluster; it grows with the cluster's number. */
static uint32_t bucket_of(const struct large *l, uint32_t record)
{
	return (uint32_t)((uint64_t)l->run->clusters.of[record] * BUCKETS / l->run->tables.records);
}

/* --- pieces --- */

/* What stands before a member's id, its texts and what they are known as. */
struct member_head {
	uint32_t cluster, record, size; /* size: of all that follows */
};

static size_t known_most(const struct source *s)
{
	size_t most = 0;

	for (unsigned p = 0; p < s->l->places; p++)
		most += LARGE_NUMBER_SIZE + s->walk.values[p].size;
	return most;
}

static void spill_member(const struct golden *g, const struct source *s, struct spill *to,
			 uint32_t part)
{
	struct large *l = g->l;
	struct member_head head = { l->run->clusters.of[s->record], s->record, 0 };
	size_t most = LARGE_NUMBER_SIZE + s->id_size + s->size + known_most(s);
	char *at = large_record_room(l, most);

	at = large_put_text(at, s->id, s->id_size);
	memcpy(at, s->texts, s->size);
	at += s->size;
	for (unsigned p = 0; p < l->places; p++)
		at = large_put_text(at, s->walk.values[p].text, s->walk.values[p].size);
	head.size = (uint32_t)(at - l->record_data);
	spill_add(to, part, &head, sizeof head);
	spill_add(to, part, l->record_data, head.size);
}

/* Shares buckets out to pieces of at most 'most' bytes in memory; they are a quarter of it where they can be. */
static enum status share_buckets(struct golden *g, const uint64_t *weights, size_t most)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < BUCKETS; i++) {
		if (weights[i] > most)
			return fail(
				g->l->c, ST_TOO_LARGE, "memory",
				"the golden record of a large cluster needs %lld MiB in all; the other files are written",
				(long long)((uint64_t)g->l->run->ask->memory +
					    2 * (weights[i] - most)) /
						(1 << 20) +
					1);
		if (sum && sum + weights[i] > most / 4) {
			g->pieces++;
			sum = 0;
		}
		sum += weights[i];
		g->piece_of[i] = g->pieces;
	}
	g->pieces += sum != 0;
	return ST_OK;
}

/* Which records are shared, and pieces of as many as memory holds. */
static enum status plan(struct golden *g)
{
	struct large *l = g->l;
	const uint32_t *of = l->run->clusters.of;
	uint32_t records = l->run->tables.records;
	size_t taken = records * sizeof *of + CAPPED_SIZE(records) + (1 << 20);
	uint64_t *weights = big_alloc(BUCKETS, sizeof *weights);
	struct source s;

	for (uint32_t i = 0; i < records; i++)
		if (of[i] != i) {
			g->shared[i / 8] |= (uint8_t)(1u << i % 8);
			g->shared[of[i] / 8] |= (uint8_t)(1u << of[i] % 8);
		}
	source_begin(&s, l, true);
	while (source_next(&s))
		if (is_shared(g, s.record))
			weights[bucket_of(l, s.record)] +=
				2 * (s.id_size + s.size + known_most(&s)) + MEMBER_COST;
	enum status st = source_done(&s);
	if (!st)
		st = share_buckets(g, weights, l->room > taken ? (l->room - taken) / 2 : 0);
	big_free(weights, BUCKETS, sizeof *weights);
	return st;
}

static enum status fill_pieces(const struct golden *g, uint32_t begin, uint32_t end,
			       struct spill *to)
{
	struct source s;

	source_begin(&s, g->l, true);
	while (source_next(&s)) {
		uint32_t piece = g->piece_of[bucket_of(g->l, s.record)];
		if (is_shared(g, s.record) && piece >= begin && piece < end)
			spill_member(g, &s, to, piece - begin);
	}
	enum status st = source_done(&s);
	spill_settle(to);
	return !st && spill_error(to) ? large_trouble(g->l, to) : st;
}

/* --- rows of clusters --- */

struct member {
	uint32_t cluster, record, id_size;
	const char *id, *text, *known; /* text, known: of the column that is next */
};

/* The members of a piece, and room for what those of one cluster have in a column. */
struct piece {
	struct member *list;
	struct golden_choice *choices;
	struct dict_text *values;
	uint32_t count;
};

static int by_cluster(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	return x->cluster != y->cluster ? (x->cluster > y->cluster) - (x->cluster < y->cluster)
					: (x->record > y->record) - (x->record < y->record);
}

static void skip_text(const char **at)
{
	uint32_t size = large_get_number(at);
	*at += size;
}

static void read_members(const struct golden *g, struct piece *x, const char *at, const char *end)
{
	const struct tables *t = &g->l->run->tables;
	struct member_head head;

	for (const char *p = at; p < end; p += sizeof head + head.size, x->count++)
		memcpy(&head, p, sizeof head);
	x->list = big_alloc(x->count, sizeof *x->list);
	x->choices = big_alloc(x->count, sizeof *x->choices);
	x->values = big_alloc(x->count, sizeof *x->values);
	for (uint32_t i = 0; i < x->count; i++, at += head.size) {
		struct member *m = &x->list[i];
		memcpy(&head, at, sizeof head);
		at += sizeof head;
		*m = (struct member){ .cluster = head.cluster, .record = head.record, .id = at };
		m->id_size = large_get_number(&m->id);
		m->text = m->known = m->id + m->id_size;
		for (unsigned k = 0; k < t->column_count; k++)
			if ((int)k != t->id_column)
				skip_text(&m->known);
	}
	qsort(x->list, x->count, sizeof *x->list, by_cluster);
}

static bool same_text(const struct dict_text *a, const struct dict_text *b)
{
	return a->size == b->size && memcmp(a->at, b->at, a->size) == 0;
}

/* Numbers for values: the same for the same. */
static void number_values(const struct dict_text *values, uint32_t count, struct golden_choice *out)
{
	struct dict dict;

	if (count > FEW) {
		dict_init(&dict);
		for (uint32_t i = 0; i < count; i++)
			dict_add(&dict, &values[i], 1, &out[i].value);
		dict_done(&dict);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t k = 0;
		while (k < i && !same_text(&values[i], &values[k]))
			k++;
		out[i].value = values[i].size ? k + 1 : 0;
	}
}

/* As value_valid() tells. */
static bool is_valid(const struct golden *g, unsigned column, const struct dict_text *value)
{
	int k = g->comparison[column];
	enum kind kind = k < 0 ? KIND_EXACT : g->l->run->settings.comparisons[k].kind;
	char text[19];
	int32_t day;
	bool valid;

	if (kind == KIND_CITIZEN)
		return citizen_read(value->at, value->size, text, &valid) && valid;
	return kind != KIND_DATE || date_read(value->at, value->size, &day, text);
}

/* One column of a cluster: its value and whose it is. */
static void add_best(const struct golden *g, unsigned column, struct piece *x, uint32_t begin,
		     uint32_t count, struct rows *out)
{
	bool compared = g->l->run->tables.columns[column].compared;
	struct member *m = x->list + begin;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t size = large_get_number(&m[i].text);
		x->choices[i] = (struct golden_choice){ .size = size };
		x->values[i] = (struct dict_text){ m[i].text, size };
		if (!compared)
			continue;
		x->values[i].size = large_get_number(&m[i].known);
		x->values[i].at = m[i].known;
		m[i].known += x->values[i].size;
	}
	number_values(x->values, count, x->choices);
	for (uint32_t i = 0; i < count; i++)
		x->choices[i].valid = is_valid(g, column, &x->values[i]);
	uint32_t best = golden_best(x->choices, count);
	rows_char(out, ',');
	if (best != UINT32_MAX)
		rows_field(out, m[best].text, x->choices[best].size);
	rows_char(out, ',');
	if (best != UINT32_MAX)
		rows_field(out, m[best].id, m[best].id_size);
	for (uint32_t i = 0; i < count; i++)
		m[i].text += x->choices[i].size;
}

static void cluster_row(const struct golden *g, struct piece *x, uint32_t begin, uint32_t count,
			struct rows *out)
{
	const struct tables *t = &g->l->run->tables;

	rows_number(out, x->list[begin].cluster);
	rows_char(out, ',');
	rows_number(out, count);
	for (unsigned i = 0; i < t->column_count; i++)
		if ((int)i != t->id_column)
			add_best(g, i, x, begin, count, out);
	rows_char(out, '\n');
}

/* Leaves the rows of a piece's clusters. */
static void make_rows(struct golden *g, struct spill *s, unsigned part)
{
	size_t size = spill_size(s, part);
	char *data = big_alloc(size + SPILL_SLACK, 1);
	struct piece x = { 0 };
	struct rows row = { 0 };

	spill_take(s, part, data);
	if (!spill_error(s))
		read_members(g, &x, data, data + size);
	for (uint32_t begin = 0, end; begin < x.count; begin = end) {
		for (end = begin; end < x.count && x.list[end].cluster == x.list[begin].cluster;)
			end++;
		row.size = 0;
		cluster_row(g, &x, begin, end - begin, &row);
		uint32_t bytes = (uint32_t)row.size;
		spill_add(g->rows, 0, &bytes, sizeof bytes);
		spill_add(g->rows, 0, row.data, row.size);
	}
	big_free(row.data, row.room, 1);
	big_free(x.list, x.count, sizeof *x.list);
	big_free(x.choices, x.count, sizeof *x.choices);
	big_free(x.values, x.count, sizeof *x.values);
	big_free(data, size + SPILL_SLACK, 1);
}

static enum status make_all_rows(struct golden *g)
{
	enum status st = ST_OK;

	for (uint32_t begin = 0; begin < g->pieces && !st; begin += PIECES) {
		uint32_t end = g->pieces - begin < PIECES ? g->pieces : begin + PIECES;
		struct spill *s = large_spill(g->l, end - begin);
		if (!s)
			return ST_INTERNAL;
		st = fill_pieces(g, begin, end, s);
		for (uint32_t i = begin; i < end && !st; i++) {
			make_rows(g, s, i - begin);
			st = spill_error(s) ? large_trouble(g->l, s) : ST_OK;
		}
		spill_end(s);
	}
	spill_settle(g->rows);
	return !st && spill_error(g->rows) ? large_trouble(g->l, g->rows) : st;
}

/* --- the file --- */

static void lone_row(const struct source *s, struct rows *out)
{
	const struct tables *t = &s->l->run->tables;
	const char *at = s->texts;

	rows_number(out, s->record);
	rows_add(out, ",1", 2);
	for (unsigned i = 0; i < t->column_count; i++) {
		if ((int)i == t->id_column)
			continue;
		uint32_t size = large_get_number(&at);
		rows_char(out, ',');
		rows_field(out, at, size);
		rows_char(out, ',');
		if (size)
			rows_field(out, s->id, s->id_size);
		at += size;
	}
	rows_char(out, '\n');
}

static void flush_rows(struct rows *rows, size_t least, FILE *f)
{
	if (rows->size < least)
		return;
	fwrite(rows->data, 1, rows->size, f);
	rows->size = 0;
}

static enum status write_rows(struct golden *g, FILE *f)
{
	struct rows rows = { 0 };
	struct spill_reader made;
	struct source s;
	const char *at = "";

	source_begin(&s, g->l, false);
	spill_read(&made, g->rows, 0);
	while (at && source_next(&s)) {
		if (g->l->run->clusters.of[s.record] != s.record)
			continue;
		if (is_shared(g, s.record)) {
			uint32_t size = 0;
			at = spill_next(&made, sizeof size);
			if (at)
				memcpy(&size, at, sizeof size);
			at = at ? spill_next(&made, size) : NULL;
			if (at)
				rows_add(&rows, at, size);
		} else {
			lone_row(&s, &rows);
		}
		flush_rows(&rows, 1 << 16, f);
	}
	flush_rows(&rows, 1, f);
	spill_read_done(&made);
	big_free(rows.data, rows.room, 1);
	enum status st = source_done(&s);
	return !st && spill_error(g->rows) ? large_trouble(g->l, g->rows) : st;
}

static enum status write_file(struct golden *g, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return fail(g->l->c, ST_BAD_INPUT, "out", "cannot write %s: %s", path,
			    strerror(errno));
	fputs(golden_header(g->l->run), f);
	enum status st = write_rows(g, f);
	bool bad = ferror(f);
	bad |= fclose(f) != 0;
	return bad && !st ? fail(g->l->c, ST_INTERNAL, "out", "cannot write all of %s: %s", path,
				 strerror(errno))
			  : st;
}

enum status large_golden(struct large *l, const char *path)
{
	struct clusters *k = &l->run->clusters;
	size_t bits = CAPPED_SIZE(l->run->tables.records);
	struct golden g = { .l = l, .comparison = golden_comparisons(l->run) };

	big_free(k->merges, k->merge_room, sizeof *k->merges);
	k->merges = NULL;
	k->merge_count = k->merge_room = 0;
	g.rows = large_spill(l, 1);
	if (!g.rows)
		return ST_INTERNAL;
	g.shared = big_alloc(bits, 1);
	g.piece_of = big_alloc(BUCKETS, sizeof *g.piece_of);
	enum status st = plan(&g);
	if (!st)
		st = make_all_rows(&g);
	if (!st)
		st = write_file(&g, path);
	big_free(g.shared, bits, 1);
	big_free(g.piece_of, BUCKETS, sizeof *g.piece_of);
	spill_end(g.rows);
	return st;
}
