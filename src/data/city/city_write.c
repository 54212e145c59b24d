/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a city, written by threads in pieces. A piece's bytes depend on its rows only; where it
 * begins depends on the pieces before it, so each waits for its turn to be given a place, and writes
 * there while others go on. */
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "city_record_private.h"

enum {
	PIECE_ROWS = 4096,
	PIECE_GRIDS = 16, /* of relations.csv */
	FILE_TRUTH = CITY_RESOURCES,
	FILE_RELATIONS,
	FILES
};

struct file {
	int fd;
	int64_t size;
};

struct work {
	const struct city *city;
	const struct city_options *options;
	struct file files[FILES];
	/* The first piece of each resource, and of the relations behind them. */
	uint32_t first_piece[CITY_RESOURCES + 2];
	atomic_uint next;
	atomic_int_fast64_t rows_done;
	pthread_mutex_t lock; /* for all below */
	pthread_cond_t placed_one;
	uint32_t placed;
	int64_t relations[RELATION__COUNT];
	int error, error_file; /* errno of the first failure, and where */
};

/* One thread's memory: text as made, the truth beside it, and the text in another encoding. */
struct piece {
	char *text, *truth, *wide;
	size_t text_room, truth_room, wide_room;
	iconv_t to_gb18030;
};

static bool chosen(const struct city_options *o, int resource)
{
	return !o->resources || (o->resources & IN(resource));
}

static void *room_for(char *old, size_t *room, size_t need)
{
	if (*room >= need)
		return old;
	*room = need + need / 2;
	char *p = realloc(old, *room);
	if (!p)
		abort(); /* as arena_alloc() */
	return p;
}

static void fail_at(struct work *w, int error, int file)
{
	pthread_mutex_lock(&w->lock);
	if (!w->error) {
		w->error = error;
		w->error_file = file;
	}
	pthread_mutex_unlock(&w->lock);
}

static bool write_at(int fd, const char *p, size_t size, int64_t at)
{
	while (size) {
		ssize_t n = pwrite(fd, p, size, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n ? errno : ENOSPC;
			return false;
		}
		p += n;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

/* Waits for the turn of piece 'n' and takes places of these sizes in both files. */
static bool place(struct work *w, uint32_t n, int file, size_t size, size_t truth_size, int64_t *at,
		  int64_t *truth_at)
{
	bool good;

	pthread_mutex_lock(&w->lock);
	while (w->placed != n)
		pthread_cond_wait(&w->placed_one, &w->lock);
	*at = w->files[file].size;
	w->files[file].size += (int64_t)size;
	*truth_at = w->files[FILE_TRUTH].size;
	w->files[FILE_TRUTH].size += (int64_t)truth_size;
	w->placed++;
	good = !w->error;
	pthread_cond_broadcast(&w->placed_one);
	pthread_mutex_unlock(&w->lock);
	return good;
}

static size_t make_rows(struct work *w, struct piece *b, int resource, uint32_t first,
			size_t *truth)
{
	struct city_record record;
	uint32_t rows = city_rows(w->city, resource), end = first + PIECE_ROWS;
	char *p, *t;

	if (end > rows)
		end = rows;
	b->text = room_for(b->text, &b->text_room, CITY_ROW_MAX);
	b->truth = room_for(b->truth, &b->truth_room, (end - first + 1) * (size_t)512);
	p = b->text;
	t = b->truth;
	if (first == 0)
		p = city_header_put(resource, p);
	for (uint32_t row = first; row < end; row++) {
		size_t used = (size_t)(p - b->text);
		b->text = room_for(b->text, &b->text_room, used + CITY_ROW_MAX);
		p = b->text + used;
		city_record_begin(&record, w->city, resource, row);
		p = city_record_put(&record, p);
		t = city_truth_put(&record, t);
	}
	atomic_fetch_add(&w->rows_done, end - first);
	*truth = (size_t)(t - b->truth);
	return (size_t)(p - b->text);
}

/* Never fails: GB 18030 has every character of Unicode. */
static size_t convert(struct piece *b, size_t size)
{
	char *in = b->text, *out;
	size_t left = size, room;

	b->wide = room_for(b->wide, &b->wide_room, 2 * size);
	out = b->wide;
	room = b->wide_room;
	if (iconv(b->to_gb18030, &in, &left, &out, &room) == (size_t)-1)
		abort();
	return (size_t)(out - b->wide);
}

static void do_rows(struct work *w, struct piece *b, uint32_t n, int resource)
{
	uint32_t first = (n - w->first_piece[resource]) * PIECE_ROWS;
	size_t truth_size, size = make_rows(w, b, resource, first, &truth_size);
	const char *text = b->text;
	int64_t at, truth_at;

	if (w->options->gb18030 == city_resources[resource].department) {
		size = convert(b, size);
		text = b->wide;
	}
	/* The truth's header goes before its very first line. */
	if (n == 0) {
		static const char header[] = "record_id,entity_id,errors\r\n";
		memmove(b->truth + sizeof header - 1, b->truth, truth_size);
		memcpy(b->truth, header, sizeof header - 1);
		truth_size += sizeof header - 1;
	}
	if (!place(w, n, resource, size, truth_size, &at, &truth_at))
		return;
	if (!write_at(w->files[resource].fd, text, size, at))
		fail_at(w, errno, resource);
	if (!write_at(w->files[FILE_TRUTH].fd, b->truth, truth_size, truth_at))
		fail_at(w, errno, FILE_TRUTH);
}

static void do_relations(struct work *w, struct piece *b, uint32_t n)
{
	uint32_t first = (n - w->first_piece[CITY_RESOURCES]) * PIECE_GRIDS,
		 end = first + PIECE_GRIDS;
	int64_t counts[RELATION__COUNT] = { 0 }, at, none;
	char *p;

	if (end > w->city->grids)
		end = w->city->grids;
	b->text = room_for(b->text, &b->text_room, (end - first + 1) * (size_t)CITY_RELATIONS_MAX);
	p = b->text;
	if (first == 0)
		p = city_put(p, "from,relation,to\r\n");
	for (uint32_t grid = first; grid < end; grid++)
		p = city_relations_put(w->city, grid, p, counts);
	if (!place(w, n, FILE_RELATIONS, (size_t)(p - b->text), 0, &at, &none))
		return;
	if (!write_at(w->files[FILE_RELATIONS].fd, b->text, (size_t)(p - b->text), at))
		fail_at(w, errno, FILE_RELATIONS);
	pthread_mutex_lock(&w->lock);
	for (int i = 0; i < RELATION__COUNT; i++)
		w->relations[i] += counts[i];
	pthread_mutex_unlock(&w->lock);
}

static void *run(void *arg)
{
	struct work *w = arg;
	struct piece b = { .to_gb18030 = (iconv_t)-1 };
	uint32_t pieces = w->first_piece[CITY_RESOURCES + 1];

	if (w->options->gb18030 >= 0)
		b.to_gb18030 = iconv_open("GB18030", "UTF-8");
	for (uint32_t n; (n = atomic_fetch_add(&w->next, 1)) < pieces;) {
		int resource = 0;
		while (resource < CITY_RESOURCES && n >= w->first_piece[resource + 1])
			resource++;
		if (resource < CITY_RESOURCES)
			do_rows(w, &b, n, resource);
		else
			do_relations(w, &b, n);
	}
	if (b.to_gb18030 != (iconv_t)-1)
		iconv_close(b.to_gb18030);
	free(b.text);
	free(b.truth);
	free(b.wide);
	return NULL;
}

/* --- Opening and closing --- */

static const char *file_name(struct arena *a, int file)
{
	return file == FILE_TRUTH       ? "truth.csv"
	       : file == FILE_RELATIONS ? "relations.csv"
					: arena_printf(a, "%s.csv", city_resources[file].code);
}

static enum status open_files(struct call *c, struct work *w)
{
	const char *folder = w->options->folder;
	char *manifest = arena_printf(c->arena, "%s/manifest.json", folder);

	if (mkdir(folder, 0777) && errno != EEXIST)
		return fail(c, ST_BAD_INPUT, "out", "cannot make the folder %s: %s", folder,
			    strerror(errno));
	if (unlink(manifest) && errno != ENOENT)
		return fail(c, ST_BAD_INPUT, "out", "cannot replace %s: %s", manifest,
			    strerror(errno));
	for (int i = 0; i < FILES; i++) {
		if (i < CITY_RESOURCES && !chosen(w->options, i))
			continue;
		char *path = arena_printf(c->arena, "%s/%s", folder, file_name(c->arena, i));
		w->files[i].fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (w->files[i].fd < 0)
			return fail(c, ST_BAD_INPUT, "out", "cannot write %s: %s", path,
				    strerror(errno));
	}
	return ST_OK;
}

static enum status write_manifest(struct call *c, const struct work *w)
{
	const char *folder = w->options->folder;
	const char *made = arena_printf(c->arena, "%s/manifest.json.new", folder);
	const char *path = arena_printf(c->arena, "%s/manifest.json", folder);
	struct buf text = { .arena = c->arena };
	int64_t bytes[FILES];
	int fd;

	for (int i = 0; i < FILES; i++)
		bytes[i] = w->files[i].size;
	city_manifest(w->city, w->options, bytes, w->relations, &text);
	fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || !write_at(fd, text.data, text.size, 0) || close(fd) || rename(made, path))
		return fail(c, ST_INTERNAL, "out", "cannot write %s: %s", path, strerror(errno));
	return ST_OK;
}

static void deal_pieces(struct work *w)
{
	uint32_t n = 0;

	for (int i = 0; i < CITY_RESOURCES; i++) {
		w->first_piece[i] = n;
		if (chosen(w->options, i))
			n += (city_rows(w->city, i) + PIECE_ROWS - 1) / PIECE_ROWS;
	}
	w->first_piece[CITY_RESOURCES] = n;
	w->first_piece[CITY_RESOURCES + 1] = n + (w->city->grids + PIECE_GRIDS - 1) / PIECE_GRIDS;
}

/* A line that overwrites itself, for people at a terminal. */
static void show(struct work *w, int64_t rows, int64_t began)
{
	double seconds = (double)(clock_steady() - began) / CLOCK_SECOND;
	int64_t done = atomic_load(&w->rows_done);
	double rate = seconds > 0 ? (double)done / seconds : 0;

	fprintf(stderr, "\r%3d %%  %.2f million records, %.2f million/s, %.0f s left   ",
		(int)(100 * done / (rows ? rows : 1)), (double)done / 1e6, rate / 1e6,
		rate > 0 ? (double)(rows - done) / rate : 0);
}

static void run_threads(struct work *w, int64_t rows)
{
	pthread_t threads[256], last;
	uint32_t started = 0;
	int64_t began = clock_steady();

	while (started + 1 < w->options->threads &&
	       !pthread_create(&threads[started], NULL, run, w))
		started++;
	/* The last of them is this thread, unless it has somebody to tell how far it is. */
	if (isatty(STDERR_FILENO) && !pthread_create(&last, NULL, run, w)) {
		while (atomic_load(&w->next) < w->first_piece[CITY_RESOURCES + 1]) {
			show(w, rows, began);
			usleep(200000);
		}
		pthread_join(last, NULL);
		fprintf(stderr, "\r%70s\r", "");
	} else {
		run(w);
	}
	for (uint32_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static enum status check(struct call *c, const struct city_options *o)
{
	if (!o->grids || o->grids > CITY_GRIDS)
		return fail(c, ST_BAD_INPUT, "scale", "the scale is 0.0001 to 1");
	if (o->errors > 10000)
		return fail(c, ST_BAD_INPUT, "errors",
			    "errors is 0 to 10 times the documented rates");
	if (!o->threads || o->threads > 256)
		return fail(c, ST_BAD_INPUT, "threads", "threads is 1 to 256");
	if (o->gb18030 >= CITY_DEPARTMENTS)
		return fail(c, ST_BAD_INPUT, "gb18030", "there is no such department");
	if (o->resources >> CITY_RESOURCES)
		return fail(c, ST_BAD_INPUT, "resources", "there is no such resource");
	if (str_empty(o->folder))
		return fail(c, ST_BAD_INPUT, "out", "out is missing: the folder for the files");
	return ST_OK;
}

enum status city_write(struct call *c, const struct city_options *in, struct city_report *out)
{
	struct work *w = arena_alloc(c->arena, sizeof *w);
	int64_t began = clock_steady(), rows = 0;
	double cpu = cpu_seconds();
	enum status st = check(c, in);

	if (st)
		return st;
	w->city = city_new(c->arena, in->seed, in->grids, in->errors);
	w->options = in;
	for (int i = 0; i < FILES; i++)
		w->files[i].fd = -1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->placed_one, NULL);
	st = open_files(c, w);
	if (!st) {
		for (int i = 0; i < CITY_RESOURCES; i++)
			rows += chosen(in, i) ? city_rows(w->city, i) : 0;
		deal_pieces(w);
		run_threads(w, rows);
	}
	for (int i = 0; i < FILES; i++)
		if (w->files[i].fd >= 0 && close(w->files[i].fd) && !w->error)
			w->error = errno, w->error_file = i;
	pthread_cond_destroy(&w->placed_one);
	pthread_mutex_destroy(&w->lock);
	if (!st && w->error)
		st = fail(c, ST_INTERNAL, "out", "cannot write %s/%s: %s", in->folder,
			  file_name(c->arena, w->error_file), strerror(w->error));
	if (!st)
		st = write_manifest(c, w);
	if (st)
		return st;
	*out = (struct city_report){ .records = rows,
				     .persons = (int64_t)in->grids * GRID_PERSONS,
				     .firms = (int64_t)in->grids * GRID_FIRMS,
				     .houses = (int64_t)in->grids * GRID_HOUSES,
				     .seconds = (double)(clock_steady() - began) / CLOCK_SECOND,
				     .cpu = cpu_seconds() - cpu };
	for (int i = 0; i < CITY_RESOURCES; i++)
		out->bytes += w->files[i].size;
	for (int i = 0; i < RELATION__COUNT; i++)
		out->relations += w->relations[i];
	return ST_OK;
}
