/* SPDX-License-Identifier: Apache-2.0 */
/* What does not fit into memory: parts that grow side by side in one file without a name, written behind buffers and
 * read from their begin; and the merge of parts whose items are sorted. */
#ifndef LINKAGE_SPILL_H
#define LINKAGE_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPILL_BLOCK (32u << 10)
#define SPILL_SLACK 16 /* bytes behind what is read that can be read too */

struct spill;

/* A file in 'folder' that is gone when it ends. NULL: it cannot be made, errno says why. */
struct spill *spill_new(const char *folder, unsigned parts);
void spill_end(struct spill *s);
/* One more part; gives its number. */
unsigned spill_part(struct spill *s);
unsigned spill_parts(const struct spill *s);
/* Adds behind what the part has. What goes wrong is kept for spill_error(), and nothing more is written. */
void spill_add(struct spill *s, unsigned part, const void *p, size_t size);
/* Writes what stands in buffers and gives their memory back; to be called before reading. */
void spill_settle(struct spill *s);
uint64_t spill_size(const struct spill *s, unsigned part);
/* The first errno of writing or reading; 0: none. */
int spill_error(const struct spill *s);
/* Maps a settled spill of one part, with SPILL_SLACK bytes behind it; NULL: it cannot be. Owner: the caller, who
 * unmaps '*size' bytes. */
void *spill_map(struct spill *s, size_t *size);
/* All of a part at 'to', which has room for its size. */
void spill_take(struct spill *s, unsigned part, char *to);

struct spill_reader {
	struct spill *spill;
	unsigned part;
	uint64_t next; /* byte of the part that is read next */
	char *data;
	size_t at, end, room;
};

void spill_read(struct spill_reader *r, struct spill *s, unsigned part);
/* The next 'size' bytes, until the next call; NULL: fewer are left. */
const void *spill_next(struct spill_reader *r, size_t size);
void spill_read_done(struct spill_reader *r);

/* Items of one size, in order over all parts of a spill; each part is in that order. */
struct spill_merge {
	struct spill_reader *readers;
	const void **heads;
	unsigned *heap, count, parts;
	size_t size;
	int (*order)(const void *a, const void *b);
};

void spill_merge_begin(struct spill_merge *m, struct spill *s, size_t size,
		       int (*order)(const void *a, const void *b));
/* Copies the next item; false: there is none. */
bool spill_merge_next(struct spill_merge *m, void *item);
void spill_merge_done(struct spill_merge *m);

#endif
