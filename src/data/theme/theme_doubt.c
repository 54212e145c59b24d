/* SPDX-License-Identifier: Apache-2.0 */
/* Clerical review 人工复核 on the side of a build: what people have judged of pairs of records is laid out for
 * the linkage engine, and the pairs that it is in doubt of are kept with both records and the waterfall of
 * their weights. A pair is known by its resources and the numbers of its records, the same in every build. */
#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>
#include "data/intake/intake.h"
#include "data/theme/theme_private.h"
#include "engine/linkage/dict.h"

const char *const theme_verdict_words[] = { "same", "different", "unsure", NULL };

const struct field theme_doubt_field_shape[] = {
	F_STR(theme_doubt_field, name, 0, 0),
	F_STR(theme_doubt_field, type, 0, 0),
	F_STR(theme_doubt_field, left, 0, NULLABLE),
	F_STR(theme_doubt_field, right, 0, NULLABLE),
	F_BOOL(theme_doubt_field, equal, 0),
	F_STR(theme_doubt_field, level, 0, NULLABLE),
	F_REAL(theme_doubt_field, weight, NULLABLE),
	F_REAL(theme_doubt_field, sum, NULLABLE),
	F_END,
};
const struct field theme_doubt_shape[] = {
	F_ID(theme_doubt, id, 0),
	F_WORD(theme_doubt, kind, theme_kind_words, 0),
	F_STR(theme_doubt, left_resource, 0, 0),
	F_STR(theme_doubt, left_record, 0, 0),
	F_STR(theme_doubt, right_resource, 0, 0),
	F_STR(theme_doubt, right_record, 0, 0),
	F_INT(theme_doubt, rank, 0, 0, 0),
	F_REAL(theme_doubt, weight, 0),
	F_REAL(theme_doubt, probability, 0),
	F_REAL(theme_doubt, prior, 0),
	F_BOOL(theme_doubt, joined, 0),
	F_LIST(theme_doubt, fields, theme_doubt_field, theme_doubt_field_shape, 0, 0),
	F_END,
};

/* --- what people have judged --- */

/* The records of a kind that judgements name: "CODE 0x1F number". */
struct named {
	struct dict dict;
	uint32_t *record; /* of a number of 'dict' */
	size_t room;
};
#define NOT_THERE UINT32_MAX
#define TWICE (UINT32_MAX - 1)

static void record_name(struct buf *out, const char *code, size_t code_size, const char *key,
			size_t key_size)
{
	out->size = 0;
	buf_add(out, code, code_size);
	buf_char(out, 0x1F);
	buf_add(out, key, key_size);
}

static void name_of_field(struct buf *out, const struct csv_field *f)
{
	record_name(out, f[0].at, f[0].size, f[1].at, f[1].size);
}

/* One row: kind, left resource and record, right resource and record, verdict. */
static enum status row_of(struct call *c, const struct comma_file *f, bool *same, int *kind)
{
	static const char *const verdicts[] = { "same", "different" };
	const struct csv_field *v = &f->fields[5];

	if (f->count != 6)
		return fail(c, ST_BAD_INPUT, "judged", "%s, line %lld: has not 6 fields",
			    f->csv.name, (long long)f->csv.line);
	*kind = -1;
	for (int k = 0; k < THEME_KINDS; k++)
		if (f->fields[0].size == strlen(theme_kind_words[k]) &&
		    memcmp(f->fields[0].at, theme_kind_words[k], f->fields[0].size) == 0)
			*kind = k;
	if (*kind < 0)
		return fail(c, ST_BAD_INPUT, "judged",
			    "%s, line %lld: the kind is none of person, firm, house", f->csv.name,
			    (long long)f->csv.line);
	for (int i = 0; i < 2; i++)
		if (v->size == strlen(verdicts[i]) && memcmp(v->at, verdicts[i], v->size) == 0) {
			*same = i == 0;
			return ST_OK;
		}
	return fail(c, ST_BAD_INPUT, "judged",
		    "%s, line %lld: the verdict is neither same nor different", f->csv.name,
		    (long long)f->csv.line);
}

static enum status name_all(struct build *b, enum theme_kind kind, struct named *n)
{
	struct comma_file f;
	struct buf name = { .arena = b->c->arena };
	enum status st = comma_open(b->c, b->ask->judged, &f);

	dict_init(&n->dict);
	if (st)
		return st;
	while (!st && !(st = comma_next(b->c, &f)) && f.count) {
		bool same = false;
		int of = -1;
		st = row_of(b->c, &f, &same, &of);
		for (unsigned side = 1; side < 5 && !st && of == (int)kind; side += 2) {
			uint32_t number;
			name_of_field(&name, &f.fields[side]);
			struct dict_text text = { name.data, (uint32_t)name.size };
			dict_add(&n->dict, &text, 1, &number);
		}
	}
	file_text_close(&f.text);
	n->room = n->dict.count + 1ul;
	n->record = big_alloc(n->room, sizeof *n->record);
	memset(n->record, 0xFF, n->room * sizeof *n->record);
	return st;
}

static void find_all(struct build *b, enum theme_kind kind, struct named *n)
{
	const struct records *r = &b->records[kind];
	struct buf name = { .arena = b->c->arena };

	for (unsigned i = 0; i < b->source_count; i++) {
		const struct source *s = &b->sources[i];
		const char *code = s->resource->code;
		if (s->resource->roles[0].kind != kind)
			continue;
		for (uint32_t row = 0; row < s->rows; row++) {
			struct record record;
			record_at(b, r, s->first + row, &record);
			record_name(&name, code, strlen(code), record.key, record.key_size);
			uint32_t number = dict_find(&n->dict, name.data, (uint32_t)name.size);
			if (number != UINT32_MAX)
				n->record[number] = n->record[number] == NOT_THERE ? s->first + row
										   : TWICE;
		}
	}
}

static enum status write_judged(struct build *b, enum theme_kind kind, const struct named *n,
				FILE *to)
{
	struct comma_file f;
	struct buf name = { .arena = b->c->arena };
	enum status st = comma_open(b->c, b->ask->judged, &f);

	if (st)
		return st;
	fputs("id_l,id_r,verdict\n", to);
	while (!st && !(st = comma_next(b->c, &f)) && f.count) {
		uint32_t record[2] = { NOT_THERE, NOT_THERE };
		bool same = false;
		int of = -1;
		st = row_of(b->c, &f, &same, &of);
		if (st || of != (int)kind)
			continue;
		for (unsigned side = 0; side < 2; side++) {
			name_of_field(&name, &f.fields[1 + 2 * side]);
			uint32_t number = dict_find(&n->dict, name.data, (uint32_t)name.size);
			if (number != UINT32_MAX)
				record[side] = n->record[number];
		}
		if (record[0] >= TWICE || record[1] >= TWICE) {
			b->counts_judged.missing++;
			continue;
		}
		b->counts_judged.obeyed++;
		fprintf(to, "%u,%u,%s\n", record[0], record[1], same ? "same" : "different");
	}
	file_text_close(&f.text);
	return st;
}

enum status judged_lay_out(struct build *b, enum theme_kind kind, const char *path)
{
	struct named n = { 0 };
	enum status st = name_all(b, kind, &n);
	FILE *to = st ? NULL : fopen(path, "we");

	if (!st && !to)
		st = fail(b->c, ST_INTERNAL, "store", "cannot write %s: %s", path, strerror(errno));
	if (!st && n.dict.count > 1)
		find_all(b, kind, &n);
	if (!st)
		st = write_judged(b, kind, &n, to);
	if (to && fclose(to) && !st)
		st = fail(b->c, ST_AWAY, "store", "cannot write all of %s: %s", path,
			  strerror(errno));
	if (n.record)
		big_free(n.record, n.room, sizeof *n.record);
	dict_done(&n.dict);
	return st;
}

/* --- what the engine is in doubt of --- */

/* A line of the engine's review.jsonl. */
struct engine_step {
	const char *column, *level;
	double weight, sum;
};
struct engine_doubt {
	const char *left, *right;
	double prior, weight, probability;
	bool same_cluster;
	struct engine_step *steps;
	size_t steps_count;
};
static const struct field engine_step_shape[] = {
	F_STR(engine_step, column, 0, 0),
	F_STR(engine_step, level, 0, 0),
	F_REAL(engine_step, weight, 0),
	F_REAL(engine_step, sum, 0),
	F_END,
};
static const struct field engine_doubt_shape[] = {
	F_STR(engine_doubt, left, 0, 0),
	F_STR(engine_doubt, right, 0, 0),
	F_REAL(engine_doubt, prior, 0),
	F_REAL(engine_doubt, weight, 0),
	F_REAL(engine_doubt, probability, 0),
	F_BOOL(engine_doubt, same_cluster, 0),
	F_LIST(engine_doubt, steps, engine_step, engine_step_shape, 0, 0),
	F_END,
};

/* Of a pair, whichever way round it is written. */
static void identify(struct arena *a, struct theme_doubt *d)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *id = arena_alloc(a, 2 * DOUBT_KEY + 1);
	const char *text = arena_printf(a, "%s\n%s\n%s\n%s\n%s", theme_kind_words[d->kind],
					d->left_resource, d->left_record, d->right_resource,
					d->right_record);

	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	hex_encode(hash, DOUBT_KEY, id);
	d->id = id;
}

static const char *text_of(struct arena *a, const struct record *r, unsigned attribute)
{
	return r->size[attribute] ? arena_strndup(a, r->value[attribute], r->size[attribute])
				  : NULL;
}

static void add_field(const struct build *b, struct arena *a, struct theme_doubt *d,
		      unsigned attribute, const struct record side[2],
		      const struct engine_step *step)
{
	const struct attribute *k = &b->settings->bases[d->kind].attributes[attribute];
	struct theme_doubt_field *f = &d->fields[d->fields_count++];

	*f = (struct theme_doubt_field){ .name = k->name,
					 .type = theme_type_words[k->type],
					 .left = text_of(a, &side[0], attribute),
					 .right = text_of(a, &side[1], attribute),
					 .level = step ? step->level : NULL,
					 .weight = step ? step->weight : NAN,
					 .sum = step ? step->sum : NAN };
	f->equal = f->left && f->right && str_eq(f->left, f->right);
}

static int attribute_of(const struct base *base, const char *name)
{
	for (unsigned i = 0; i < base->count; i++)
		if (str_eq(base->attributes[i].name, name))
			return (int)i;
	return -1;
}

static void add_fields(const struct build *b, struct arena *a, struct theme_doubt *d,
		       const struct record side[2], const struct engine_doubt *e)
{
	const struct base *base = &b->settings->bases[d->kind];
	bool done[ATTRIBUTES_MAX] = { false };

	d->fields = arena_array(a, base->count + e->steps_count, sizeof *d->fields);
	for (size_t i = 0; i < e->steps_count; i++) {
		int k = attribute_of(base, e->steps[i].column);
		if (k < 0 || done[k])
			continue;
		done[k] = true;
		add_field(b, a, d, (unsigned)k, side, &e->steps[i]);
	}
	for (unsigned k = 0; k < base->count; k++)
		if (!done[k] && (side[0].size[k] || side[1].size[k]))
			add_field(b, a, d, k, side, NULL);
}

static enum status keep_doubt(struct build *b, enum theme_kind kind, const char *line)
{
	SCOPED_ARENA struct arena *own = arena_new();
	struct call *c = call_new(own, b->c->request_id);
	const struct records *r = &b->records[kind];
	struct theme_doubt d = { .kind = (int)kind };
	struct engine_doubt e = { 0 };
	struct record side[2];
	int64_t numbers[2];

	if (shape_read_own(c, engine_doubt_shape, line, &e) || !int_parse(e.left, &numbers[0]) ||
	    !int_parse(e.right, &numbers[1]) || numbers[0] < 0 || numbers[0] >= r->count ||
	    numbers[1] < 0 || numbers[1] >= r->count)
		return fail(b->c, ST_INTERNAL, NULL, "not a line of a review: %.200s", line);
	const char *code[2], *key[2];
	for (int i = 0; i < 2; i++) {
		record_at(b, r, (uint32_t)numbers[i], &side[i]);
		code[i] = source_of_record(b, kind, (uint32_t)numbers[i])->resource->code;
		key[i] = arena_strndup(own, side[i].key, side[i].key_size);
	}
	int order = strcmp(code[0], code[1]);
	if (order > 0 || (order == 0 && strcmp(key[0], key[1]) > 0)) {
		struct record first = side[0];
		side[0] = side[1], side[1] = first;
		const char *kept = code[0];
		code[0] = code[1], code[1] = kept;
		kept = key[0], key[0] = key[1], key[1] = kept;
	}
	/* A judgement could not say which of two records of one number it means. */
	if (order == 0 && str_eq(key[0], key[1]))
		return ST_OK;
	d.left_resource = code[0], d.left_record = key[0];
	d.right_resource = code[1], d.right_record = key[1];
	d.weight = e.weight, d.probability = e.probability, d.prior = e.prior;
	d.joined = e.same_cluster;
	d.rank = (int64_t)b->doubts[kind]++ * THEME_KINDS + kind;
	add_fields(b, own, &d, side, &e);
	identify(own, &d);
	if (b->doubt_count == b->doubt_room) {
		size_t room = b->doubt_room ? b->doubt_room * 2 : 1024;
		struct doubt_text *list = arena_array(b->c->arena, room, sizeof *list);
		if (b->doubt_count)
			memcpy(list, b->doubt_list, b->doubt_count * sizeof *list);
		b->doubt_list = list;
		b->doubt_room = room;
	}
	struct doubt_text *to = &b->doubt_list[b->doubt_count++];
	to->text = arena_strdup(b->c->arena, shape_text(c, theme_doubt_shape, &d));
	return hex_decode(d.id, to->key, DOUBT_KEY) ? ST_OK
						    : fail(b->c, ST_INTERNAL, NULL, "no id");
}

enum status doubts_read(struct build *b, enum theme_kind kind, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	enum status st = ST_OK;

	if (!f) /* the settings ask for none */
		return ST_OK;
	while (!st && getline(&line, &room, f) > 0)
		st = keep_doubt(b, kind, line);
	if (!st && ferror(f))
		st = fail(b->c, ST_AWAY, "store", "cannot read %s: %s", path, strerror(errno));
	free(line);
	fclose(f);
	return st;
}
