/* SPDX-License-Identifier: Apache-2.0 */
/* What people judged of tables that memory does not hold: the ids that the verdicts name are in memory, and the
 * records that have them are found in one walk over all ids. */
#include "engine/linkage/csv.h"
#include "engine/linkage/file_text.h"
#include "engine/linkage/large_private.h"

#define ROW_COST 200 /* bytes of a verdict while its records are found, beside twice its text */
#define ROW_KEPT                                                                                   \
	48 /* bytes of one afterwards: as it grows, and twice what puts two records apart */

/* The ids that stand in a file of verdicts, in two columns. What is wrong is told when it is read again. */
static enum status collect_ids(struct call *c, const char *name, const struct file_text *text,
			       struct id_index *left, struct id_index *right)
{
	struct csv_field *fields = arena_array(c->arena, CSV_FIELDS_MAX, sizeof *fields);
	unsigned count;
	uint32_t number;
	struct csv r;
	enum status st;

	csv_init(&r, name, text->data, text->size, ',');
	while (!(st = csv_next(c, &r, fields, &count)) && count) {
		if (count < 3)
			continue;
		dict_add(&left->dict, &(struct dict_text){ fields[0].at, fields[0].size }, 1,
			 &number);
		dict_add(&right->dict, &(struct dict_text){ fields[1].at, fields[1].size }, 1,
			 &number);
	}
	return st;
}

static void index_open(struct id_index *x)
{
	x->room = x->dict.count;
	x->record = big_alloc(x->room, sizeof *x->record);
	memset(x->record, 0xFF, x->room * sizeof *x->record);
}

static void note(struct id_index *x, const char *id, uint32_t size, uint32_t record)
{
	uint32_t number = dict_find(&x->dict, id, size);
	if (number != UINT32_MAX)
		x->record[number] = record;
}

/* Of records with one id the last, as ids_index() has it. */
static enum status find_records(struct large *l, struct id_index *left, struct id_index *right)
{
	const struct tables *t = &l->run->tables;
	struct spill_reader id_at, id_text;
	uint64_t begin = 0, end;
	uint32_t record = 0;
	const char *at;

	spill_read(&id_at, l->id_at, 0);
	spill_read(&id_text, l->id_text, 0);
	spill_next(&id_at, sizeof end); /* the first begins at 0 */
	for (; (at = spill_next(&id_at, sizeof end)); begin = end, record++) {
		memcpy(&end, at, sizeof end);
		uint32_t size = (uint32_t)(end - begin);
		const char *id = size ? spill_next(&id_text, size) : "";
		if (!id)
			break;
		if (record < t->first[1])
			note(left, id, size, record);
		if (record >= t->first[t->sources - 1])
			note(right, id, size, record);
	}
	spill_read_done(&id_at);
	spill_read_done(&id_text);
	if (spill_error(l->id_at))
		return large_trouble(l, l->id_at);
	return spill_error(l->id_text) ? large_trouble(l, l->id_text) : ST_OK;
}

static size_t count_lines(const struct file_text *text)
{
	size_t n = 1;

	for (const char *at = text->data, *end = at + text->size;
	     (at = memchr(at, '\n', (size_t)(end - at))); at++)
		n++;
	return n;
}

/* How much 'part' is over 'most', at least 'before'. */
static size_t over(size_t part, size_t most, size_t before)
{
	return part > most && part - most > before ? part - most : before;
}

static enum status fits(struct large *l, size_t lines, size_t size, size_t spare)
{
	size_t kept = lines * ROW_KEPT, more = over(lines * ROW_COST + 2 * size, l->room, 0);

	more = over(kept, spare, more);
	more = over(2 * kept, l->room, more); /* half is left for all else */
	if (!more)
		return ST_OK;
	return fail(l->c, ST_TOO_LARGE, "memory",
		    "the verdicts of %s need at least %lld MiB in all", l->run->ask->judged,
		    (long long)((uint64_t)l->run->ask->memory + more) / (1 << 20) + 1);
}

enum status large_judged(struct large *l, size_t spare)
{
	const char *path = l->run->ask->judged;
	struct judgements *judged = &l->run->judged;
	struct id_index left = { 0 }, right = { 0 };
	struct file_text text;
	enum status st = file_text_open(l->c, path, JUDGED_FILE_MAX, &text);

	if (st)
		return st;
	size_t lines = count_lines(&text);
	dict_init(&left.dict);
	dict_init(&right.dict);
	st = fits(l, lines, text.size, spare);
	if (!st)
		st = collect_ids(l->c, path, &text, &left, &right);
	index_open(&left);
	index_open(&right);
	if (!st)
		st = find_records(l, &left, &right);
	if (!st)
		st = judged_parse_by(l->c, path, text.data, text.size, &left, &right, judged);
	ids_done(&left);
	ids_done(&right);
	file_text_close(&text);
	if (!st)
		l->room -= lines * ROW_KEPT;
	return st;
}
