/* SPDX-License-Identifier: Apache-2.0 */
/* What a run leaves: links.csv, clusters.csv, merges.csv, golden.csv and settings.ini in a folder. */
#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include "engine/linkage/linkage_private.h"
#include "engine/linkage/rows.h"

static const char *path_of(const struct run *run, const char *name)
{
	return arena_printf(run->c->arena, "%s/%s", run->ask->out, name);
}

/* Between tables an id has the name of its table before it. */
static void add_id(const struct run *run, struct rows *r, uint32_t record)
{
	const struct tables *t = &run->tables;
	size_t size;
	const char *id = tables_id(t, record, &size);

	if (t->sources > 1) {
		const char *name = run->source_labels[source_of(t, record)];
		rows_add(r, name, strlen(name));
	}
	rows_field(r, id, size);
}

const char *const output_link_header[2] = { "id_l,id_r,weight,probability\n",
					    "source_l,id_l,source_r,id_r,weight,probability\n" };

/* Two records and what joins them. */
static void add_joined(const struct run *run, struct rows *out, uint32_t l, uint32_t r,
		       float weight)
{
	add_id(run, out, l);
	rows_char(out, ',');
	add_id(run, out, r);
	rows_char(out, ',');
	rows_decimal(out, (double)weight, 3, 1000);
}

void output_link(const struct run *run, const struct edge *e, struct rows *out)
{
	add_joined(run, out, e->l, e->r, e->weight);
	rows_char(out, ',');
	rows_decimal(out, weight_probability((double)e->weight), 6, 1000000);
	rows_char(out, '\n');
}

static void link_rows(void *context, size_t begin, size_t end, struct rows *out)
{
	const struct run *run = context;

	for (size_t i = begin; i < end; i++)
		output_link(run, &run->edges[i], out);
}

/* Where ids are mapped from a file each touch brings many pages. */
static void drop_ids(const struct tables *t, size_t i)
{
	if (t->drop && i % 256 == 255)
		t->drop(t);
}

static void cluster_rows(void *context, size_t begin, size_t end, struct rows *out)
{
	const struct run *run = context;

	for (size_t i = begin; i < end; i++) {
		rows_number(out, run->clusters.of[i]);
		rows_char(out, ',');
		add_id(run, out, (uint32_t)i);
		rows_char(out, '\n');
	}
	if (run->tables.drop)
		run->tables.drop(&run->tables);
}

/* The forest of merges: what stands above a weight makes the clusters at that threshold. */
static void merge_rows(void *context, size_t begin, size_t end, struct rows *out)
{
	const struct run *run = context;

	for (size_t i = begin; i < end; i++) {
		const struct merge *m = &run->clusters.merges[i];
		add_joined(run, out, m->a, m->b, m->weight);
		rows_char(out, '\n');
		drop_ids(&run->tables, i);
	}
}

static enum status write_settings(struct run *run)
{
	const char *path = path_of(run, "settings.ini");
	struct buf text = { .arena = run->c->arena };
	FILE *f = fopen(path, "we");

	if (!f)
		return fail(run->c, ST_BAD_INPUT, "out", "cannot write %s: %s", path,
			    strerror(errno));
	settings_write(&run->settings, &run->tables, &text);
	bool bad = fwrite(text.data, 1, text.size, f) != text.size;
	bad |= fclose(f) != 0;
	return bad ? fail(run->c, ST_INTERNAL, "out", "cannot write all of %s: %s", path,
			  strerror(errno))
		   : ST_OK;
}

void output_label(struct run *run)
{
	const struct tables *t = &run->tables;
	struct rows label = { 0 };

	for (unsigned i = 0; i < t->sources; i++) {
		const char *base = strrchr(t->source_names[i], '/');
		struct buf copy = { .arena = run->c->arena };
		buf_str(&copy, base ? base + 1 : t->source_names[i]);
		buf_reserve(&copy, ROWS_SLACK);
		label.size = 0;
		rows_field(&label, copy.data, copy.size);
		rows_char(&label, ',');
		run->source_labels[i] = arena_strndup(run->c->arena, label.data, label.size);
	}
	big_free(label.data, label.room, 1);
}

enum status output_make(struct run *run)
{
	if (mkdir(run->ask->out, 0777) && errno != EEXIST)
		return fail(run->c, ST_BAD_INPUT, "out", "cannot make %s: %s", run->ask->out,
			    strerror(errno));
	return ST_OK;
}

enum status output_clusters(struct run *run)
{
	struct call *c = run->c;
	unsigned threads = run->ask->threads;
	bool many = run->tables.sources > 1;
	enum status st = rows_write(c, path_of(run, "clusters.csv"),
				    many ? "cluster,source,id\n" : "cluster,id\n", threads,
				    run->tables.records, cluster_rows, run);

	if (st || run->ask->clusters_only)
		return st;
	st = rows_write(c, path_of(run, "merges.csv"),
			many ? "source_l,id_l,source_r,id_r,weight\n" : "id_l,id_r,weight\n",
			threads, run->clusters.merge_count, merge_rows, run);
	return st ? st : write_settings(run);
}

enum status output_write(struct run *run)
{
	if (!run->ask->out)
		return ST_OK;
	enum status st = output_make(run);
	output_label(run);
	if (!st && !run->ask->clusters_only)
		st = rows_write(run->c, path_of(run, "links.csv"),
				output_link_header[run->tables.sources > 1], run->ask->threads,
				(size_t)run->link_count, link_rows, run);
	if (!st && !run->ask->clusters_only)
		st = golden_write(run, path_of(run, "golden.csv"));
	if (!st)
		st = review_write(run);
	return st ? st : output_clusters(run);
}
