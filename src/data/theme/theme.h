/* SPDX-License-Identifier: Apache-2.0 */
/* Theme bases 主题库 of persons 人口, legal entities 法人 and houses 房屋: the tables of departments linked to single
 * ones, each with a golden record whose every value tells where it is from, its source records, and its
 * relations. Built as a whole from files, kept in LMDB, swapped in at once, rebuilt at any time.
 *
 * Owns no table: all of it can be made again. Uses intake (cleaning, masks), engine/linkage. */
#ifndef DATA_THEME_THEME_H
#define DATA_THEME_THEME_H

#include <stdio.h>
#include "base/call.h"
#include "base/shape.h"
#include "base/text.h"

enum theme_kind { THEME_PERSON, THEME_FIRM, THEME_HOUSE, THEME_KINDS };
extern const char *const theme_kind_words[THEME_KINDS + 1];

/* --- building (theme_build.c) --- */

struct theme_counts {
	int64_t records, bases[THEME_KINDS], links, relations;
	int64_t stated,
		unresolved; /* relations that records state, and of them those whose ends were not found */
};

struct theme_ask {
	const char *from;     /* a folder with CODE.csv for each resource of the settings */
	const char *store;    /* the store's folder; made when absent */
	const char *settings; /* a file, or NULL: those for docs/city.md */
	const char *truth;    /* a folder with truth.csv and relations.csv, or NULL */
	const char *judged; /* a file of what people judged of pairs, see docs/theme.md, or NULL */
	bool quiet;         /* no progress on standard error */
	unsigned threads;   /* 0: as many as processors */
};

/* Reads, cleans, links, makes golden records and relations, and swaps the new base in. What was there
 * before is read until then, and still when anything fails. Resources without a file are left out;
 * ST_NOT_FOUND: there is none at all. ST_BAD_INPUT names file, line or key. */
enum status theme_build(struct call *c, const struct theme_ask *ask, FILE *to,
			struct theme_counts *out) MUST_USE;

/* --- looking (theme_look.c) --- */

struct theme; /* an open base; owner: who opened it; safe from any thread */

/* Opens what stands in a store. ST_NOT_FOUND: nothing was built there yet. It stays as it is when a newer
 * one is swapped in. */
enum status theme_open(struct call *c, const char *store, struct theme **out) MUST_USE;
void theme_close(struct theme *t); /* NULL is legal */
/* Whether a newer base than 't' stands in the store. */
bool theme_outdated(const struct theme *t);
const struct theme_counts *theme_counts_of(const struct theme *t);
int64_t theme_built_at(const struct theme *t);

enum theme_by { THEME_BY_ENTITY, THEME_BY_ID, THEME_BY_CODE, THEME_BY_NAME, THEME_BY_ADDRESS };

struct theme_value {
	const char *name; /* of the attribute */
	const char *value;
	const char *type;     /* of the attribute, as settings call it */
	const char *resource; /* whose record it is from */
	const char *record;   /* that record's own number */
	bool valid;
};
struct theme_link {
	const char *resource, *record;
	int64_t row; /* from 1 */
};
struct theme_relation {
	const char *kind;
	bool out;           /* from this entity, or to it */
	const char *entity; /* the other end */
	const char *name;   /* its golden name, or address */
	const char *resource;
	int64_t row, count; /* the first record that states it, and how many do */
};
struct theme_entity {
	const char *id; /* P, F or H and a number; of this base */
	int kind;       /* enum theme_kind */
	struct theme_value *values;
	size_t values_count;
	struct theme_link *links;
	size_t links_count;
	struct theme_relation *relations;
	size_t relations_count;
	bool more_relations; /* there are more than were asked for */
};

struct theme_query {
	enum theme_by by;
	const char *text;
	int kind;          /* of THEME_BY_NAME: enum theme_kind, or -1: any */
	const char *after; /* an entity: those behind it, of the same key; NULL: from the first */
	size_t limit;      /* entities, at most THEME_LIMIT_MAX */
	size_t relations;  /* of each, at most; 0: none */
};
#define THEME_LIMIT_MAX 200

/* Finds entities by their golden id number, code, name or address, which are put into their normal form
 * first. Nothing found: a count of 0. ST_BAD_INPUT: the text has no such form. */
enum status theme_look(struct call *c, struct theme *t, const struct theme_query *q,
		       struct theme_entity **list, size_t *count) MUST_USE;

/* --- what people should look at (theme_doubt.c) --- */

/* An attribute of the two records of a pair, whether it was compared or not. */
struct theme_doubt_field {
	const char *name, *type;
	const char *left, *right; /* NULL: it has none */
	bool equal;
	const char *level; /* of agreement, as docs/linkage.md names them; NULL: not compared */
	double weight,
		sum; /* bits: of this level, and with the prior and all before; NaN: not compared */
};
/* A pair of records that the build was in doubt of. */
struct theme_doubt {
	const char *id; /* 32 hexadecimal digits, the same in every build */
	int kind;       /* enum theme_kind */
	const char *left_resource, *left_record, *right_resource, *right_record;
	int64_t rank; /* in which people are asked, the most doubtful first */
	double weight, probability, prior;
	bool joined; /* they are one entity in this base */
	struct theme_doubt_field *fields;
	size_t fields_count;
};
enum theme_verdict { VERDICT_SAME, VERDICT_DIFFERENT, VERDICT_UNSURE, VERDICT__COUNT };
extern const char *const theme_verdict_words[];
extern const struct field theme_doubt_shape[];

/* One pair by its id; ST_NOT_FOUND, without a problem text: this base has no doubt of it. */
enum status theme_doubt_get(struct call *c, struct theme *t, const char *id,
			    struct theme_doubt *out) MUST_USE;
/* Calls 'each' with every pair, by their ids, until it fails; what it is given lives until it returns. */
enum status theme_doubts(struct call *c, struct theme *t,
			 enum status (*each)(const struct theme_doubt *d, void *context),
			 void *context) MUST_USE;

extern const struct module theme_module;

#endif
