/* SPDX-License-Identifier: Apache-2.0 */
/* Linking the records of one kind by the linkage engine, and reading back whose they are. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "data/theme/theme_private.h"
#include "engine/linkage/linkage.h"
#include "engine/linkage/memory.h"

static enum status write_settings(struct build *b, enum theme_kind kind, const char *path)
{
	const struct buf *text = &b->settings->bases[kind].linkage;
	FILE *f = fopen(path, "we");
	bool bad = !f || fwrite(text->data, 1, text->size, f) != text->size;

	if (f)
		bad |= fclose(f) != 0;
	return bad ? fail(b->c, ST_INTERNAL, "store", "cannot write %s: %s", path, strerror(errno))
		   : ST_OK;
}

/* A cluster is named by its first record, and the records come in their order: a new name is the next
 * entity. */
static enum status read_clusters(struct build *b, struct records *r, const char *path)
{
	struct comma_file f;
	uint32_t i = 0;
	enum status st = comma_open(b->c, path, &f);

	if (st)
		return st;
	while (!st && !(st = comma_next(b->c, &f)) && f.count) {
		uint32_t cluster, record;
		if (f.count != 2 || !csv_number(&f.fields[0], 0, r->count, &cluster) ||
		    !csv_number(&f.fields[1], 0, r->count, &record) || record != i || cluster > i) {
			st = fail(b->c, ST_INTERNAL, NULL,
				  "%s, line %lld: not the clusters of %u records", path,
				  (long long)f.csv.line, r->count);
			break;
		}
		r->of[i] = cluster == i ? r->entities++ : r->of[cluster];
		i++;
	}
	file_text_close(&f.text);
	if (!st && i != r->count)
		st = fail(b->c, ST_INTERNAL, NULL, "%s tells of %u of %u records", path, i,
			  r->count);
	return st;
}

static void remove_files(const char *folder, struct arena *a)
{
	static const char *const files[] = { "clusters.csv", "given.ini", "review.jsonl",
					     "judged.csv" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		(void)unlink(arena_printf(a, "%s/%s", folder, files[i]));
	(void)rmdir(folder);
}

enum status records_link(struct build *b, enum theme_kind kind)
{
	SCOPED_ARENA struct arena *own = arena_new();
	struct records *r = &b->records[kind];
	const char *folder = arena_printf(b->c->arena, "%s/%s", b->folder, theme_kind_words[kind]);
	const char *given = arena_printf(b->c->arena, "%s/given.ini", folder);
	struct linkage_ask ask = { .inputs = &r->table_path,
				   .input_count = 1,
				   .settings = given,
				   .judged = b->ask->judged ? arena_printf(b->c->arena,
									   "%s/judged.csv", folder)
							    : NULL,
				   .id = "unique_id",
				   .out = folder,
				   .clusters_only = true,
				   .quiet = b->ask->quiet,
				   .threads = b->ask->threads };
	/* The engine's memory ends with its run. */
	struct call *c = call_new(own, b->c->request_id);
	FILE *report = fopen("/dev/null", "we");

	r->of = big_alloc(r->count, sizeof *r->of);
	if (!report || (mkdir(folder, 0750) && errno != EEXIST)) {
		if (report)
			fclose(report);
		return fail(b->c, ST_INTERNAL, "store", "cannot make %s: %s", folder,
			    strerror(errno));
	}
	enum status st = write_settings(b, kind, given);
	if (!st && ask.judged)
		st = judged_lay_out(b, kind, ask.judged);
	/* The engine links two records or more. */
	if (!st && r->count < 2) {
		r->entities = r->count;
	} else if (!st) {
		st = linkage_run(c, &ask, report);
		if (st)
			st = fail(b->c, st, c->problem_at, "linking %s: %s", theme_kind_words[kind],
				  c->problem);
		else
			st = read_clusters(b, r,
					   arena_printf(b->c->arena, "%s/clusters.csv", folder));
	}
	if (!st)
		st = doubts_read(b, kind, arena_printf(b->c->arena, "%s/review.jsonl", folder));
	fclose(report);
	remove_files(folder, b->c->arena);
	b->counts.bases[kind] = r->entities;
	b->counts.links += r->count;
	return st;
}
