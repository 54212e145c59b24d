/* SPDX-License-Identifier: Apache-2.0 */
/* Looking after the store: the sweep removes what nobody refers to, the scrub finds what is missing,
 * damaged or wrongly counted. Both go through the folders one by one, holding no transaction open while
 * they read bytes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/files_private.h"

struct blob {
	const char *sha256;
	int64_t size, refs;
};
static const struct field blob_row[] = { F_STR(blob, sha256, 64, 0),
					 F_INT(blob, size, 0, INT64_MAX, OPT),
					 F_INT(blob, refs, 1, INT64_MAX, OPT), F_END };

DB_STMT(blob_one_sql, "select sha256, size, refs from file_blob where sha256 = $1");
DB_STMT(blob_page_sql, "select sha256, size, refs from file_blob"
		       " where sha256 > $1 and sha256 < $2 order by sha256");

/* One of the store's 257 folders, and the names in it, sorted. */
struct part {
	char name[4];
	struct words files;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void close_folder(void *dir)
{
	closedir(dir);
}

static enum status list_part(struct call *c, const struct files *f, struct part *p)
{
	int fd = openat(f->dir, p->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t room = 0;

	if (!dir)
		return fail(c, ST_AWAY, NULL, "the file store: %s: %s", p->name, strerror(errno));
	arena_defer(c->arena, close_folder, dir);
	p->files = (struct words){ 0 };
	for (struct dirent *e; (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		if (p->files.count == room) {
			room = room ? room * 2 : 64;
			const char **wider = arena_array(c->arena, room, sizeof(*wider));
			if (p->files.count)
				memcpy(wider, p->files.list, p->files.count * sizeof(*wider));
			p->files.list = wider;
		}
		p->files.list[p->files.count++] = arena_strdup(c->arena, e->d_name);
	}
	if (p->files.count)
		qsort(p->files.list, p->files.count, sizeof(*p->files.list), by_name);
	return ST_OK;
}

static enum status find_blob(struct call *c, const void *in, void *out)
{
	return db_one(c, &blob_one_sql, blob_row, out, DB_ARGS(DB_STR(in)));
}

static bool is_old(const struct files *f, const char *name, int64_t before)
{
	struct stat st;

	if (fstatat(f->dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	return st.st_mtim.tv_sec * CLOCK_SECOND + st.st_mtim.tv_nsec / 1000 < before;
}

/* Removes a file if it is still old once nobody can be taking it. */
static enum status remove_old(struct call *c, const struct files *f, const char *name,
			      int64_t before, int64_t *removed)
{
	SCOPED_FD int lock = files_lock(f, LOCK_EX);

	if (lock < 0)
		return fail(c, ST_AWAY, NULL, "the file store: lock: %s", strerror(errno));
	if (is_old(f, name, before) && unlinkat(f->dir, name, 0) == 0)
		++*removed;
	return ST_OK;
}

static enum status sweep_part(struct call *c, struct files *f, struct db *db, struct part *p,
			      int64_t before, int64_t *removed)
{
	bool named = !str_eq(p->name, "new");
	enum status st = list_part(c, f, p);

	for (size_t i = 0; !st && i < p->files.count; i++) {
		const char *name = p->files.list[i];
		const char *inside = arena_printf(c->arena, "%s/%s", p->name, name);
		struct blob b;
		if (!is_old(f, inside, before))
			continue;
		st = named ? db_read(c, db, find_blob, name, &b, sizeof(b)) : ST_NOT_FOUND;
		if (st == ST_NOT_FOUND)
			st = remove_old(c, f, inside, before, removed);
	}
	return st;
}

/* The folders in turn, each in an arena of its own: "new", then "00" to "ff". */
static bool next_part(struct part *p, int *turn)
{
	if (*turn == 257)
		return false;
	snprintf(p->name, sizeof(p->name), *turn ? "%02x" : "new", (unsigned)(*turn - 1) & 0xff);
	++*turn;
	return true;
}

enum status files_sweep(struct call *c, struct files *f, struct db *db, int64_t age,
			int64_t *removed)
{
	struct timespec now; /* of the file system, not the clock that tests set */
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t before = now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000 - age;
	int64_t count = 0;
	struct part p;

	for (int turn = 0; next_part(&p, &turn);) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *one = call_new(a, c->request_id);
		enum status st = sweep_part(one, f, db, &p, before, &count);
		if (st)
			return fail(c, st, NULL, "%s", one->problem);
	}
	*removed = count;
	return ST_OK;
}

/* What the scrub goes through together: the names in a folder and the rows that belong there. */
struct scrub {
	struct files *f;
	struct db *db;
	struct buf *report;
	int64_t bad;
};

static void PRINTF(2, 3) found(struct scrub *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_str(s->report, arena_vprintf(s->report->arena, fmt, ap));
	buf_char(s->report, '\n');
	va_end(ap);
	s->bad++;
}

/* What the database says of one folder at one moment. */
struct page {
	struct blob *list; /* sorted */
	size_t count;
	int64_t *counted;   /* for each of them: how many refer to it by the rooms' own rows */
	struct blob *loose; /* referred to, but without a row */
	size_t loose_count;
};

struct page_ask {
	const struct files *f;
	const char *from, *to;
};

static int by_sha256(const void *a, const void *b)
{
	const struct blob *x = a, *y = b;
	return strcmp(x->sha256, y->sha256);
}

static enum status count_refs(struct call *c, const struct page_ask *ask,
			      const struct db_stmt *rule, struct page *p)
{
	struct blob *refs;
	size_t count;
	enum status st = DB_ALL(c, rule, blob_row, &refs, &count,
				DB_ARGS(DB_STR(ask->from), DB_STR(ask->to)));
	if (st)
		return st;

	struct blob *loose = arena_array(c->arena, p->loose_count + count, sizeof(*loose));
	if (p->loose_count)
		memcpy(loose, p->loose, p->loose_count * sizeof(*loose));
	p->loose = loose;
	for (size_t i = 0; i < count; i++) {
		struct blob *b =
			p->count ? bsearch(&refs[i], p->list, p->count, sizeof(*b), by_sha256)
				 : NULL;
		if (b)
			p->counted[b - p->list] += refs[i].refs;
		else
			loose[p->loose_count++] = refs[i];
	}
	return ST_OK;
}

static enum status read_page(struct call *c, const void *in, void *out)
{
	const struct page_ask *ask = in;
	struct page *p = out;

	enum status st = DB_ALL(c, &blob_page_sql, blob_row, &p->list, &p->count,
				DB_ARGS(DB_STR(ask->from), DB_STR(ask->to)));
	if (st)
		return st;
	if (p->count)
		qsort(p->list, p->count, sizeof(*p->list), by_sha256);
	p->counted = arena_array(c->arena, p->count + 1, sizeof(*p->counted));
	for (size_t i = 0; !st && i < ask->f->rule_count; i++)
		st = count_refs(c, ask, ask->f->rules[i], p);
	return st;
}

/* Compares the bytes with the name. */
static void check_bytes(struct call *c, struct scrub *s, const char *name)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *one = call_new(a, c->request_id);
	unsigned char digest[32];
	struct file_facts facts;

	if (strlen(name) != 64 || !hex_decode(name, digest, sizeof(digest))) {
		found(s, "stranger %s: not a file of this store", name);
		return;
	}
	SCOPED_FD int fd = openat(s->f->dir, files_inside(one, name),
				  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return; /* swept meanwhile, or missed below */
	if (fd < 0)
		found(s, "damaged %s: %s", name, strerror(errno));
	else if (files_digest(one, fd, -1, 0, &facts))
		found(s, "damaged %s: %s", name, one->problem);
	else if (!str_eq(facts.sha256, name))
		found(s, "damaged %s: its %lld bytes have the SHA-256 %s", name,
		      (long long)facts.size, facts.sha256);
}

static enum status check_rows(struct call *c, struct scrub *s, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct blob *b = &p->list[i];
		struct blob now;
		struct stat st;
		if (s->f->rule_count && p->counted[i] != b->refs)
			found(s, "wrongly counted %s: %lld refer to it, %lld are counted",
			      b->sha256, (long long)p->counted[i], (long long)b->refs);
		if (fstatat(s->f->dir, files_inside(c, b->sha256), &st, AT_SYMLINK_NOFOLLOW) == 0) {
			if (st.st_size != b->size)
				found(s, "damaged %s: it has %lld bytes, not %lld", b->sha256,
				      (long long)st.st_size, (long long)b->size);
			continue;
		}
		/* Dropped and swept since the rows were read? */
		enum status status = db_read(c, s->db, find_blob, b->sha256, &now, sizeof(now));
		if (status == ST_OK)
			found(s, "missing %s: %lld refer to it", b->sha256, (long long)now.refs);
		else if (status != ST_NOT_FOUND)
			return status;
	}
	for (size_t i = 0; i < p->loose_count; i++)
		found(s, "wrongly counted %s: %lld refer to it, none is counted",
		      p->loose[i].sha256, (long long)p->loose[i].refs);
	return ST_OK;
}

static enum status scrub_part(struct call *c, struct scrub *s, struct part *p)
{
	/* Behind every name that begins with the folder's: 'g' is no hexadecimal digit. */
	struct page_ask ask = { s->f, p->name, arena_printf(c->arena, "%sg", p->name) };
	struct page page;

	enum status st = db_read(c, s->db, read_page, &ask, &page, sizeof(page));
	if (!st)
		st = check_rows(c, s, &page);
	if (!st)
		st = list_part(c, s->f, p);
	for (size_t i = 0; !st && i < p->files.count; i++)
		check_bytes(c, s, p->files.list[i]);
	return st;
}

enum status files_scrub(struct call *c, struct files *f, struct db *db, struct buf *report,
			int64_t *bad)
{
	struct scrub s = { .f = f, .db = db, .report = report };
	struct part p;

	for (int turn = 0; next_part(&p, &turn);) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *one = call_new(a, c->request_id);
		enum status st = str_eq(p.name, "new") ? ST_OK : scrub_part(one, &s, &p);
		if (st)
			return fail(c, st, NULL, "%s", one->problem);
	}
	*bad = s.bad;
	return ST_OK;
}
