/* SPDX-License-Identifier: Apache-2.0 */
/* Building: one pass behind the other, then the new base is swapped in by one rename. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "data/intake/intake.h"
#include "data/theme/theme_private.h"
#include "engine/linkage/memory.h"

/* --- folders: STORE/lock, STORE/making, STORE/base-TIME, STORE/current -> base-TIME --- */

static void remove_folder(struct arena *a, const char *path, int depth)
{
	DIR *d = opendir(path);

	for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
		if (str_eq(e->d_name, ".") || str_eq(e->d_name, ".."))
			continue;
		const char *inside = arena_printf(a, "%s/%s", path, e->d_name);
		if (unlink(inside) && depth > 0)
			remove_folder(a, inside, depth - 1);
	}
	if (d)
		closedir(d);
	(void)rmdir(path);
}

static enum status lock_store(struct build *b, int *lock)
{
	const char *store = b->ask->store;
	const char *path = arena_printf(b->c->arena, "%s/lock", store);

	if (mkdir(store, 0750) && errno != EEXIST)
		return fail(b->c, ST_BAD_INPUT, "store", "cannot make %s: %s", store,
			    strerror(errno));
	*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (*lock < 0)
		return fail(b->c, ST_BAD_INPUT, "store", "cannot write into %s: %s", store,
			    strerror(errno));
	if (flock(*lock, LOCK_EX | LOCK_NB)) {
		close(*lock);
		return fail(b->c, ST_CONFLICT, "store", "a base is being built in %s already",
			    store);
	}
	/* What a build that was killed has left. */
	b->folder = arena_printf(b->c->arena, "%s/making", store);
	remove_folder(b->c->arena, b->folder, 1);
	if (mkdir(b->folder, 0750)) {
		close(*lock);
		return fail(b->c, ST_INTERNAL, "store", "cannot make %s: %s", b->folder,
			    strerror(errno));
	}
	return ST_OK;
}

static enum status sync_folder(struct build *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool bad = fd < 0 || fsync(fd);

	if (fd >= 0)
		close(fd);
	return bad ? fail(b->c, ST_INTERNAL, "store", "cannot sync %s: %s", path, strerror(errno))
		   : ST_OK;
}

/* Readers have the old base open or find the new one: 'current' is one or the other at any moment. */
static enum status swap_in(struct build *b)
{
	struct arena *a = b->c->arena;
	const char *store = b->ask->store;
	const char *name = arena_printf(a, "base-%lld", (long long)clock_now());
	const char *base = arena_printf(a, "%s/%s", store, name);
	const char *next = arena_printf(a, "%s/next", store);
	const char *current = arena_printf(a, "%s/current", store);
	enum status st = sync_folder(b, b->folder);

	if (st)
		return st;
	(void)unlink(next);
	if (rename(b->folder, base) || symlink(name, next) || rename(next, current))
		return fail(b->c, ST_INTERNAL, "store", "cannot swap in %s: %s", base,
			    strerror(errno));
	st = sync_folder(b, store);
	DIR *d = st ? NULL : opendir(store);
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (str_starts(e->d_name, "base-") && !str_eq(e->d_name, name))
			remove_folder(a, arena_printf(a, "%s/%s", store, e->d_name), 1);
	if (d)
		closedir(d);
	return st;
}

/* --- phases --- */

static void phase(struct build *b, const char *name)
{
	double now = wall_seconds(), cpu = cpu_seconds();

	if (!b->ask->quiet)
		fprintf(stderr,
			"%-10s %7.2f s, %7.2f s of CPU; since the start %7.2f s, %lld MiB at most\n",
			name, now - b->phase_began, cpu - b->phase_cpu, now - b->began,
			(long long)(peak_memory() >> 20));
	b->phase_began = now;
	b->phase_cpu = cpu;
}

static enum status read_settings(struct build *b)
{
	const char *path = b->ask->settings;
	struct file_text text;
	enum status st;

	b->settings = arena_alloc(b->c->arena, sizeof *b->settings);
	b->settings_text = theme_default_settings;
	if (path) {
		st = intake_text_open(b->c, path, &text);
		if (st)
			return st;
		b->settings_text = arena_strndup(b->c->arena, text.data, text.size);
		file_text_close(&text);
	}
	return theme_settings_parse(b->c, path ? path : "theme.ini", b->settings_text,
				    strlen(b->settings_text), b->settings);
}

static enum status make(struct build *b)
{
	enum status st = records_read(b);

	phase(b, "read");
	for (int k = 0; k < THEME_KINDS && !st; k++) {
		st = records_link(b, (enum theme_kind)k);
		phase(b, theme_kind_words[k]);
	}
	for (int k = 0; k < THEME_KINDS && !st; k++)
		st = golden_make(b, (enum theme_kind)k);
	phase(b, "golden");
	if (!st)
		st = relations_make(b);
	phase(b, "relations");
	if (!st)
		st = store_write(b);
	phase(b, "store");
	if (!st && b->ask->truth) {
		st = truth_report(b);
		phase(b, "truth");
	}
	return st;
}

static void tell(const struct build *b)
{
	const struct theme_counts *n = &b->counts;
	int64_t bases = n->bases[0] + n->bases[1] + n->bases[2];

	fprintf(b->to,
		"%lld records in, of %u resources\n"
		"%lld persons, %lld legal entities, %lld houses\n"
		"%lld relations; records state %lld, of which %lld name somebody who was not found\n"
		"%lld linked records out: %lld base, %lld source links, %lld relations\n"
		"%zu pairs for people to look at\n",
		(long long)n->records, b->source_count, (long long)n->bases[THEME_PERSON],
		(long long)n->bases[THEME_FIRM], (long long)n->bases[THEME_HOUSE],
		(long long)n->relations, (long long)n->stated, (long long)n->unresolved,
		(long long)(bases + n->links + n->relations), (long long)bases, (long long)n->links,
		(long long)n->relations, b->doubt_count);
	if (b->ask->judged)
		fprintf(b->to, "%lld verdicts obeyed, %lld of records that are not there\n",
			(long long)b->counts_judged.obeyed, (long long)b->counts_judged.missing);
}

enum status theme_build(struct call *c, const struct theme_ask *ask, FILE *to,
			struct theme_counts *out)
{
	struct build b = { .c = c, .ask = ask, .to = to, .began = wall_seconds() };
	int lock = -1;
	enum status st = read_settings(&b);

	b.phase_began = b.began;
	b.phase_cpu = cpu_seconds();
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	b.threads = ask->threads     ? ask->threads
		    : processors < 1 ? 1
		    : processors > 8 ? 8
				     : (unsigned)processors;
	if (!st)
		st = lock_store(&b, &lock);
	if (st)
		return st;
	st = make(&b);
	relations_done(&b);
	golden_done(&b);
	records_done(&b);
	if (!st)
		st = swap_in(&b);
	if (st)
		remove_folder(c->arena, b.folder, 1);
	close(lock);
	if (st)
		return st;
	tell(&b);
	*out = b.counts;
	return ST_OK;
}
