/* SPDX-License-Identifier: Apache-2.0 */
/* A city as its functions see it: what threads share and does not change, and the tables it is made
 * from. */
#ifndef DATA_CITY_CITY_PRIVATE_H
#define DATA_CITY_CITY_PRIVATE_H

#include "base/text.h"
#include "data/city/city_tables_private.h"
#include "data/city/city_words_private.h"

struct city {
	uint64_t seed;
	uint32_t grids, errors;
	uint64_t key[SALT__COUNT];
	int32_t today;    /* the day on which the registers were read, in days since 1970 */
	uint32_t streets; /* of all divisions */
	struct city_street {
		const char *name;        /* two characters */
		uint8_t division, place; /* which of it */
		bool town;               /* 镇, else 街道 */
	} street[160];
	uint8_t words[CITY_RESOURCES][CITY_COLUMNS_MAX]; /* how many a column has to choose from */
	/* Where each grid lies (city_house.c); the only thing that is kept for speed. */
	struct city_place {
		uint8_t street;
		bool village;
		uint16_t road, gate; /* a number of roads and forms, or of villages */
	} places[CITY_GRIDS];
	struct city_pick surname, given[2][4], core;
	struct city_confusion homophone, shape, traditional;
	/* Bounds of a 32-bit draw for each error of a group, added up. */
	uint32_t bounds[CITY_DEPARTMENTS][ERROR__DRAWN];
	struct city_plan plan;
};

static inline uint64_t city_hash(const struct city *city, enum city_salt salt, uint64_t n)
{
	return city_mix(city->key[salt] + n * CITY_GOLDEN);
}

/* A city in the arena. Threads share it; it does not change. */
struct city *city_new(struct arena *a, uint64_t seed, uint32_t grids, uint32_t errors)
	__attribute__((returns_nonnull));
void city_plan_make(struct city_plan *plan);
void city_confusions(struct city *city);
/* One of the characters that 'from' is taken for, or 0 when the table has none. */
uint32_t city_confuse(const struct city_confusion *t, uint32_t from, uint32_t random);

/* The manifest (city_manifest.c), and the part of docs/city.md that is made from the tables. */
void city_manifest(const struct city *city, const struct city_options *o, const int64_t *bytes,
		   const int64_t counts[RELATION__COUNT], struct buf *out);
void city_document(struct buf *out);

#endif
