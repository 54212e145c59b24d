/* SPDX-License-Identifier: Apache-2.0 */
/* Linking tables that memory does not hold: what the files large*.c share. README.md has the
 * picture. */
#ifndef LINKAGE_LARGE_PRIVATE_H
#define LINKAGE_LARGE_PRIVATE_H

#include "engine/linkage/linkage_private.h"
#include "engine/linkage/spill.h"

#define LARGE_FIXED (40ll << 20) /* the program, its threads, buffers */
#define LARGE_PARTS 120

struct large {
	struct run *run;
	struct call *c;
	const char *folder;
	size_t room; /* bytes of the limit that one phase may take */
	unsigned places;
	unsigned *column; /* of each place */
	int *unify;       /* of each place the kind whose ways of writing are made one, or -1 */
	uint32_t *distinct;
	char *normal, *key; /* room for one text */
	char *record_data;  /* room for one record */
	size_t record_room;
	struct equal_counts equal[COMPARISONS_MAX];

	/* Of each place the texts that records have, in parts by what is one value: first as they came, then as they
	 * are known, each with its frequency. Within a part they are in the order of the records. */
	unsigned parts;
	struct spill **came, **known;
	struct spill *route; /* of each record and place the part; NO_PART: it has no text */
	struct spill *id_text, *id_at;
	uint64_t id_end;
	struct spill *
		raw; /* each record's texts as they came, for golden records; NULL: none are wanted */

	uint64_t *identities;        /* of each record, where they matter */
	uint8_t *capped[RULES_MAX];  /* of each record, where a rule has split blocks */
	struct spill *pairs, *edges; /* sorted runs */
	unsigned rare_count;         /* comparisons by frequency */
	unsigned rare[COMPARISONS_MAX];
};

#define NO_PART 255

/* One record's values, as they are known. */
struct large_value {
	const char *text; /* until the next record */
	uint32_t size, count;
};

/* Walks over the records. */
struct large_walk {
	struct large *l;
	struct spill_reader route, *known; /* of each place and part */
	struct large_value *values;        /* of each place */
	uint32_t record;
};

/* What is spilled of a pair: who, the levels, and how frequent the left one's values are. */
struct large_pair {
	uint32_t l, r;
	uint64_t pattern;
	uint32_t counts[COMPARISONS_MAX]; /* only rare_count of them are written */
};

/* Numbers are mostly small: seven bits a byte, the lowest first. */
#define LARGE_NUMBER_SIZE 5
static inline char *large_put_number(char *to, uint32_t v)
{
	for (; v >= 0x80; v >>= 7)
		*to++ = (char)(v | 0x80);
	*to++ = (char)v;
	return to;
}

static inline uint32_t large_get_number(const char **at)
{
	uint32_t v = (uint8_t) * (*at)++;

	if (v < 0x80)
		return v;
	v &= 0x7F;
	for (unsigned shift = 7;; shift += 7) {
		uint32_t byte = (uint8_t) * (*at)++;
		v |= (byte & 0x7F) << shift;
		if (byte < 0x80)
			return v;
	}
}

/* A text behind its size. */
static inline char *large_put_text(char *to, const char *s, uint32_t size)
{
	to = large_put_number(to, size);
	memcpy(to, s, size);
	return to + size;
}

int large_pair_order(const void *a, const void *b); /* by l and r */
static inline size_t large_pair_size(const struct large *l)
{
	return offsetof(struct large_pair, counts) + l->rare_count * sizeof(uint32_t);
}

/* Room for a record of 'most' bytes, until the next one. */
char *large_record_room(struct large *l, size_t most);
/* Tells of a file that could not be written or read. */
enum status large_trouble(struct large *l, const struct spill *s) MUST_USE;
/* The same of the files that last from phase to phase; ST_OK: all is well. */
enum status large_check(struct large *l) MUST_USE;
struct spill *large_spill(struct large *l, unsigned parts);
/* Reads the tables and finds of every text by what it is known and how many records have it. */
enum status large_read(struct large *l) MUST_USE;
void large_walk_begin(struct large_walk *w, struct large *l);
/* False: there are no more, or large_check() tells why. */
bool large_walk_next(struct large_walk *w);
void large_walk_done(struct large_walk *w);
/* A part in memory: its records in their order, as tables. */
struct large_piece {
	struct tables tables;
	uint32_t *global; /* the number of each record among all */
	char *data;
	size_t size;
	struct comparer *comparer;
};

/* Adds the record at which 'w' stands. */
void large_spill_record(struct large *l, const struct large_walk *w, struct spill *to,
			unsigned part);
/* Owner: the caller, who gives it to large_piece_done(). */
void large_piece_open(struct large *l, struct spill *s, unsigned part, struct large_piece *out);
void large_piece_done(struct large *l, struct large_piece *x);
/* All candidates with their levels, as sorted runs. */
enum status large_pairs(struct large *l) MUST_USE;
/* The levels of random pairs. */
enum status large_sample(struct large *l, struct pattern_table *out) MUST_USE;
/* What people judged, of which at most 'spare' bytes stay beside what each phase takes; l->room is less by them. */
enum status large_judged(struct large *l, size_t spare) MUST_USE;
/* golden.csv, as without a limit. To be called when merges are not needed any more: their memory is given back. */
enum status large_golden(struct large *l, const char *path) MUST_USE;

#endif
