/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: settings, records on their way, and how the store is laid out. */
#ifndef DATA_THEME_THEME_PRIVATE_H
#define DATA_THEME_THEME_PRIVATE_H

#include <lmdb.h>
#include "data/theme/theme.h"
#include "engine/linkage/csv.h"
#include "engine/linkage/file_text.h"
#include "engine/linkage/memory.h"

#define ATTRIBUTES_MAX 16
#define ROLES_MAX 8
#define RESOURCES_MAX 64
#define RELATIONS_MAX 32 /* kinds of relation */
#define STATEMENTS_MAX 8 /* relations that one resource states */
#define CRITERIA_MAX 4
#define VALUE_MAX 4000 /* bytes of one value; what is longer is cut between two characters */

/* --- settings (theme_settings.c) --- */

enum theme_type {
	TYPE_TEXT,
	TYPE_NAME,
	TYPE_COMPANY,
	TYPE_CITIZEN,
	TYPE_USCC,
	TYPE_SEX,
	TYPE_DATE,
	TYPE_PHONE,
	TYPE_ADDRESS,
	TYPE_NUMBER,
	TYPE__COUNT
};
extern const char *const theme_type_words[TYPE__COUNT + 1];

enum criterion { BY_VALID, BY_VOTES, BY_TRUST, BY_RECENT, BY_FREQUENCY, BY__COUNT };

struct attribute {
	const char *name;
	enum theme_type type;
	bool link; /* a column of the table that is linked */
	enum criterion criteria[CRITERIA_MAX];
	unsigned criteria_count;
};
struct base {
	struct attribute attributes[ATTRIBUTES_MAX];
	unsigned count;
	struct buf linkage; /* its settings for the linkage engine */
};
/* Somebody or something that a record names. */
struct role {
	const char *name;
	enum theme_kind kind;
	const char *columns[ATTRIBUTES_MAX]; /* of each attribute of the kind, or NULL */
};
struct statement {
	unsigned relation, from, to; /* the roles of its ends */
};
struct resource {
	const char *code;
	int64_t trust;                /* 0 to 100 */
	const char *updated;          /* the column of the day that the record is of, or NULL */
	struct role roles[ROLES_MAX]; /* the first is the subject */
	unsigned role_count;
	struct statement statements[STATEMENTS_MAX];
	unsigned statement_count;
};
struct theme_settings {
	const char *key; /* the column of a record's own number */
	struct base bases[THEME_KINDS];
	struct resource resources[RESOURCES_MAX];
	unsigned resource_count;
	const char *relations[RELATIONS_MAX];
	enum theme_kind from[RELATIONS_MAX], to[RELATIONS_MAX];
	bool one[RELATIONS_MAX]; /* who it is from has one at most: the one that most trust stands behind */
	unsigned relation_count;
};
extern const char theme_default_settings[]; /* theme.ini */

/* ST_BAD_INPUT names line, key and rule. */
enum status theme_settings_parse(struct call *c, const char *name, const char *text, size_t size,
				 struct theme_settings *out) MUST_USE;
/* The first attribute of a type, or -1. */
int base_attribute(const struct base *b, enum theme_type type);

/* --- values (theme_value.c) --- */

/* The value in the form that is kept, of at most VALUE_MAX bytes; false: it is not a valid one of its type,
 * which is kept as it is. An empty 'out' is a missing value. */
bool value_clean(enum theme_type type, const char *s, size_t size, struct buf *out);
/* What values are compared and found by: half width, lower case, simplified, no spaces and dots. */
void value_key(const char *s, size_t size, struct buf *out);
/* Numbers that two writings of one complete address share; 0: the address names no single house. The second
 * is that of a village whose town is not said, 0 where it is the first or the house is on a road. */
void address_keys(const char *s, size_t size, uint64_t keys[2]);
/* The organisation code (GB 11714) within a code of legal entities, or that code itself: 9 characters;
 * false: it has none. */
bool organisation_code(const char *s, size_t size, char out[10]);

/* --- records on their way (theme_read.c) --- */

struct source {
	const struct resource *resource;
	unsigned number; /* in the settings */
	uint32_t first;  /* its first record among those of its kind */
	uint32_t rows;
};

/* The records of one kind, in the order of the resources: their values in a file, mapped. */
struct records {
	enum theme_kind kind;
	uint32_t count, room;
	uint64_t *at; /* of each record, in the file */
	uint32_t *of; /* of each record, its entity from 0, once linked */
	uint32_t entities;
	char *data;
	size_t size;
	const char *values_path, *table_path;
	FILE *values, *table;
};

struct record {
	int32_t updated; /* days since 1970; INT32_MIN: not known */
	const char *key;
	unsigned key_size;
	const char *value[ATTRIBUTES_MAX];
	unsigned size[ATTRIBUTES_MAX];
	bool valid[ATTRIBUTES_MAX];
};

/* A pair in doubt, as it is stored. */
#define DOUBT_KEY 16
struct doubt_text {
	unsigned char key[DOUBT_KEY];
	const char *text;
};

struct build {
	struct call *c;
	const struct theme_ask *ask;
	struct theme_settings *settings;
	const char *folder; /* where the new base is made */
	struct source sources[RESOURCES_MAX];
	unsigned source_count;
	struct records records[THEME_KINDS];
	unsigned threads;
	struct entities *entities;     /* theme_golden.c */
	struct statements *statements; /* theme_relate.c */
	struct theme_counts counts;
	struct doubt_text *doubt_list;
	size_t doubt_count, doubt_room;
	uint32_t doubts[THEME_KINDS];
	struct {
		int64_t obeyed,
			missing; /* missing: they name records that are not there, or twice */
	} counts_judged;
	FILE *to;
	const char *settings_text;
	double began, phase_began, phase_cpu; /* seconds */
};

/* One row of a resource's file, its cells by the columns that the settings name. */
struct row {
	const char *at[ROLES_MAX][ATTRIBUTES_MAX];
	uint32_t size[ROLES_MAX][ATTRIBUTES_MAX];
	const char *key, *updated;
	uint32_t key_size, updated_size;
};
/* Calls 'each' for every row of a source; the cells live until it returns. */
enum status source_rows(struct build *b, const struct source *s,
			enum status (*each)(struct build *b, const struct source *s, uint32_t row,
					    const struct row *cells, void *context),
			void *context) MUST_USE;

/* A file of fields between commas under a heading, as the linkage engine and a made-up city write them. */
struct comma_file {
	struct file_text text; /* file_text_close() gives it back */
	struct csv csv;
	struct csv_field *fields; /* CSV_FIELDS_MAX */
	unsigned count; /* fields of the record that was read last; 0: there are no more */
};
/* Opens it and passes over the heading; on failure nothing stays open. */
enum status comma_open(struct call *c, const char *path, struct comma_file *out) MUST_USE;
enum status comma_next(struct call *c, struct comma_file *f) MUST_USE;

enum status records_read(struct build *b) MUST_USE;
void record_at(const struct build *b, const struct records *r, uint32_t i, struct record *out);
const struct source *source_of_record(const struct build *b, enum theme_kind kind, uint32_t i);
void records_done(struct build *b);

/* --- theme_link.c --- */

enum status records_link(struct build *b, enum theme_kind kind) MUST_USE;

/* --- theme_doubt.c --- */

/* Writes what people judged of pairs of a kind for the linkage engine. */
enum status judged_lay_out(struct build *b, enum theme_kind kind, const char *path) MUST_USE;
/* Keeps the pairs that the engine left for people; none where it left no file. */
enum status doubts_read(struct build *b, enum theme_kind kind, const char *path) MUST_USE;

/* --- theme_golden.c --- */

/* The records of each entity, side by side, and where the golden records stand. */
struct golden {
	uint32_t *members, *first; /* first[e] to first[e + 1] */
	const char *path;          /* the golden records as they are stored, one behind the other */
	char *data;                /* that file, mapped */
	size_t size;
	uint64_t *at; /* entities + 1 */
};
struct entities {
	struct golden kinds[THEME_KINDS];
};
enum status golden_make(struct build *b, enum theme_kind kind) MUST_USE;
void golden_done(struct build *b);

/* --- theme_relate.c --- */

struct stated {
	uint32_t from, to;
	uint32_t row, count;
	uint32_t votes; /* the trust of all that state it */
	uint8_t relation, source;
};
struct statements {
	struct stated *list;
	size_t count, room;
	int64_t stated[RELATIONS_MAX], unresolved[RELATIONS_MAX], outvoted[RELATIONS_MAX];
};
enum status relations_make(struct build *b) MUST_USE;
void relations_done(struct build *b);

/* --- the store (theme_write.c) --- */

#define STORE_FORMAT "2"
enum table {
	TABLE_META,
	TABLE_ENTITY,
	TABLE_RELATION,
	TABLE_DOUBT,
	TABLE_ID,
	TABLE_CODE,
	TABLE_NAME,
	TABLE_ADDRESS,
	TABLE__COUNT
};
extern const char *const store_tables[TABLE__COUNT];

/* Keys: an entity is its kind and number, big-endian; a relation its entity, 0 out or 1 in, the relation's
 * number, the other entity; an index its text, a 0, the entity. A golden record: for each value the
 * attribute, valid or not, source, row, size, bytes; 0xFF; for each record source, row, its number. A pair
 * in doubt: its id, and theme_doubt_shape as JSON. */
#define ENTITY_KEY 5
static inline void put_u32(unsigned char *to, uint32_t v)
{
	to[0] = (unsigned char)(v >> 24), to[1] = (unsigned char)(v >> 16);
	to[2] = (unsigned char)(v >> 8), to[3] = (unsigned char)v;
}
static inline uint32_t get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
enum { INDEX_TEXT_MAX = 400 };

enum status store_write(struct build *b) MUST_USE;

/* --- theme_truth.c --- */

/* Holds what was made to truth.csv and relations.csv, and tells precision and recall. */
enum status truth_report(struct build *b) MUST_USE;

#endif
