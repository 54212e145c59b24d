/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/linkage/spill.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct part {
	char *buffer; /* NULL: nothing waits */
	size_t used;
	uint64_t size;    /* with what waits */
	uint64_t *blocks; /* where its blocks of SPILL_BLOCK begin; the last may be shorter */
	size_t block_count, block_room;
};

struct spill {
	int file, error;
	uint64_t end;
	struct part *parts;
	unsigned count, room;
};

static void *must(void *p)
{
	if (!p) {
		fprintf(stderr, "yongyun: out of memory\n");
		abort();
	}
	return p;
}

struct spill *spill_new(const char *folder, unsigned parts)
{
	int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (file < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		char path[4096];
		int n = snprintf(path, sizeof path, "%s/spill.XXXXXX", folder);
		if (n < 0 || (size_t)n >= sizeof path) {
			errno = ENAMETOOLONG;
			return NULL;
		}
		file = mkostemp(path, O_CLOEXEC);
		if (file >= 0)
			(void)unlink(path);
	}
	if (file < 0)
		return NULL;
	struct spill *s = must(calloc(1, sizeof *s));
	s->file = file;
	while (parts--)
		spill_part(s);
	return s;
}

void spill_end(struct spill *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++) {
		free(s->parts[i].buffer);
		free(s->parts[i].blocks);
	}
	free(s->parts);
	close(s->file);
	free(s);
}

unsigned spill_part(struct spill *s)
{
	if (s->count == s->room) {
		s->room = s->room * 2 + 8;
		s->parts = must(realloc(s->parts, s->room * sizeof *s->parts));
	}
	s->parts[s->count] = (struct part){ 0 };
	return s->count++;
}

unsigned spill_parts(const struct spill *s)
{
	return s->count;
}

uint64_t spill_size(const struct spill *s, unsigned part)
{
	return s->parts[part].size;
}

int spill_error(const struct spill *s)
{
	return s->error;
}

static void write_block(struct spill *s, struct part *p)
{
	if (p->block_count == p->block_room) {
		p->block_room = p->block_room * 2 + 8;
		p->blocks = must(realloc(p->blocks, p->block_room * sizeof *p->blocks));
	}
	p->blocks[p->block_count++] = s->end;
	for (size_t done = 0; done < p->used && !s->error;) {
		ssize_t n =
			pwrite(s->file, p->buffer + done, p->used - done, (off_t)(s->end + done));
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			s->error = n ? errno : EIO;
	}
	/* Every block has its whole place, so that one part alone is contiguous. */
	s->end += SPILL_BLOCK;
	p->used = 0;
}

void spill_add(struct spill *s, unsigned part, const void *from, size_t size)
{
	struct part *p = &s->parts[part];

	p->size += size;
	while (size) {
		size_t n = SPILL_BLOCK - p->used < size ? SPILL_BLOCK - p->used : size;
		if (!p->buffer)
			p->buffer = must(malloc(SPILL_BLOCK));
		memcpy(p->buffer + p->used, from, n);
		p->used += n;
		from = (const char *)from + n;
		size -= n;
		if (p->used == SPILL_BLOCK)
			write_block(s, p);
	}
}

void spill_settle(struct spill *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct part *p = &s->parts[i];
		if (p->used)
			write_block(s, p);
		free(p->buffer);
		p->buffer = NULL;
	}
}

void *spill_map(struct spill *s, size_t *size)
{
	assert(s->count == 1 && !s->parts[0].buffer);
	*size = s->parts[0].size + SPILL_SLACK;
	if (ftruncate(s->file, (off_t)*size))
		return NULL;
	void *p = mmap(NULL, *size, PROT_READ, MAP_SHARED, s->file, 0);
	return p == MAP_FAILED ? NULL : p;
}

/* Reads 'size' bytes of a part from 'from' on; they lie in one block. */
static void read_block(struct spill *s, const struct part *p, uint64_t from, size_t size, char *to)
{
	uint64_t at = p->blocks[from / SPILL_BLOCK] + from % SPILL_BLOCK;

	for (size_t done = 0; done < size && !s->error;) {
		ssize_t n = pread(s->file, to + done, size - done, (off_t)(at + done));
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			s->error = n ? errno : EIO;
	}
}

void spill_take(struct spill *s, unsigned part, char *to)
{
	const struct part *p = &s->parts[part];

	for (uint64_t at = 0; at < p->size; at += SPILL_BLOCK)
		read_block(s, p, at, p->size - at < SPILL_BLOCK ? p->size - at : SPILL_BLOCK,
			   to + at);
}

/* --- reading --- */

void spill_read(struct spill_reader *r, struct spill *s, unsigned part)
{
	*r = (struct spill_reader){ .spill = s, .part = part };
}

void spill_read_done(struct spill_reader *r)
{
	free(r->data);
	r->data = NULL;
}

/* Moves what is left to the front and reads blocks behind it until there are 'size' bytes. */
static bool read_more(struct spill_reader *r, size_t size)
{
	const struct part *p = &r->spill->parts[r->part];
	size_t left = r->end - r->at;

	if (size > left + (p->size - r->next))
		return false;
	if (r->room < size + SPILL_BLOCK + SPILL_SLACK) {
		r->room = size + 2 * SPILL_BLOCK + SPILL_SLACK;
		r->data = must(realloc(r->data, r->room));
	}
	memmove(r->data, r->data + r->at, left);
	r->at = 0;
	r->end = left;
	while (r->end < size) {
		size_t n = p->size - r->next < SPILL_BLOCK ? (size_t)(p->size - r->next)
							   : SPILL_BLOCK;
		read_block(r->spill, p, r->next, n, r->data + r->end);
		r->next += n;
		r->end += n;
	}
	return !r->spill->error;
}

const void *spill_next(struct spill_reader *r, size_t size)
{
	if (r->end - r->at < size && !read_more(r, size))
		return NULL;
	const char *p = r->data + r->at;
	r->at += size;
	return p;
}

/* --- merging --- */

/* Whether part a's head comes before b's; of equal ones the earlier part's. */
static bool before(const struct spill_merge *m, unsigned a, unsigned b)
{
	int order = m->order(m->heads[a], m->heads[b]);
	return order ? order < 0 : a < b;
}

static void sift_down(struct spill_merge *m, unsigned i)
{
	for (unsigned child; (child = 2 * i + 1) < m->count; i = child) {
		if (child + 1 < m->count && before(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (before(m, m->heap[i], m->heap[child]))
			return;
		unsigned part = m->heap[i];
		m->heap[i] = m->heap[child];
		m->heap[child] = part;
	}
}

void spill_merge_begin(struct spill_merge *m, struct spill *s, size_t size,
		       int (*order)(const void *a, const void *b))
{
	*m = (struct spill_merge){ .parts = s->count, .size = size, .order = order };
	m->readers = must(calloc(m->parts + 1ul, sizeof *m->readers));
	m->heads = must(calloc(m->parts + 1ul, sizeof *m->heads));
	m->heap = must(calloc(m->parts + 1ul, sizeof *m->heap));
	for (unsigned i = 0; i < m->parts; i++) {
		spill_read(&m->readers[i], s, i);
		m->heads[i] = spill_next(&m->readers[i], size);
		if (m->heads[i])
			m->heap[m->count++] = i;
	}
	for (unsigned i = m->count / 2; i-- > 0;)
		sift_down(m, i);
}

bool spill_merge_next(struct spill_merge *m, void *item)
{
	if (!m->count)
		return false;
	unsigned part = m->heap[0];
	memcpy(item, m->heads[part], m->size);
	m->heads[part] = spill_next(&m->readers[part], m->size);
	if (!m->heads[part]) {
		spill_read_done(&m->readers[part]);
		m->heap[0] = m->heap[--m->count];
	}
	sift_down(m, 0);
	return true;
}

void spill_merge_done(struct spill_merge *m)
{
	for (unsigned i = 0; i < m->parts; i++)
		spill_read_done(&m->readers[i]);
	free(m->readers);
	free(m->heads);
	free(m->heap);
	*m = (struct spill_merge){ 0 };
}
