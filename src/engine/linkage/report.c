/* SPDX-License-Identifier: Apache-2.0 */
/* What a run tells: counts, the model, what was capped, seconds by phase, quality where the truth is
 * known; as text and as JSON; and why a pair has its weight. */
#include <math.h>
#include "base/json.h"
#include "engine/linkage/linkage_private.h"

static int64_t cluster_count(const struct run *run)
{
	int64_t n = 0;
	for (uint32_t i = 0; i < run->tables.records; i++)
		n += run->clusters.of[i] == i;
	return n;
}

static void say_quality(FILE *to, const char *what, const struct quality *q)
{
	fprintf(to, "  %-26s precision %.4f  recall %.4f  F1 %.4f  (weight %.2f)\n", what,
		q->precision, q->recall, q->f1, q->threshold);
}

static void say_model(const struct run *run, FILE *to)
{
	const struct model *m = &run->model;

	fprintf(to, "model: prior %.3g, %.0f matches expected, %u rounds\n", m->prior, m->expected,
		m->rounds);
	for (unsigned i = 0; i < run->settings.comparison_count; i++) {
		const struct comparison *c = &run->settings.comparisons[i];
		fprintf(to, "  %s (%s)\n", run->tables.columns[c->column].name,
			level_names[c->kind].kind);
		for (unsigned l = 1; l < levels_of(c->kind); l++)
			fprintf(to, "    %-28s m %.4f  u %.6f  %+.2f bits\n",
				level_names[c->kind].names[l], m->m[i][l], m->u[i][l],
				log2(m->m[i][l] / m->u[i][l]));
	}
}

void report_text(const struct run *run, FILE *to)
{
	const struct evaluation *e = &run->evaluation;
	SCOPED_ARENA struct arena *a = arena_new();

	fprintf(to, "%u records of %u tables, %zu candidate pairs, %u patterns\n",
		run->tables.records, run->tables.sources, run->pairs.count, run->patterns.count);
	for (unsigned i = 0; i < run->settings.rule_count; i++) {
		struct buf rule = { .arena = a };
		settings_write_rule(&run->settings.rules[i], &run->tables, &rule);
		fprintf(to, "  rule %-40s %lld pairs, %lld first\n", buf_text(&rule),
			(long long)run->pairs.whole_rule[i], (long long)run->pairs.by_rule[i]);
	}
	for (size_t i = 0; i < run->pairs.capped_count; i++) {
		const struct capped_block *b = &run->pairs.capped[i];
		if (i == 20) {
			fprintf(to, "  and %zu more blocks that were split\n",
				run->pairs.capped_count - i);
			break;
		}
		fprintf(to, "  rule %u: a block of %lld records was split: %lld pairs of %lld\n",
			b->rule + 1, (long long)b->records, (long long)b->pairs_made,
			(long long)b->pairs_whole);
	}
	say_model(run, to);
	fprintf(to,
		"%lld links, %lld clusters; guards refused %lld by source, %lld by conflict, %lld by size\n",
		(long long)run->link_count, (long long)cluster_count(run),
		(long long)run->clusters.refused_source, (long long)run->clusters.refused_conflict,
		(long long)run->clusters.refused_size);
	if (run->judged.count)
		fprintf(to, "%zu pairs were judged by people; %lld links stood against them\n",
			run->judged.count, (long long)run->clusters.refused_judged);
	if (run->tables.truth) {
		fprintf(to, "truth: %lld pairs, %lld (%.4f) among the candidates\n",
			(long long)e->true_pairs, (long long)e->reached,
			e->true_pairs ? (double)e->reached / (double)e->true_pairs : 0);
		say_quality(to, "pairs at the default", &e->pairs_default);
		say_quality(to, "pairs at the best", &e->pairs_best);
		say_quality(to, "clusters at the default", &e->clusters_default);
		say_quality(to, "clusters at the best", &e->clusters_best);
	}
	for (unsigned i = 0; i < run->phase_count; i++)
		fprintf(to, "  %-12s %7.2f s  %7.2f CPU s\n", run->phases[i].name,
			run->phases[i].wall, run->phases[i].cpu);
	fprintf(to, "  %-12s %7.2f s  %7.2f CPU s  %lld MiB at most\n", "all", run->wall, run->cpu,
		(long long)(peak_memory() >> 20));
}

static void put_double(struct json_out *j, const char *name, double v)
{
	json_key(j, name);
	json_double(j, v);
}

static void put_quality(struct json_out *j, const char *name, const struct quality *q)
{
	json_key(j, name);
	json_object_begin(j);
	put_double(j, "precision", q->precision);
	put_double(j, "recall", q->recall);
	put_double(j, "f1", q->f1);
	put_double(j, "weight", q->threshold);
	json_object_end(j);
}

static void put_model(struct json_out *j, const struct run *run)
{
	json_key(j, "comparisons");
	json_array_begin(j);
	for (unsigned i = 0; i < run->settings.comparison_count; i++) {
		const struct comparison *c = &run->settings.comparisons[i];
		json_object_begin(j);
		json_put_str(j, "column", run->tables.columns[c->column].name);
		json_put_str(j, "kind", level_names[c->kind].kind);
		json_key(j, "levels");
		json_array_begin(j);
		for (unsigned l = 1; l < levels_of(c->kind); l++) {
			json_object_begin(j);
			json_put_str(j, "name", level_names[c->kind].names[l]);
			put_double(j, "m", run->model.m[i][l]);
			put_double(j, "u", run->model.u[i][l]);
			json_object_end(j);
		}
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

void report_json(const struct run *run, struct buf *out)
{
	const struct evaluation *e = &run->evaluation;
	struct json_out j = json_to(out);

	json_object_begin(&j);
	json_put_int(&j, "records", run->tables.records);
	json_put_int(&j, "candidates", (int64_t)run->pairs.count);
	json_put_int(&j, "capped_blocks", (int64_t)run->pairs.capped_count);
	json_put_int(&j, "links", run->link_count);
	json_put_int(&j, "clusters", cluster_count(run));
	put_double(&j, "prior", run->model.prior);
	json_put_int(&j, "judged", (int64_t)run->judged.count);
	json_put_int(&j, "refused_judged", run->clusters.refused_judged);
	if (run->tables.truth) {
		json_key(&j, "truth");
		json_object_begin(&j);
		json_put_int(&j, "pairs", e->true_pairs);
		json_put_int(&j, "among_candidates", e->reached);
		put_quality(&j, "pairs_default", &e->pairs_default);
		put_quality(&j, "pairs_best", &e->pairs_best);
		put_quality(&j, "clusters_default", &e->clusters_default);
		put_quality(&j, "clusters_best", &e->clusters_best);
		json_object_end(&j);
	}
	put_model(&j, run);
	json_key(&j, "phases");
	json_array_begin(&j);
	for (unsigned i = 0; i < run->phase_count; i++) {
		json_object_begin(&j);
		json_put_str(&j, "name", run->phases[i].name);
		put_double(&j, "seconds", run->phases[i].wall);
		put_double(&j, "cpu_seconds", run->phases[i].cpu);
		json_object_end(&j);
	}
	json_array_end(&j);
	put_double(&j, "seconds", run->wall);
	put_double(&j, "cpu_seconds", run->cpu);
	json_put_int(&j, "peak_memory", peak_memory());
	json_object_end(&j);
	buf_char(out, '\n');
}

/* --- one pair --- */

static enum status find_record(struct run *run, const char *id, size_t size, bool from_end,
			       uint32_t *out)
{
	const struct tables *t = &run->tables;
	for (uint32_t i = 0; i < t->records; i++) {
		uint32_t r = from_end ? t->records - 1 - i : i;
		size_t have;
		const char *s = tables_id(t, r, &have);
		if (have == size && memcmp(s, id, size) == 0) {
			*out = r;
			return ST_OK;
		}
	}
	return fail(run->c, ST_BAD_INPUT, "explain", "no record has the id %.*s", (int)size, id);
}

static void put_value(struct run *run, struct json_out *j, const char *name, unsigned column,
		      uint32_t record)
{
	const struct column *k = &run->tables.columns[column];
	uint32_t raw = k->raw[record];
	json_put_str(j, name,
		     arena_strndup(run->c->arena, dict_text(&k->dict, raw),
				   k->dict.values[raw].size));
}

static void put_id(struct run *run, struct json_out *j, const char *name, uint32_t record)
{
	size_t size;
	const char *id = tables_id(&run->tables, record, &size);
	json_put_str(j, name, arena_strndup(run->c->arena, id, size));
}

void waterfall_write(struct run *run, struct memo *memo, uint32_t l, uint32_t r, struct json_out *j)
{
	uint64_t pattern = compare_records(run->comparer, memo, l, r);
	double total = log2(run->model.prior / (1 - run->model.prior));
	json_object_begin(j);
	put_id(run, j, "left", l);
	put_id(run, j, "right", r);
	put_double(j, "prior", total);
	json_key(j, "steps");
	json_array_begin(j);
	for (unsigned i = 0; i < run->settings.comparison_count; i++) {
		const struct comparison *c = &run->settings.comparisons[i];
		unsigned place = run->tables.columns[c->column].place,
			 equal = levels_of(c->kind) - 1;
		uint32_t values[2] = { line_of(&run->tables, l)[place],
				       line_of(&run->tables, r)[place] };
		unsigned level = nibble(pattern, i);
		double w =
			model_weight(&run->model, &run->settings, run->comparer, i, level, values);
		total += w;
		json_object_begin(j);
		json_put_str(j, "column", run->tables.columns[c->column].name);
		put_value(run, j, "left", c->column, l);
		put_value(run, j, "right", c->column, r);
		json_put_str(j, "level",
			     level || !values[0] || !values[1]
				     ? level_names[c->kind].names[level > equal ? equal : level]
				     : "implied by another column");
		put_double(j, "weight", w);
		put_double(j, "sum", total);
		json_object_end(j);
	}
	json_array_end(j);
	put_double(j, "weight", total);
	put_double(j, "probability", weight_probability(total));
	json_key(j, "same_cluster");
	json_bool(j, run->clusters.of[l] == run->clusters.of[r]);
	json_object_end(j);
}

enum status explain_pair(struct run *run, const char *ids, struct buf *out)
{
	const char *comma = strchr(ids, ',');
	struct json_out j = json_to(out);
	uint32_t l = 0, r = 0;
	enum status st;

	if (!comma)
		return fail(run->c, ST_BAD_INPUT, "explain", "two ids are separated by a comma");
	st = find_record(run, ids, (size_t)(comma - ids), false, &l);
	if (!st)
		st = find_record(run, comma + 1, strlen(comma + 1), true, &r);
	if (st)
		return st;
	if (l > r) {
		uint32_t kept = l;
		l = r, r = kept;
	}
	struct memo *memo = memo_new();
	waterfall_write(run, memo, l, r, &j);
	memo_end(memo);
	buf_char(out, '\n');
	return ST_OK;
}
