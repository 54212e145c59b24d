/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces are taken in order; whoever has made one waits until it is known where it begins, and writes it there
 * while others make theirs. */
#include "engine/linkage/rows.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/text.h"

#define PIECE 8192 /* items */

/* --- fields --- */

static uint64_t zero_bytes(uint64_t v)
{
	return (v - 0x0101010101010101ull) & ~v & 0x8080808080808080ull;
}

/* Not 0 when one of eight bytes must stand in quotes. */
static uint64_t must_quote(uint64_t v)
{
	const uint64_t each = 0x0101010101010101ull;
	return zero_bytes(v ^ each * '"') | zero_bytes(v ^ each * ',') |
	       zero_bytes(v ^ each * '\n') | zero_bytes(v ^ each * '\r');
}

static char *put_quoted(char *to, const char *s, size_t size)
{
	*to++ = '"';
	for (size_t i = 0; i < size; i++) {
		if (s[i] == '"')
			*to++ = '"';
		*to++ = s[i];
	}
	*to++ = '"';
	return to;
}

char *rows_put_field(char *to, const char *s, size_t size)
{
	uint64_t special = 0;

	for (size_t i = 0; i < size; i += 8) {
		uint64_t v;
		memcpy(&v, s + i, 8);
		memcpy(to + i, &v, 8);
		if (size - i < 8)
			v &= (1ull << 8 * (size - i)) - 1;
		special |= must_quote(v);
	}
	return special ? put_quoted(to, s, size) : to + size;
}

void rows_field(struct rows *r, const char *s, size_t size)
{
	char *to = rows_room(r, ROWS_FIELD_ROOM(size));
	r->size += (size_t)(rows_put_field(to, s, size) - to);
}

void rows_decimal(struct rows *r, double v, unsigned places, int64_t scale)
{
	int64_t units = llrint(v * (double)scale);
	char digits[20];

	if (units < 0 || (units == 0 && signbit(v)))
		rows_char(r, '-');
	units = llabs(units);
	rows_number(r, (uint64_t)(units / scale));
	rows_char(r, '.');
	units %= scale;
	for (unsigned i = places; i-- > 0; units /= 10)
		digits[i] = (char)('0' + units % 10);
	rows_add(r, digits, places);
}

/* --- the file --- */

struct writing {
	int file;
	rows_fn *make;
	void *context;
	size_t items, pieces;
	pthread_mutex_t lock;
	pthread_cond_t turned;
	size_t next;  /* the piece that is taken next */
	size_t turn;  /* the piece whose place is known */
	uint64_t end; /* where that is */
	int error;    /* the first errno */
};

static int write_at(int file, const char *data, size_t size, uint64_t at)
{
	while (size) {
		ssize_t n = pwrite(file, data, size, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		data += n, size -= (size_t)n, at += (uint64_t)n;
	}
	return 0;
}

/* The place of piece 'p', which is 'size' bytes long; every piece before has been taken by somebody. */
static uint64_t place_of(struct writing *w, size_t p, size_t size)
{
	pthread_mutex_lock(&w->lock);
	while (w->turn != p)
		pthread_cond_wait(&w->turned, &w->lock);
	uint64_t at = w->end;
	w->end += size;
	w->turn++;
	pthread_cond_broadcast(&w->turned);
	pthread_mutex_unlock(&w->lock);
	return at;
}

static bool take_piece(struct writing *w, size_t *p)
{
	pthread_mutex_lock(&w->lock);
	bool more = w->next < w->pieces && !w->error;
	if (more)
		*p = w->next++;
	pthread_mutex_unlock(&w->lock);
	return more;
}

static void write_pieces(void *context, size_t worker)
{
	struct writing *w = context;
	struct rows rows = { 0 };
	size_t p;

	(void)worker;
	while (take_piece(w, &p)) {
		size_t begin = p * PIECE, end = begin + PIECE < w->items ? begin + PIECE : w->items;
		rows.size = 0;
		w->make(w->context, begin, end, &rows);
		int error = write_at(w->file, rows.data, rows.size, place_of(w, p, rows.size));
		if (error) {
			pthread_mutex_lock(&w->lock);
			w->error = w->error ? w->error : error;
			pthread_mutex_unlock(&w->lock);
		}
	}
	big_free(rows.data, rows.room, 1);
}

enum status rows_write(struct call *c, const char *path, const char *header, unsigned threads,
		       size_t items, rows_fn *make, void *context)
{
	struct writing w = { .file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666),
			     .make = make,
			     .context = context,
			     .items = items,
			     .pieces = (items + PIECE - 1) / PIECE,
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .turned = PTHREAD_COND_INITIALIZER,
			     .end = strlen(header) };

	if (w.file < 0)
		return fail(c, ST_BAD_INPUT, "out", "cannot write %s: %s", path, strerror(errno));
	w.error = write_at(w.file, header, strlen(header), 0);
	share_out(threads, threads, write_pieces, &w);
	if (close(w.file) && !w.error)
		w.error = errno;
	pthread_cond_destroy(&w.turned);
	pthread_mutex_destroy(&w.lock);
	return w.error ? fail(c, ST_INTERNAL, "out", "cannot write all of %s: %s", path,
			      strerror(w.error))
		       : ST_OK;
}
