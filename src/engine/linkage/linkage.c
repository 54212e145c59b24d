/* SPDX-License-Identifier: Apache-2.0 */
/* One run from tables to clusters, phase by phase; README.md has the picture. */
#include "engine/linkage/linkage.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/linkage/linkage_private.h"

void begin_phase(struct run *run, const char *name)
{
	struct phase *p = &run->phases[run->phase_count++];
	p->name = name;
	p->wall = wall_seconds();
	p->cpu = cpu_seconds();
	if (!run->ask->quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%s …", name);
}

void end_phase(struct run *run)
{
	struct phase *p = &run->phases[run->phase_count - 1];
	p->wall = wall_seconds() - p->wall;
	p->cpu = cpu_seconds() - p->cpu;
	if (!run->ask->quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

/* --- comparing and scoring all pairs --- */

static void compare_all(struct run *run)
{
	uint64_t *patterns = big_alloc(run->pairs.count, sizeof *patterns);

	compare_list(run->comparer, &run->pairs, run->ask->threads, patterns);
	run->pattern_of = big_alloc(run->pairs.count, sizeof *run->pattern_of);
	patterns_init(&run->patterns);
	for (size_t i = 0; i < run->pairs.count; i++)
		run->pattern_of[i] = patterns_add(&run->patterns, patterns[i]);
	big_free(patterns, run->pairs.count, sizeof *patterns);
}

static void score_all(struct run *run)
{
	const struct settings *s = &run->settings;
	uint32_t count = run->patterns.count;
	float *base = big_alloc(count, sizeof *base);
	uint16_t *masks = big_alloc(count, sizeof *masks);
	unsigned places[COMPARISONS_MAX];

	for (unsigned i = 0; i < s->comparison_count; i++)
		places[i] = run->tables.columns[s->comparisons[i].column].place;
	score_base(&run->model, s, &run->patterns, base, masks);
	run->weights = big_alloc(run->pairs.count, sizeof *run->weights);
	for (size_t i = 0; i < run->pairs.count; i++) {
		uint32_t p = run->pattern_of[i];
		double w = (double)base[p];
		const uint32_t *line = line_of(&run->tables, run->pairs.list[i].l);
		for (unsigned mask = masks[p]; mask; mask &= mask - 1) {
			unsigned k = (unsigned)__builtin_ctz(mask);
			w += model_rare_weight(&run->model, k,
					       value_count(run->comparer, k, line[places[k]]));
		}
		run->weights[i] = (float)w;
	}
	big_free(base, count, sizeof *base);
	big_free(masks, count, sizeof *masks);
}

/* --- settings --- */

enum status settings_read(struct run *run, const struct tables *t)
{
	const char *path = run->ask->settings;
	FILE *f = fopen(path, "re");
	struct buf text = { .arena = run->c->arena };

	if (!f)
		return fail(run->c, ST_NOT_FOUND, "settings", "cannot read %s: %s", path,
			    strerror(errno));
	for (size_t n = 1; n && text.size <= 1 << 20;) {
		char *to = buf_reserve(&text, 1 << 16);
		n = fread(to, 1, 1 << 16, f);
		text.size += n;
		text.data[text.size] = '\0';
	}
	fclose(f);
	return settings_parse(run->c, path, buf_text(&text), text.size, t, &run->settings);
}

/* The columns that have a place in the lines. */
void choose_columns(struct run *run, struct tables *t, bool settings_known)
{
	const struct settings *s = &run->settings;
	int truth = run->ask->truth ? tables_column(t, run->ask->truth) : -1;

	for (unsigned i = 0; i < t->column_count; i++)
		t->columns[i].compared = !settings_known && (int)i != t->id_column &&
					 (int)i != truth;
	for (unsigned i = 0; settings_known && i < s->comparison_count; i++)
		t->columns[s->comparisons[i].column].compared = true;
	for (unsigned i = 0; settings_known && i < s->rule_count; i++)
		for (unsigned k = 0; k < s->rules[i].count; k++) {
			t->columns[s->rules[i].parts[k].column].compared = true;
			if (s->rules[i].parts[k].kind == PART_EITHER)
				t->columns[s->rules[i].parts[k].other].compared = true;
		}
}

enum status id_is_free(struct run *run, const struct tables *t)
{
	if (t->id_column >= 0 && t->columns[t->id_column].compared)
		return fail(run->c, ST_BAD_INPUT, "id",
			    "the column %s holds ids and is not compared",
			    t->columns[t->id_column].name);
	return ST_OK;
}

static enum status prepare(struct run *run)
{
	enum status st;

	begin_phase(run, "read");
	st = tables_read(run->c, run->ask, &run->tables);
	if (!st)
		st = truth_read(run->c, run->ask, &run->tables);
	if (!st)
		st = judged_read(run->c, run->ask->judged, &run->tables, &run->judged);
	end_phase(run);
	if (!st && run->ask->settings)
		st = settings_read(run, &run->tables);
	if (st)
		return st;
	begin_phase(run, "normalise");
	choose_columns(run, &run->tables, run->ask->settings != NULL);
	st = id_is_free(run, &run->tables);
	if (!st)
		tables_normalise(&run->tables, run->ask->threads);
	end_phase(run);
	if (st || run->ask->settings)
		return st;
	begin_phase(run, "suggest");
	st = settings_suggest(run->c, &run->tables, &run->settings);
	end_phase(run);
	return st;
}

/* Where each source holds an entity once, a pair whose records found stronger partners is no link. */
static void drop_rivals(struct run *run)
{
	const uint32_t *of = run->clusters.of;
	size_t kept = 0;

	clusters_at(&run->tables, &run->clusters, LOWEST, run->clusters.of);
	for (size_t i = 0; i < run->pairs.count; i++)
		if (of[run->pairs.list[i].l] != of[run->pairs.list[i].r])
			run->weights[i] = fminf(run->weights[i], LOWEST);
	for (size_t i = 0; i < run->edge_count; i++)
		if (of[run->edges[i].l] == of[run->edges[i].r])
			run->edges[kept++] = run->edges[i];
	run->edge_count = kept;
}

static void sort_edges(struct run *run)
{
	double lowest = edges_from(&run->settings);
	size_t n = 0;

	for (size_t i = 0; i < run->pairs.count; i++)
		n += (double)run->weights[i] >= lowest;
	run->edges = big_alloc(n, sizeof *run->edges);
	run->edge_count = run->edge_room = n;
	n = 0;
	for (size_t i = 0; i < run->pairs.count; i++)
		if ((double)run->weights[i] >= lowest)
			run->edges[n++] = (struct edge){ run->weights[i], run->pairs.list[i].l,
							 run->pairs.list[i].r };
	qsort(run->edges, n, sizeof *run->edges, edge_order);
}

struct edge_cursor {
	const struct run *run;
	size_t at;
};

static bool next_edge(void *from, struct edge *out)
{
	struct edge_cursor *k = from;
	if (k->at == k->run->edge_count)
		return false;
	*out = k->run->edges[k->at++];
	return true;
}

static void cluster_all(struct run *run)
{
	const struct settings *s = &run->settings;
	struct tables *t = &run->tables;
	struct edge_cursor edges = { run, 0 };
	uint64_t *identities = NULL;

	sort_edges(run);
	if (identities_matter(s)) {
		identities = big_alloc(t->records, sizeof *identities);
		for (uint32_t i = 0; i < t->records; i++)
			identities[i] = identity_of(run->comparer, i);
	}
	clusters_join(t, s, identities, &run->judged, next_edge, &edges, &run->clusters);
	big_free(identities, t->records, sizeof *identities);
	if (s->one_to_one)
		drop_rivals(run);
	clusters_at(t, &run->clusters, log2(s->cluster_threshold / (1 - s->cluster_threshold)),
		    run->clusters.of);
	double least = log2(s->link_threshold / (1 - s->link_threshold));
	while (run->link_count < (int64_t)run->edge_count &&
	       (double)run->edges[run->link_count].weight >= least)
		run->link_count++;
}

static enum status link_records(struct run *run)
{
	const struct settings *s = &run->settings;
	struct tables *t = &run->tables;
	enum status st;

	begin_phase(run, "derive");
	tables_unify(t, s, run->ask->threads);
	run->comparer = comparer_new(t, s, run->ask->threads);
	end_phase(run);
	begin_phase(run, "block");
	st = pairs_make(run->c, t, s, run->ask->threads, &run->pairs);
	end_phase(run);
	if (st)
		return st;
	begin_phase(run, "compare");
	compare_all(run);
	end_phase(run);
	begin_phase(run, "train");
	model_train(t, s, run->comparer, &run->patterns, run->ask->threads, &run->model);
	end_phase(run);
	begin_phase(run, "score");
	score_all(run);
	end_phase(run);
	begin_phase(run, "cluster");
	cluster_all(run);
	end_phase(run);
	return ST_OK;
}

static enum status write_report(struct run *run)
{
	struct buf text = { .arena = run->c->arena };
	FILE *f;

	if (!run->ask->report)
		return ST_OK;
	report_json(run, &text);
	f = fopen(run->ask->report, "we");
	if (!f || fputs(buf_text(&text), f) < 0) {
		if (f)
			fclose(f);
		return fail(run->c, ST_BAD_INPUT, "report", "cannot write %s: %s", run->ask->report,
			    strerror(errno));
	}
	return fclose(f) ? fail(run->c, ST_INTERNAL, "report", "cannot write all of %s",
				run->ask->report)
			 : ST_OK;
}

static enum status tell(struct run *run, FILE *to)
{
	struct buf text = { .arena = run->c->arena };
	enum status st = ST_OK;

	if (run->tables.truth)
		evaluate(&run->tables, &run->settings, &run->pairs, run->weights, &run->clusters,
			 &run->evaluation);
	if (!run->ask->memory) {
		begin_phase(run, "write");
		st = output_write(run);
		end_phase(run);
	}
	for (unsigned i = 0; i < run->phase_count; i++) {
		run->wall += run->phases[i].wall;
		run->cpu += run->phases[i].cpu;
	}
	if (!st && run->ask->explain) {
		st = explain_pair(run, run->ask->explain, &text);
		if (!st)
			fputs(buf_text(&text), to);
	} else if (!st) {
		report_text(run, to);
	}
	return st ? st : write_report(run);
}

static void run_done(struct run *run)
{
	comparer_end(run->comparer);
	patterns_done(&run->patterns);
	big_free(run->pattern_of, run->pairs.count, sizeof *run->pattern_of);
	big_free(run->weights, run->pairs.count, sizeof *run->weights);
	big_free(run->edges, run->edge_room, sizeof *run->edges);
	pairs_done(&run->pairs);
	clusters_done(&run->clusters, &run->tables);
	judged_done(&run->judged);
	tables_done(&run->tables);
}

enum status linkage_run(struct call *c, const struct linkage_ask *asked, FILE *to)
{
	struct linkage_ask ask = *asked;
	struct run *run = arena_alloc(c->arena, sizeof *run);
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	enum status st;

	if (!ask.threads)
		ask.threads = processors < 1 ? 1 : processors > 8 ? 8 : (unsigned)processors;
	run->c = c;
	run->ask = &ask;
	st = ask.memory ? large_refusal(c, &ask) : ST_OK;
	if (!st)
		st = ask.memory ? large_link(run) : prepare(run);
	if (!st && ask.memory) {
		st = tell(run, to);
	} else if (!st && ask.suggest_only) {
		struct buf text = { .arena = c->arena };
		settings_write(&run->settings, &run->tables, &text);
		fputs(buf_text(&text), to);
	} else if (!st) {
		st = link_records(run);
		if (!st)
			st = tell(run, to);
	}
	run_done(run);
	return st;
}
