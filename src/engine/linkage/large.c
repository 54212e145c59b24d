/* SPDX-License-Identifier: Apache-2.0 */
/* A run over tables that memory does not hold: what grows with them is files that are written and read from end to
 * end, but for some 24 bytes a record that clusters take. It gives the same as a run without a limit. */
#include "engine/linkage/large_private.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/rows.h"

bool linkage_memory_parse(const char *s, int64_t *out)
{
	static const char units[] = "KMG";
	size_t size = strlen(s);
	const char *unit = size ? strchr(units, s[size - 1]) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	char number[24];
	int64_t v;

	if (size >= sizeof number)
		return false;
	memcpy(number, s, size + 1);
	if (unit)
		number[size - 1] = '\0';
	if (!int_parse(number, &v) || v < 1 || v > INT64_MAX >> shift)
		return false;
	*out = v << shift;
	return true;
}

enum status large_refusal(struct call *c, const struct linkage_ask *ask)
{
	static const char *const why =
		"with a limit of memory %s; run it without a limit, or on a part of the table";

	if (ask->suggest_only || !ask->settings)
		return fail(c, ST_NOT_OFFERED, "memory", why,
			    "settings are not suggested: give --settings");
	if (ask->truth)
		return fail(c, ST_NOT_OFFERED, "memory", why, "quality is not measured (--truth)");
	if (ask->explain)
		return fail(c, ST_NOT_OFFERED, "memory", why, "no pair is explained (--explain)");
	if (ask->memory < LARGE_FIXED + (8 << 20))
		return fail(c, ST_BAD_INPUT, "memory", "the least limit of memory is %lld MiB",
			    (long long)(LARGE_FIXED >> 20) + 8);
	return ST_OK;
}

static enum status refuse_settings(struct large *l)
{
	const struct settings *s = &l->run->settings;

	if (s->review_high > 0)
		return fail(l->c, ST_NOT_OFFERED, "memory",
			    "review-high: pairs for review are not told with a limit of memory");
	for (unsigned i = 0; i < s->rule_count; i++)
		if (s->rules[i].parts[0].kind == PART_TOKEN)
			return fail(l->c, ST_NOT_OFFERED, "memory",
				    "rule %u: token() is not offered with a limit of memory",
				    i + 1);
	for (unsigned i = 0; i < s->comparison_count; i++)
		if (s->comparisons[i].kind == KIND_TOKENS)
			return fail(l->c, ST_NOT_OFFERED, "memory",
				    "%s: the kind tokens is not offered with a limit of memory",
				    l->run->tables.columns[s->comparisons[i].column].name);
	return ST_OK;
}

enum status large_trouble(struct large *l, const struct spill *s)
{
	return fail(l->c, ST_INTERNAL, "memory", "cannot keep files in %s: %s", l->folder,
		    strerror(spill_error(s)));
}

enum status large_check(struct large *l)
{
	const struct spill *const kept[] = { l->route, l->id_text, l->id_at,
					     l->raw,   l->pairs,   l->edges };

	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (kept[i] && spill_error(kept[i]))
			return large_trouble(l, kept[i]);
	for (unsigned p = 0; p < l->places; p++)
		if (l->known[p] && spill_error(l->known[p]))
			return large_trouble(l, l->known[p]);
	return ST_OK;
}

struct spill *large_spill(struct large *l, unsigned parts)
{
	struct spill *s = spill_new(l->folder, parts);
	if (!s && fail(l->c, ST_INTERNAL, "memory", "cannot make files in %s: %s", l->folder,
		       strerror(errno)))
		return NULL;
	return s;
}

/* --- beginning --- */

static void choose_kinds(struct large *l)
{
	const struct settings *s = &l->run->settings;

	for (unsigned p = 0; p < l->places; p++) {
		l->unify[p] = -1;
		/* The first comparison of a column says how it is unified, as in tables_unify(). */
		for (unsigned i = s->comparison_count; i-- > 0;) {
			enum kind k = s->comparisons[i].kind;
			if (s->comparisons[i].column == l->column[p])
				l->unify[p] = k == KIND_ADDRESS || k == KIND_CITIZEN ||
							      k == KIND_CODE
						      ? (int)k
						      : -1;
		}
	}
	for (unsigned i = 0; i < s->comparison_count; i++)
		if (s->comparisons[i].by_frequency)
			l->rare[l->rare_count++] = i;
}

/* Headers, settings and what follows from them. The tables of the run then have columns and no records. */
static enum status begin(struct large *l)
{
	struct run *run = l->run;
	struct arena *a = l->c->arena;
	struct tables header;
	enum status st = tables_stream(l->c, run->ask, NULL, NULL, &header);

	if (!st)
		st = settings_read(run, &header);
	if (!st) {
		choose_columns(run, &header, true);
		st = id_is_free(run, &header);
	}
	l->column = arena_array(a, header.column_count + 1ul, sizeof *l->column);
	for (unsigned i = 0; i < header.column_count; i++)
		if (header.columns[i].compared)
			l->column[l->places++] = i;
	run->tables = header;
	l->unify = arena_array(a, l->places + 1ul, sizeof *l->unify);
	l->distinct = arena_array(a, l->places + 1ul, sizeof *l->distinct);
	l->came = arena_array(a, l->places + 1ul, sizeof *l->came);
	l->known = arena_array(a, l->places + 1ul, sizeof *l->known);
	l->normal = arena_alloc(a, (64 << 10) + 64);
	l->key = arena_alloc(a, (64 << 10) + 64);
	if (!st)
		st = refuse_settings(l);
	if (!st)
		choose_kinds(l);
	tables_done(&run->tables);
	return st;
}

/* What clusters take, the most that must be in memory for every record. */
static int64_t cluster_bytes(const struct run *run)
{
	const struct settings *s = &run->settings;

	return (int64_t)run->tables.records *
	       (20 + (s->one_to_one ? 8 : 0) + (identities_matter(s) ? 8 : 0) +
		(run->ask->judged ? 8 : 0));
}

static enum status read_all(struct large *l)
{
	struct tables *t = &l->run->tables;
	enum status st = large_read(l);

	if (st)
		return st;
	if (t->records < 2)
		return fail(l->c, ST_BAD_INPUT, NULL, "%s holds fewer than two records",
			    l->run->ask->inputs[0]);
	for (unsigned p = 0; p < l->places; p++) {
		t->columns[l->column[p]].compared = true;
		t->columns[l->column[p]].place = p;
		t->columns[l->column[p]].distinct = l->distinct[p];
	}
	int64_t least = LARGE_FIXED + cluster_bytes(l->run);
	if (l->run->ask->memory < least)
		return fail(l->c, ST_TOO_LARGE, "memory",
			    "%u records need at least %lld MiB with these settings", t->records,
			    (long long)(least >> 20) + 1);
	return l->run->ask->judged ? large_judged(l, l->room - (size_t)(least - LARGE_FIXED))
				   : ST_OK;
}

/* --- scoring --- */

/* The next pair that is not the one before. */
static bool next_pair(struct spill_merge *m, struct large_pair *p)
{
	struct large_pair last = *p;
	bool first = last.l == last.r;

	while (spill_merge_next(m, p))
		if (first || p->l != last.l || p->r != last.r)
			return true;
	return false;
}

static void count_patterns(struct large *l)
{
	struct large_pair p = { 0 };
	struct spill_merge m;

	patterns_init(&l->run->patterns);
	l->run->pairs.count = 0;
	spill_merge_begin(&m, l->pairs, large_pair_size(l), large_pair_order);
	while (next_pair(&m, &p)) {
		patterns_add(&l->run->patterns, p.pattern);
		l->run->pairs.count++;
	}
	spill_merge_done(&m);
}

static enum status train(struct large *l)
{
	struct run *run = l->run;
	struct pattern_table sample;
	enum status st = large_sample(l, &sample);

	if (!st)
		model_fit(&run->settings, run->tables.records,
			  pairs_possible(&run->tables, &run->settings), l->equal, &run->patterns,
			  &sample, &run->model);
	patterns_done(&sample);
	return st;
}

static void flush_edges(struct large *l, struct edge *edges, size_t count)
{
	qsort(edges, count, sizeof *edges, edge_order);
	spill_add(l->edges, spill_part(l->edges), edges, count * sizeof *edges);
	spill_settle(l->edges);
}

static void score_pairs(struct large *l, const float *base, const uint16_t *masks)
{
	const struct run *run = l->run;
	size_t room = l->room / 4 / sizeof(struct edge), count = 0;
	struct edge *edges = big_alloc(room, sizeof *edges);
	double lowest = edges_from(&run->settings);
	struct large_pair p = { 0 };
	struct spill_merge m;

	spill_merge_begin(&m, l->pairs, large_pair_size(l), large_pair_order);
	while (next_pair(&m, &p)) {
		uint32_t number = patterns_number(&run->patterns, p.pattern);
		double w = (double)base[number];
		for (unsigned k = 0; k < l->rare_count; k++)
			if (masks[number] >> l->rare[k] & 1)
				w += model_rare_weight(&run->model, l->rare[k], p.counts[k]);
		if ((double)(float)w < lowest)
			continue;
		edges[count++] = (struct edge){ (float)w, p.l, p.r };
		if (count == room) {
			flush_edges(l, edges, count);
			count = 0;
		}
	}
	flush_edges(l, edges, count);
	spill_merge_done(&m);
	big_free(edges, room, sizeof *edges);
}

static enum status score(struct large *l)
{
	uint32_t count = l->run->patterns.count;
	float *base = big_alloc(count, sizeof *base);
	uint16_t *masks = big_alloc(count, sizeof *masks);

	l->edges = large_spill(l, 0);
	if (!l->edges)
		return ST_INTERNAL;
	score_base(&l->run->model, &l->run->settings, &l->run->patterns, base, masks);
	score_pairs(l, base, masks);
	big_free(base, count, sizeof *base);
	big_free(masks, count, sizeof *masks);
	return ST_OK;
}

/* --- clusters and links --- */

static void find_identities(struct large *l)
{
	const struct run *run = l->run;
	struct large_walk w;

	if (!identities_matter(&run->settings))
		return;
	l->identities = big_alloc(run->tables.records, sizeof *l->identities);
	large_walk_begin(&w, l);
	while (large_walk_next(&w))
		for (unsigned i = 0; i < run->settings.comparison_count; i++) {
			const struct comparison *k = &run->settings.comparisons[i];
			const struct large_value *v =
				&w.values[run->tables.columns[k->column].place];
			char number[19];
			bool valid;
			if (k->kind != KIND_CITIZEN || !v->size || l->identities[w.record])
				continue;
			if (citizen_read(v->text, v->size, number, &valid) && valid)
				l->identities[w.record] = text_hash(number, 18) | 1;
		}
	large_walk_done(&w);
}

static bool next_edge(void *from, struct edge *out)
{
	return spill_merge_next(from, out);
}

static enum status cluster(struct large *l)
{
	struct spill_merge m;

	find_identities(l);
	spill_merge_begin(&m, l->edges, sizeof(struct edge), edge_order);
	clusters_join(&l->run->tables, &l->run->settings, l->identities, &l->run->judged, next_edge,
		      &m, &l->run->clusters);
	spill_merge_done(&m);
	big_free(l->identities, l->run->tables.records, sizeof *l->identities);
	l->identities = NULL;
	return ST_OK;
}

static bool is_rival(const struct run *run, const struct edge *e)
{
	return run->settings.one_to_one && run->clusters.of[e->l] != run->clusters.of[e->r];
}

/* links.csv, or only how many there are. */
static enum status write_links(struct large *l)
{
	struct run *run = l->run;
	const char *path = run->ask->out && !run->ask->clusters_only
				   ? arena_printf(l->c->arena, "%s/links.csv", run->ask->out)
				   : NULL;
	FILE *f = path ? fopen(path, "we") : NULL;
	double lowest = log2(run->settings.link_threshold / (1 - run->settings.link_threshold));
	struct rows rows = { 0 };
	struct spill_merge m;
	struct edge e;

	if (path && !f)
		return fail(l->c, ST_BAD_INPUT, "out", "cannot write %s: %s", path,
			    strerror(errno));
	if (f)
		fputs(output_link_header[run->tables.sources > 1], f);
	spill_merge_begin(&m, l->edges, sizeof e, edge_order);
	while (spill_merge_next(&m, &e) && (double)e.weight >= lowest) {
		if (is_rival(run, &e))
			continue;
		run->link_count++;
		if (!f)
			continue;
		output_link(run, &e, &rows);
		if (run->link_count % 256 == 0) {
			if (run->tables.drop)
				run->tables.drop(&run->tables);
			fwrite(rows.data, 1, rows.size, f);
			rows.size = 0;
		}
	}
	spill_merge_done(&m);
	if (f && rows.size)
		fwrite(rows.data, 1, rows.size, f);
	big_free(rows.data, rows.room, 1);
	bool bad = f && ferror(f);
	bad |= f && fclose(f);
	return bad ? fail(l->c, ST_INTERNAL, "out", "cannot write all of %s: %s", path,
			  strerror(errno))
		   : ST_OK;
}

static void drop_ids(const struct tables *t)
{
	(void)madvise(t->ids, t->ids_room, MADV_DONTNEED);
	(void)madvise(t->id_at, (t->records + 1ul) * sizeof *t->id_at + SPILL_SLACK, MADV_DONTNEED);
}

/* Whether all ids may be in memory beside the clusters. */
static bool ids_fit(const struct large *l)
{
	const struct run *run = l->run;
	size_t records = run->tables.records;
	size_t clusters = records * sizeof *run->clusters.of +
			  run->clusters.merge_room * sizeof *run->clusters.merges;

	return clusters + run->tables.ids_room + records * sizeof *run->tables.id_at <= l->room;
}

static enum status write_all(struct large *l)
{
	struct run *run = l->run;
	struct tables *t = &run->tables;
	size_t size;
	enum status st = ST_OK;

	if (run->ask->out) {
		t->id_at = spill_map(l->id_at, &size);
		t->ids = spill_map(l->id_text, &t->ids_room);
		t->drop = ids_fit(l) ? NULL : drop_ids;
		if (!t->id_at || !t->ids)
			st = fail(l->c, ST_INTERNAL, "memory", "cannot map the ids: %s",
				  strerror(errno));
	}
	if (!st && run->settings.one_to_one)
		clusters_at(t, &run->clusters, LOWEST, run->clusters.of);
	if (!st)
		st = write_links(l);
	double threshold = run->settings.cluster_threshold;
	clusters_at(t, &run->clusters, log2(threshold / (1 - threshold)), run->clusters.of);
	if (!st && run->ask->out)
		st = output_clusters(run);
	if (t->id_at)
		munmap(t->id_at, (t->records + 1ul) * sizeof *t->id_at + SPILL_SLACK);
	if (t->ids)
		munmap(t->ids, t->ids_room);
	t->id_at = NULL;
	t->ids = NULL;
	t->ids_room = 0;
	t->drop = NULL;
	return st;
}

/* --- the run --- */

static void large_done(struct large *l)
{
	for (unsigned p = 0; p < l->places; p++) {
		spill_end(l->came[p]);
		spill_end(l->known[p]);
	}
	for (unsigned i = 0; i < RULES_MAX; i++)
		big_free(l->capped[i], CAPPED_SIZE(l->run->tables.records), 1);
	big_free(l->record_data, l->record_room, 1);
	spill_end(l->route);
	spill_end(l->id_text);
	spill_end(l->id_at);
	spill_end(l->raw);
	spill_end(l->pairs);
	spill_end(l->edges);
}

/* What could not be written or read ends the run behind the phase that met it: a walk over the records only stops. */
static enum status phase(struct large *l, const char *name, enum status (*work)(struct large *))
{
	begin_phase(l->run, name);
	enum status st = work(l);
	if (!st)
		st = large_check(l);
	end_phase(l->run);
	return st;
}

static enum status count_and_train(struct large *l)
{
	count_patterns(l);
	if (spill_error(l->pairs))
		return large_trouble(l, l->pairs);
	return train(l);
}

static enum status write_golden(struct large *l)
{
	return large_golden(l, arena_printf(l->c->arena, "%s/golden.csv", l->run->ask->out));
}

enum status large_link(struct run *run)
{
	struct large *l = arena_alloc(run->c->arena, sizeof *l);
	const char *temporary = getenv("TMPDIR");
	enum status st = ST_OK;

	l->run = run;
	l->c = run->c;
	l->room = (size_t)(run->ask->memory - LARGE_FIXED);
	l->folder = run->ask->out ? run->ask->out : temporary ? temporary : "/var/tmp";
	if (run->ask->out)
		st = output_make(run);
	if (!st)
		st = begin(l);
	if (!st)
		st = phase(l, "read", read_all);
	if (!st && run->ask->out)
		output_label(run);
	if (!st)
		st = phase(l, "pair and compare", large_pairs);
	if (!st)
		st = phase(l, "train", count_and_train);
	if (!st)
		st = phase(l, "score", score);
	if (!st)
		st = phase(l, "cluster", cluster);
	if (!st)
		st = phase(l, "write", write_all);
	if (!st && run->ask->out && !run->ask->clusters_only)
		st = phase(l, "golden records", write_golden);
	large_done(l);
	return st;
}
