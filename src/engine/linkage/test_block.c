/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates: those and only those that the rules bring, in the same order for any number of threads. */
#include <stdio.h>
#include <stdlib.h>
#include "engine/linkage/linkage_private.h"
#include "harness.h"

#define RECORDS 3000
#define COLUMNS 3

/* Values of the columns a, b and c; 0: none. */
static unsigned values[RECORDS][COLUMNS];

/* A table of values that few, some and many records share, read and ready to be paired. */
static struct run *ready_run(const char *block_max)
{
	static const unsigned among[COLUMNS] = { 40, 25, 900 };
	struct call *c = test_call();
	const char *folder = test_folder();
	const char *table = arena_printf(c->arena, "%s/t.csv", folder);
	struct run *run = arena_alloc(c->arena, sizeof *run);
	struct linkage_ask *ask = arena_alloc(c->arena, sizeof *ask);
	const char **inputs = arena_alloc(c->arena, sizeof *inputs);
	FILE *f = fopen(table, "we");
	uint64_t state = 7;

	assert_non_null(f);
	fputs("id,a,b,c\n", f);
	for (unsigned i = 0; i < RECORDS; i++) {
		fprintf(f, "%u", i);
		for (unsigned k = 0; k < COLUMNS; k++) {
			state = mix(state + i);
			values[i][k] = (unsigned)(state % among[k]);
			if (values[i][k])
				fprintf(f, ",v%u", values[i][k]);
			else
				fputc(',', f);
		}
		fputc('\n', f);
	}
	fclose(f);
	inputs[0] = table;
	*ask = (struct linkage_ask){ .inputs = inputs, .input_count = 1, .id = "id" };
	*run = (struct run){ .c = c, .ask = ask };
	const char *settings = arena_printf(
		c->arena,
		"[link]\nblock-max = %s\n[compare]\na = exact\nb = exact\nc = exact\n[block]\n"
		"rule = a + b\nrule = b + c\nrule = c\n",
		block_max);
	assert_int_equal(tables_read(c, ask, &run->tables), ST_OK);
	if (settings_parse(c, "s.ini", settings, strlen(settings), &run->tables, &run->settings))
		test_fail("%s", c->problem);
	choose_columns(run, &run->tables, true);
	tables_normalise(&run->tables, 2);
	run->comparer = comparer_new(&run->tables, &run->settings, 2);
	return run;
}

static void run_end(struct run *run)
{
	comparer_end(run->comparer);
	tables_done(&run->tables);
}

static bool share(unsigned l, unsigned r, unsigned column)
{
	return values[l][column] && values[l][column] == values[r][column];
}

TEST(rules_bring_each_pair_once_by_the_first_that_it_satisfies)
{
	struct run *run = ready_run("100000");
	int64_t first[COLUMNS] = { 0 }, whole[COLUMNS] = { 0 };
	struct pairs p;

	for (unsigned l = 0; l < RECORDS; l++)
		for (unsigned r = l + 1; r < RECORDS; r++) {
			bool a = share(l, r, 0), b = share(l, r, 1), c = share(l, r, 2);
			whole[0] += a && b;
			whole[1] += b && c;
			whole[2] += c;
			first[0] += a && b;
			first[1] += b && c && !a;
			first[2] += c && !b;
		}
	assert_int_equal(pairs_make(run->c, &run->tables, &run->settings, 4, &p), ST_OK);
	for (unsigned i = 0; i < COLUMNS; i++) {
		assert_true(first[i] > 50);
		assert_int_equal(p.whole_rule[i], whole[i]);
		assert_int_equal(p.by_rule[i], first[i]);
		assert_int_equal(rule_size(&run->tables, &run->settings, &run->settings.rules[i]),
				 whole[i]);
	}
	assert_int_equal(p.count, first[0] + first[1] + first[2]);
	pairs_unique(&p, 0);
	assert_int_equal(p.count, first[0] + first[1] + first[2]);
	for (size_t i = 0; i < p.count; i++) {
		unsigned l = p.list[i].l, r = p.list[i].r;
		assert_true(l < r && (share(l, r, 2) || (share(l, r, 0) && share(l, r, 1))));
	}
	pairs_done(&p);
	run_end(run);
}

/* Without blocks over the cap, with some, and with most of one rule over it. */
TEST(any_number_of_threads_makes_the_same_pairs_in_the_same_order)
{
	static const char *const block_max[] = { "100000", "6", "4" };
	static const unsigned threads[] = { 2, 4, 7 };

	for (size_t i = 0; i < sizeof block_max / sizeof *block_max; i++) {
		struct run *run = ready_run(block_max[i]);
		struct pairs one, many;
		assert_int_equal(pairs_make(run->c, &run->tables, &run->settings, 1, &one), ST_OK);
		assert_true(i ? one.capped_count > 50 : one.capped_count == 0);
		for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
			assert_int_equal(pairs_make(run->c, &run->tables, &run->settings,
						    threads[k], &many),
					 ST_OK);
			assert_int_equal(many.count, one.count);
			assert_memory_equal(many.list, one.list, one.count * sizeof *one.list);
			assert_memory_equal(many.by_rule, one.by_rule, sizeof one.by_rule);
			assert_memory_equal(many.whole_rule, one.whole_rule, sizeof one.whole_rule);
			assert_int_equal(many.capped_count, one.capped_count);
			for (size_t b = 0; b < one.capped_count; b++) {
				const struct capped_block *x = &many.capped[b], *y = &one.capped[b];
				assert_true(x->rule == y->rule && x->records == y->records &&
					    x->pairs_whole == y->pairs_whole &&
					    x->pairs_made == y->pairs_made);
			}
			pairs_done(&many);
		}
		pairs_done(&one);
		run_end(run);
	}
}
