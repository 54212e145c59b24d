/* SPDX-License-Identifier: Apache-2.0 */
/* What a run leaves: links.csv, clusters.csv, merges.csv, golden.csv and settings.ini in a folder. */
#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include "engine/linkage/csv.h"
#include "engine/linkage/linkage_private.h"

#define FLUSH (1 << 20)

struct sheet {
	FILE *file;
	struct buf text;
	const char *path;
};

static enum status sheet_open(struct run *run, const char *name, struct sheet *s)
{
	s->path = arena_printf(run->c->arena, "%s/%s", run->ask->out, name);
	s->text = (struct buf){ .arena = run->c->arena };
	s->file = fopen(s->path, "we");
	return s->file ? ST_OK
		       : fail(run->c, ST_BAD_INPUT, "out", "cannot write %s: %s", s->path,
			      strerror(errno));
}

static void sheet_flush(struct sheet *s)
{
	if (s->text.size)
		fwrite(s->text.data, 1, s->text.size, s->file);
	s->text.size = 0;
}

static void end_row(struct sheet *s)
{
	buf_char(&s->text, '\n');
	if (s->text.size > FLUSH)
		sheet_flush(s);
}

static enum status sheet_close(struct run *run, struct sheet *s)
{
	sheet_flush(s);
	bool bad = ferror(s->file) != 0;
	bad |= fclose(s->file) != 0;
	return bad ? fail(run->c, ST_INTERNAL, "out", "cannot write all of %s: %s", s->path,
			  strerror(errno))
		   : ST_OK;
}

static void write_number(struct sheet *s, uint32_t v)
{
	char digits[10];
	unsigned n = sizeof digits;
	do
		digits[--n] = (char)('0' + v % 10);
	while (v /= 10);
	buf_add(&s->text, digits + n, sizeof digits - n);
}

static void write_id(const struct tables *t, struct sheet *s, uint32_t record)
{
	size_t size;
	const char *id = tables_id(t, record, &size);

	if (t->sources > 1) {
		const char *name = t->source_names[source_of(t, record)];
		const char *base = strrchr(name, '/');
		base = base ? base + 1 : name;
		csv_write(&s->text, base, strlen(base));
		buf_char(&s->text, ',');
	}
	csv_write(&s->text, id, size);
}

static enum status write_links(struct run *run)
{
	const struct settings *k = &run->settings;
	double lowest = log2(k->link_threshold / (1 - k->link_threshold));
	struct sheet s;
	enum status st = sheet_open(run, "links.csv", &s);

	if (st)
		return st;
	buf_str(&s.text, run->tables.sources > 1
				 ? "source_l,id_l,source_r,id_r,weight,probability\n"
				 : "id_l,id_r,weight,probability\n");
	for (size_t i = 0; i < run->pairs.count; i++) {
		double w = (double)run->weights[i];
		if (w < lowest)
			continue;
		write_id(&run->tables, &s, run->pairs.list[i].l);
		buf_char(&s.text, ',');
		write_id(&run->tables, &s, run->pairs.list[i].r);
		buf_printf(&s.text, ",%.3f,%.6f", w, weight_probability(w));
		end_row(&s);
	}
	return sheet_close(run, &s);
}

static enum status write_clusters(struct run *run)
{
	struct sheet s;
	enum status st = sheet_open(run, "clusters.csv", &s);

	if (st)
		return st;
	buf_str(&s.text, run->tables.sources > 1 ? "cluster,source,id\n" : "cluster,id\n");
	for (uint32_t i = 0; i < run->tables.records; i++) {
		write_number(&s, run->clusters.of[i]);
		buf_char(&s.text, ',');
		write_id(&run->tables, &s, i);
		end_row(&s);
	}
	return sheet_close(run, &s);
}

/* The forest of merges: what stands above a weight makes the clusters at that threshold. */
static enum status write_merges(struct run *run)
{
	struct sheet s;
	enum status st = sheet_open(run, "merges.csv", &s);

	if (st)
		return st;
	buf_str(&s.text, run->tables.sources > 1 ? "source_l,id_l,source_r,id_r,weight\n"
						 : "id_l,id_r,weight\n");
	for (size_t i = 0; i < run->clusters.merge_count; i++) {
		write_id(&run->tables, &s, run->clusters.merges[i].a);
		buf_char(&s.text, ',');
		write_id(&run->tables, &s, run->clusters.merges[i].b);
		buf_printf(&s.text, ",%.3f", (double)run->clusters.merges[i].weight);
		end_row(&s);
	}
	return sheet_close(run, &s);
}

/* --- golden records --- */

/* How good a record's value is for the golden one: valid before not, then frequent among the members, then
 * long; the first wins ties. */
static uint32_t best_member(const struct run *run, unsigned column, const uint32_t *members,
			    uint32_t count)
{
	const struct column *k = &run->tables.columns[column];
	int comparison = -1;
	double best = -1;
	uint32_t winner = UINT32_MAX;

	for (unsigned i = 0; i < run->settings.comparison_count; i++)
		if (run->settings.comparisons[i].column == column)
			comparison = (int)i;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t raw = k->raw[members[i]], normal = k->compared ? k->normal[raw] : raw,
			 same = 0;
		if (!normal)
			continue;
		for (uint32_t j = 0; j < count; j++) {
			uint32_t other = k->raw[members[j]];
			same += (k->compared ? k->normal[other] : other) == normal;
		}
		bool valid = comparison < 0 ||
			     value_valid(run->comparer, (unsigned)comparison, normal);
		double good = (valid ? 1e9 : 0) + same * 1e5 + k->dict.values[raw].size;
		if (good > best) {
			best = good;
			winner = members[i];
		}
	}
	return winner;
}

/* The texts of a record that is to be written soon: first where they stand, then the texts. */
static void prefetch_row(const struct tables *t, uint32_t record, bool texts)
{
	for (unsigned i = 0; record < t->records && i < t->column_count; i++) {
		const struct column *k = &t->columns[i];
		if ((int)i == t->id_column)
			continue;
		if (texts)
			__builtin_prefetch(dict_text(&k->dict, k->raw[record]));
		else
			__builtin_prefetch(&k->dict.values[k->raw[record]]);
	}
}

static void write_golden_row(struct run *run, struct sheet *s, const uint32_t *members,
			     uint32_t count)
{
	const struct tables *t = &run->tables;

	write_number(s, members[0]);
	buf_char(&s->text, ',');
	write_number(s, count);
	for (unsigned i = 0; i < t->column_count; i++) {
		if ((int)i == t->id_column)
			continue;
		uint32_t from = count == 1 ? members[0] : best_member(run, i, members, count);
		buf_char(&s->text, ',');
		if (from != UINT32_MAX) {
			uint32_t raw = t->columns[i].raw[from];
			csv_write(&s->text, dict_text(&t->columns[i].dict, raw),
				  t->columns[i].dict.values[raw].size);
		}
		buf_char(&s->text, ',');
		if (from != UINT32_MAX && t->columns[i].raw[from]) {
			size_t size;
			const char *id = tables_id(t, from, &size);
			csv_write(&s->text, id, size);
		}
	}
	end_row(s);
}

static enum status write_golden(struct run *run)
{
	const struct tables *t = &run->tables;
	uint32_t *next, *last, *members;
	struct sheet s;
	enum status st = sheet_open(run, "golden.csv", &s);

	if (st)
		return st;
	next = big_alloc(t->records, sizeof *next);
	last = big_alloc(t->records, sizeof *last);
	members = big_alloc(t->records, sizeof *members);
	buf_str(&s.text, "cluster,records");
	for (unsigned i = 0; i < t->column_count; i++) {
		if ((int)i == t->id_column)
			continue;
		buf_char(&s.text, ',');
		csv_write(&s.text, t->columns[i].name, strlen(t->columns[i].name));
		buf_printf(&s.text, ",%s:from", t->columns[i].name);
	}
	end_row(&s);
	/* A cluster is named by its first record, so one walk from the front links the members. */
	for (uint32_t i = 0; i < t->records; i++) {
		uint32_t of = run->clusters.of[i];
		next[i] = 0;
		if (of != i)
			next[last[of]] = i;
		last[of] = i;
	}
	for (uint32_t i = 0; i < t->records; i++) {
		uint32_t count = 0;
		prefetch_row(t, i + 16, false);
		prefetch_row(t, i + 8, true);
		if (run->clusters.of[i] != i)
			continue;
		for (uint32_t r = i; !count || r; r = next[r])
			members[count++] = r;
		write_golden_row(run, &s, members, count);
	}
	big_free(next, t->records, sizeof *next);
	big_free(last, t->records, sizeof *last);
	big_free(members, t->records, sizeof *members);
	return sheet_close(run, &s);
}

static enum status write_settings(struct run *run)
{
	struct sheet s;
	enum status st = sheet_open(run, "settings.ini", &s);

	if (st)
		return st;
	settings_write(&run->settings, &run->tables, &s.text);
	return sheet_close(run, &s);
}

enum status output_write(struct run *run)
{
	if (!run->ask->out)
		return ST_OK;
	if (mkdir(run->ask->out, 0777) && errno != EEXIST)
		return fail(run->c, ST_BAD_INPUT, "out", "cannot make %s: %s", run->ask->out,
			    strerror(errno));
	enum status st = write_links(run);
	if (!st)
		st = write_clusters(run);
	if (!st)
		st = write_merges(run);
	if (!st)
		st = write_golden(run);
	if (!st)
		st = review_write(run);
	return st ? st : write_settings(run);
}
