/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: the tables in memory, settings, pairs, the model.
 *
 * A record is a number; a column has a dictionary of texts and their normal forms. What is compared
 * stands in one line a record: the numbers of its normal forms, side by side. */
#ifndef LINKAGE_PRIVATE_H
#define LINKAGE_PRIVATE_H

#include "base/call.h"
#include "base/text.h"
#include "engine/linkage/dict.h"
#include "engine/linkage/kernel.h"
#include "engine/linkage/linkage.h"
#include "engine/linkage/memory.h"

#define COMPARISONS_MAX 16 /* four bits each in a pattern */
#define LEVELS_MAX 8       /* of one comparison, with "missing" */
#define BINS_MAX 8         /* of equal values by their frequency */
#define RULES_MAX 48
#define PARTS_MAX 4
#define SOURCES_MAX 64

/* --- tables --- */

struct column {
	const char *name;
	struct dict dict;
	uint32_t *raw;    /* a record's text, a number of 'dict' */
	uint32_t *normal; /* a text's normal form, also a number of 'dict' */
	uint32_t texts; /* numbers under this came from the input, the others are normal forms only */
	bool compared;     /* the settings use it: it has a place in the line */
	bool unified;      /* tables_unify() has done it */
	uint32_t distinct; /* values that records have; of count_values() */
	unsigned place;
};

struct settings;

struct tables {
	struct column *columns;
	unsigned column_count;
	unsigned sources;
	const char *source_names[SOURCES_MAX];
	uint32_t first[SOURCES_MAX + 1]; /* the records of source s are first[s] to first[s + 1] */
	uint32_t records, room;
	int id_column; /* -1: the number in the input is the id */
	char *ids;
	uint64_t *id_at;
	size_t ids_used, ids_room;
	uint32_t *lines;
	unsigned stride; /* numbers a line: a power of two, so that lines do not straddle */
	uint64_t *keys, *spare_keys; /* room for one rule's, kept from rule to rule */
	bool counted;                /* values have been counted elsewhere, over more records */
	void (*drop)(const struct tables
			     *t); /* gives back memory of ids that are mapped; NULL: they are not */
	uint32_t *truth; /* the true entity of each record from 1, or NULL; 0: not known, an own one */
};

static inline const uint32_t *line_of(const struct tables *t, uint32_t record)
{
	return t->lines + (size_t)record * t->stride;
}
static inline unsigned source_of(const struct tables *t, uint32_t record)
{
	unsigned s = 0;
	while (record >= t->first[s + 1])
		s++;
	return s;
}

/* Reads the input tables. The first one's header names the columns; those of others are found by name,
 * by the name's end behind # / or :, or, where no name is shared, by place. */
enum status tables_read(struct call *c, const struct linkage_ask *ask, struct tables *out) MUST_USE;
/* Records as they are read: the texts of TABLE_BLOCK, column after column; they stand until the next ones. */
#define TABLE_BLOCK 8192
struct table_block {
	struct tables *tables;
	struct dict_text *texts;
	uint32_t begin, count;
};
typedef enum status table_block_fn(void *context, struct tables *t, struct table_block *b);
/* Reads as tables_read(), but the records go to 'take'; NULL: only the headers are read. */
enum status tables_stream(struct call *c, const struct linkage_ask *ask, table_block_fn *take,
			  void *context, struct tables *out) MUST_USE;
/* The id of a block's k-th record; 'number' is room for one that is its place. */
struct dict_text tables_block_id(const struct tables *t, const struct table_block *b, uint32_t k,
				 char number[16]);
/* Gives every text of the columns that are compared its normal form, and lays out the lines. */
void tables_normalise(struct tables *t, unsigned threads);
/* Makes one of the values of a column that are one written in several ways, as the kinds that they are compared
 * as tell. To be called before values are counted; doing it again changes nothing. */
void tables_unify(struct tables *t, const struct settings *s, unsigned threads);
void tables_done(struct tables *t);
int tables_column(const struct tables *t, const char *name);
const char *tables_id(const struct tables *t, uint32_t record, size_t *size);

/* The normal form of a text in 'out', which has room for size + 8 bytes: lower case, half width,
 * simplified characters, no accents, single spaces. */
uint32_t normal_text(const char *s, uint32_t size, char *out);

/* --- settings --- */

enum kind {
	KIND_EXACT,
	KIND_NAME,
	KIND_CODE,
	KIND_DATE,
	KIND_EMAIL,
	KIND_POSTCODE,
	KIND_NUMBER,
	KIND_TOKENS,
	KIND_HANNAME,
	KIND_CITIZEN,
	KIND_ADDRESS,
	KIND_COMPANY,
	KIND_USCC,
	KIND__COUNT
};

/* What all ways to write a value have in common, as its kind tells; 0: it is written in one way only. */
#define UNIFY_KEY_SIZE 128
uint32_t unify_key(enum kind kind, const char *s, uint32_t size, char key[UNIFY_KEY_SIZE]);
/* Whether 'a' is to stand for what 'b' says too: the longer, then the first in the order of bytes. */
bool unify_before(const char *a, uint32_t a_size, const char *b, uint32_t b_size) MUST_USE;

struct comparison {
	unsigned column;
	enum kind kind;
	bool by_frequency; /* an equal rare value says more than an equal common one */
	int swap;          /* the comparison whose column may hold this one's value, or -1 */
	int within;        /* the comparison whose equal value implies this one's, or -1 */
	bool fixed;        /* m and u are the settings' */
	double m[LEVELS_MAX], u[LEVELS_MAX];
};

enum part_kind {
	PART_WHOLE,
	PART_PREFIX,
	PART_SUFFIX,
	PART_SOUND,
	PART_YEAR,
	PART_DAY,
	PART_TOKEN,
	PART_PLACE,  /* the slots of an address, however they are written */
	PART_EITHER, /* this and another column in either order */
	PART__COUNT
};

struct part {
	enum part_kind kind;
	unsigned column, other; /* other: of PART_EITHER */
	unsigned n;             /* points of a prefix or suffix */
};

struct rule {
	struct part parts[PARTS_MAX];
	unsigned count;
};

struct settings {
	bool link_within, link_across; /* pairs within a source, between sources */
	bool one_to_one;               /* a source holds an entity once */
	struct comparison comparisons[COMPARISONS_MAX];
	unsigned comparison_count;
	struct rule rules[RULES_MAX];
	unsigned rule_count;
	double link_threshold, cluster_threshold; /* probabilities */
	double prior;                             /* 0: from the data */
	int64_t block_max;                        /* records of a block; larger ones are split */
	int64_t cluster_max;                      /* records of a cluster */
	double review_low, review_high; /* probabilities between which people look; 0: none do */
	int64_t review_max;             /* pairs at most */
};

/* Reads settings; columns are those of 't'. ST_BAD_INPUT names line, key and rule. */
enum status settings_parse(struct call *c, const char *name, const char *text, size_t size,
			   const struct tables *t, struct settings *out) MUST_USE;
void settings_write(const struct settings *s, const struct tables *t, struct buf *out);
void settings_write_rule(const struct rule *r, const struct tables *t, struct buf *out);
/* Looks at the tables and proposes. */
enum status settings_suggest(struct call *c, struct tables *t, struct settings *out) MUST_USE;

/* --- comparing --- */

struct pairs;
struct pair {
	uint32_t l, r; /* l < r */
};
/* The order of pairs, by l and then by r: less than, equal to or greater than 0 as for qsort(). */
static inline int pair_order(struct pair a, struct pair b)
{
	return a.l != b.l ? (a.l > b.l) - (a.l < b.l) : (a.r > b.r) - (a.r < b.r);
}

struct comparer; /* what is derived once from each distinct value */

struct level_names {
	const char *kind;              /* as settings call it */
	const char *names[LEVELS_MAX]; /* from "missing" on, ended by NULL; the last is "equal" */
};
extern const struct level_names level_names[KIND__COUNT];
unsigned levels_of(enum kind kind);

/* The levels of all pairs, by several threads. */
void compare_list(const struct comparer *k, const struct pairs *p, unsigned threads,
		  uint64_t *patterns);
struct comparer *comparer_new(struct tables *t, const struct settings *s, unsigned threads);
void comparer_end(struct comparer *k);
/* One worker's short memory of pairs of values. */
struct memo;
struct memo *memo_new(void);
void memo_end(struct memo *m);
/* The levels of two records, four bits a comparison; equal values of comparisons by frequency stand at
 * equal + bin. The same in any company: what stands beside a pair never changes its levels. */
uint64_t compare_records(const struct comparer *k, struct memo *m, uint32_t l, uint32_t r);
/* Counts how many records have each normal value of a column, into its dictionary. */
void count_values(const struct tables *t, struct column *column);
/* How many records have the value, of those that have one. */
uint32_t value_count(const struct comparer *k, unsigned comparison, uint32_t value);
/* The valid number of a citizen that a record has, as a hash; 0: none. Two that differ are two people. */
uint64_t identity_of(const struct comparer *k, uint32_t record);
/* Whether clusters are kept apart by them. */
bool identities_matter(const struct settings *s);
/* Whether a value keeps the rules of its kind: check digits, the calendar. */
bool value_valid(const struct comparer *k, unsigned comparison, uint32_t value);
static inline unsigned bin_of(uint32_t count)
{
	unsigned bin = (unsigned)(31 - __builtin_clz(count | 1)) / 2;
	return bin < BINS_MAX ? bin : BINS_MAX - 1;
}
static inline unsigned nibble(uint64_t pattern, unsigned i)
{
	return (unsigned)(pattern >> (4 * i)) & 15;
}

/* --- pairs --- */

struct capped_block {
	unsigned rule;
	int64_t records;
	int64_t pairs_whole, pairs_made;
};

struct pairs {
	struct pair *list;
	size_t count, room;
	/* Called between blocks when 'list' holds 'most' and more, to take them out; NULL: never. */
	void (*full)(void *context, struct pairs *p);
	void *full_context;
	size_t most;
	int64_t by_rule[RULES_MAX];    /* pairs that the rule was first to bring */
	int64_t whole_rule[RULES_MAX]; /* exact size before any was made */
	struct capped_block *capped;
	size_t capped_count;
};

/* The same for many pairs at once: their memory is on its way before it is asked for, and the measures have
 * a pair a lane. */
void compare_pairs(const struct comparer *k, struct memo *m, const struct pair *pairs, size_t count,
		   uint64_t *patterns);

/* How many pairs a rule makes, exactly, by its sorted keys and without making one. */
int64_t rule_size(struct tables *t, const struct settings *s, const struct rule *r);
/* The values must have been counted. The pairs and their order are the same for any number of threads. */
enum status pairs_make(struct call *c, struct tables *t, const struct settings *s, unsigned threads,
		       struct pairs *out) MUST_USE;
/* The pairs that one rule brings first, behind those that 'out' has, where 't' holds all records of each of its
 * blocks. 'capped': for each rule before it the records in blocks that it has split, a bit each, or NULL;
 * of this rule such bits are made, for big_free() of CAPPED_SIZE(records) bytes, when there are any. */
#define CAPPED_SIZE(records) ((size_t)(records) / 8 + 1)
void pairs_of_rule(struct tables *t, const struct settings *s, unsigned rule, uint8_t **capped,
		   struct pairs *out);
void pairs_init(struct pairs *p);
/* Tells of 'count' >= 1 more blocks over the cap; out of memory ends the process as in arena.h. */
void pairs_add_capped(struct pairs *p, const struct capped_block *list, size_t count);
/* Sorts the pairs from 'from' on and keeps one of each. */
void pairs_unique(struct pairs *p, size_t from);
void pairs_done(struct pairs *p);
/* Gives back the room for keys that 't' keeps. */
void pairs_scratch_done(struct tables *t);
double pairs_possible(const struct tables *t, const struct settings *s);
/* The part's text of a value, for prefixes, sounds and the like; false: it has none. */
bool part_text(const struct part *p, const char *s, uint32_t size, struct buf *out);

/* --- the model --- */

#define COUNT_BITS 4096

struct model {
	double prior;
	double m[COMPARISONS_MAX][LEVELS_MAX], u[COMPARISONS_MAX][LEVELS_MAX];
	double bin_share[COMPARISONS_MAX][BINS_MAX], bin_u[COMPARISONS_MAX][BINS_MAX];
	double chance_bits[COMPARISONS_MAX]
			  [BINS_MAX];       /* log2 of the part of equal pairs that is chance */
	double present[COMPARISONS_MAX];    /* records that have a value */
	double equal_bits[COMPARISONS_MAX]; /* log2 of m times those */
	float count_bits[COUNT_BITS];       /* log2 of small counts */
	unsigned rounds;
	double expected; /* matches among all pairs, by the model */
};

struct pattern_table {
	uint64_t *patterns;
	double *counts;
	float *weights; /* without frequencies of single values */
	uint32_t count, room;
	uint32_t *slots;
	unsigned bits;
};

struct scored {
	uint32_t *pattern; /* of each pair, a number of the table */
	float *weight;     /* log2 of the odds */
};

void patterns_init(struct pattern_table *p);
void patterns_done(struct pattern_table *p);
/* The number of a pattern that has one. */
uint32_t patterns_number(const struct pattern_table *p, uint64_t pattern);
uint32_t patterns_add(struct pattern_table *p, uint64_t pattern);

/* The pairs of one of SAMPLE_CHUNKS samples, the same for the same tables' sizes; 'out' has room for SAMPLE_ROOM.
 * Gives how many. */
#define SAMPLE_CHUNKS 4
#define SAMPLE_ROOM 75776
size_t sample_list(const struct tables *t, const struct settings *s, unsigned chunk,
		   struct pair *out);
/* What chance makes equal in one comparison: records by the frequency of their value. */
struct equal_counts {
	double records, of[BINS_MAX], pairs[BINS_MAX];
};
void equal_counts_add(struct equal_counts *e, bool by_frequency, uint32_t frequency);
/* Training by what was counted; the order in which it was does not matter. */
void model_fit(const struct settings *s, uint32_t records, double possible,
	       const struct equal_counts *equal, const struct pattern_table *patterns,
	       const struct pattern_table *sample, struct model *out);
/* The weight of an equal value that so many records have. */
double model_rare_weight(const struct model *m, unsigned comparison, uint32_t frequency);
/* Of each pattern the weight without frequencies of single values, and which comparisons those are of. */
void score_base(const struct model *m, const struct settings *s, const struct pattern_table *p,
		float *base, uint16_t *masks);
void model_train(struct tables *t, const struct settings *s, struct comparer *k,
		 struct pattern_table *patterns, unsigned threads, struct model *out);
/* The weight of one comparison at a level of a pattern, in bits; 'values' those of both records. */
double model_weight(const struct model *m, const struct settings *s, const struct comparer *k,
		    unsigned comparison, unsigned level, const uint32_t *values);
double weight_probability(double weight);

/* --- what people have judged (judged.c) --- */

struct judged_pair {
	struct pair pair; /* l < r */
	bool same;
	uint32_t place; /* in the file */
};
struct judgements {
	struct judged_pair *list; /* by their records, each pair once */
	size_t count, room;
};
struct csv;
struct csv_field;
/* The records of a source by their ids. */
struct id_index {
	struct dict dict;
	uint32_t *record; /* of an id's number; UINT32_MAX: none has it */
	size_t room;
};
void ids_index(const struct tables *t, unsigned source, struct id_index *out);
bool ids_find(const struct id_index *x, const struct csv_field *id, uint32_t *record) MUST_USE;
void ids_done(struct id_index *x);
/* Whether a heading's third column is "verdict"; and such a field: same or different. */
bool verdict_column(const struct csv_field *heading, unsigned count);
enum status verdict_read(struct call *c, const struct csv *r, const struct csv_field *f,
			 bool *same) MUST_USE;
/* Reads judgements, of which the first id is one of the first table, the second of the last; the last verdict
 * on a pair stands. Pairs of records that are not there are passed over. 'path' NULL: none. */
enum status judged_parse(struct call *c, const char *name, const char *text, size_t size,
			 const struct tables *t, struct judgements *out) MUST_USE;
/* The same by the ids of the first table and of the last. */
enum status judged_parse_by(struct call *c, const char *name, const char *text, size_t size,
			    const struct id_index *left, const struct id_index *right,
			    struct judgements *out) MUST_USE;
#define JUDGED_FILE_MAX (INT64_C(4) << 30)
enum status judged_read(struct call *c, const char *path, const struct tables *t,
			struct judgements *out) MUST_USE;
bool judged_known(const struct judgements *j, uint32_t l, uint32_t r);
void judged_done(struct judgements *j);

/* --- clusters --- */

/* The weight of a link that a person has made. */
#define JUDGED_WEIGHT 1000

struct merge {
	uint32_t a, b; /* the records whose link joined two clusters */
	float weight;
};

struct clusters {
	uint32_t *of; /* each record's cluster: its first record */
	struct merge *merges;
	size_t merge_count, merge_room;
	int64_t refused_size, refused_source,
		refused_conflict; /* links that a guard did not follow */
	int64_t refused_judged;   /* links between what people put apart, theirs among them */
};

/* A scored pair. Edges come strongest first, then by l and r. */
struct edge {
	float weight;
	uint32_t l, r;
};
#define LOWEST -10 /* bits: weaker pairs never join clusters */
int edge_order(const void *a, const void *b);
/* The weight from which on edges are wanted: for clusters or for links. */
double edges_from(const struct settings *s);
/* The next edge in that order; false: there is none. */
typedef bool next_edge_fn(void *from, struct edge *out);
/* 'identities' of identity_of() for each record, or NULL. It is used up. What people judged the same is joined
 * before all else, whatever guards say; what they judged different is never joined, over whichever records. */
void clusters_join(const struct tables *t, const struct settings *s, uint64_t *identities,
		   const struct judgements *judged, next_edge_fn *next, void *from,
		   struct clusters *out);
void clusters_done(struct clusters *c, const struct tables *t);
/* The clusters that hold at a weight, from the merges. */
void clusters_at(const struct tables *t, const struct clusters *c, double weight, uint32_t *of);

/* --- reading what came out --- */

struct quality {
	double threshold; /* weight */
	double precision, recall, f1;
};

struct evaluation {
	int64_t true_pairs, reached; /* all that match, and those among the candidates */
	struct quality pairs_default, pairs_best, clusters_default, clusters_best;
};

/* Fills t->truth from a column or a file of pairs of ids. */
enum status truth_read(struct call *c, const struct linkage_ask *ask, struct tables *t) MUST_USE;
void evaluate(const struct tables *t, const struct settings *s, const struct pairs *p,
	      const float *weights, const struct clusters *clusters, struct evaluation *out);

#define PHASES_MAX 16
struct phase {
	const char *name;
	double wall, cpu;
};

/* All of one run. */
struct run {
	struct call *c;
	const struct linkage_ask *ask;
	struct tables tables;
	struct settings settings;
	struct comparer *comparer;
	struct pairs pairs;
	struct pattern_table patterns;
	uint32_t *pattern_of; /* of each pair */
	float *weights;       /* of each pair: log2 of the odds that it is a match */
	struct model model;
	struct judgements judged;
	struct edge *edges; /* the pairs from edges_from() on, in their order */
	size_t edge_count, edge_room;
	int64_t link_count;
	struct clusters clusters;
	struct evaluation evaluation;
	struct phase phases[PHASES_MAX];
	unsigned phase_count;
	double wall, cpu;
	const char *source_labels[SOURCES_MAX]; /* names of tables as fields, for output.c */
};

struct rows;
enum status output_write(struct run *run) MUST_USE;
/* Makes the folder. */
enum status output_make(struct run *run) MUST_USE;
/* Makes fields of the tables' names, which stand before ids. */
void output_label(struct run *run);
/* clusters.csv, and unless clusters alone are asked for merges.csv and settings.ini. */
enum status output_clusters(struct run *run) MUST_USE;
/* Rows of links.csv and headers of its like, for tables beyond memory. */
void output_link(const struct run *run, const struct edge *e, struct rows *out);
extern const char *const output_link_header[2]; /* of one table; between tables */
/* One record a cluster, each value the best of its members'. */
enum status golden_write(struct run *run, const char *path) MUST_USE;
/* What a member of a cluster has in one column. */
struct golden_choice {
	uint32_t value;        /* equal for equal values; 0: none */
	uint32_t size;         /* bytes of the text as it came */
	bool valid;            /* it keeps the rules of its kind, or has none */
	uint32_t alike, place; /* for golden_best() */
};
/* Whose value the golden record has: valid before not, then what most members have, then the longest, then the
 * first; UINT32_MAX: no member has one. */
uint32_t golden_best(struct golden_choice *list, uint32_t count);
/* The comparison of each column that tells what is valid, or -1. Owner: the arena of the run's call. */
int *golden_comparisons(const struct run *run);
const char *golden_header(const struct run *run);
void report_text(const struct run *run, FILE *to);
void report_json(const struct run *run, struct buf *out);
struct json_out;
/* review.jsonl in the folder, where the settings ask for it. */
enum status review_write(struct run *run) MUST_USE;
/* The waterfall of two records, l < r, as a JSON object. */
void waterfall_write(struct run *run, struct memo *memo, uint32_t l, uint32_t r,
		     struct json_out *j);
/* The order of uint64_t, for qsort() and bsearch(). */
int number_order(const void *a, const void *b);
/* --- tables beyond memory --- */

void begin_phase(struct run *run, const char *name);
void end_phase(struct run *run);
enum status settings_read(struct run *run, const struct tables *t) MUST_USE;
/* Marks the columns that have a place in the lines. */
void choose_columns(struct run *run, struct tables *t, bool settings_known);
enum status id_is_free(struct run *run, const struct tables *t) MUST_USE;
/* What cannot be asked for together with a limit of memory. */
enum status large_refusal(struct call *c, const struct linkage_ask *ask) MUST_USE;
/* The whole run in at most ask->memory bytes, with what it writes; the same clusters as without a limit. */
enum status large_link(struct run *run) MUST_USE;

/* The waterfall of one pair as JSON. */
enum status explain_pair(struct run *run, const char *ids, struct buf *out) MUST_USE;

#endif
