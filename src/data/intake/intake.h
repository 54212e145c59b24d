/* SPDX-License-Identifier: Apache-2.0 */
/* Intake 数据归集入库: a department's file is held to the items of its resource, cell by cell; what keeps the
 * rules is cleaned and becomes a batch, what breaks one is put aside with its line and the rule, and a
 * report tells the quality of each column. A batch is whole or not there.
 *
 * Owns tables intake_*. Uses catalogue, engine/linkage (its CSV reader), jobs, files. */
#ifndef DATA_INTAKE_INTAKE_H
#define DATA_INTAKE_INTAKE_H

#include "base/call.h"
#include "base/text.h"
#include "data/catalogue/catalogue.h"
#include "engine/linkage/file_text.h"

#define INTAKE_ITEMS_MAX 200
#define INTAKE_ROWS_MAX INT64_C(200000000)
#define INTAKE_FILE_MAX (INT64_C(16) << 30)

/* --- a file's bytes (intake_text.c) --- */

/* Opens a file that is handed in, see file_text_open(), which also gives it back. ST_BAD_INPUT: or it holds
 * a NUL; ST_TOO_LARGE: more than INTAKE_FILE_MAX. */
enum status intake_text_open(struct call *c, const char *path, struct file_text *out) MUST_USE;

/* --- rules (intake_rules.c) --- */

enum intake_kind {
	INTAKE_TEXT,
	INTAKE_INTEGER,
	INTAKE_NUMBER,
	INTAKE_DATE,
	INTAKE_TIME,
	INTAKE_LOGICAL,
	INTAKE_WORDS,   /* one of a list of codes */
	INTAKE_CITIZEN, /* 公民身份号码, GB 11643 */
	INTAKE_USCC,    /* 统一社会信用代码, GB 32100 */
	INTAKE_PHONE,
	INTAKE_KIND__COUNT
};

/* What is demanded of one item. */
struct intake_item {
	const char *name, *code; /* either may head the column; code: NULL where there is none */
	enum intake_kind kind;
	int64_t length,
		scale; /* at most so many points, or digits and of them decimals; -1: no bound */
	bool required, unique;
	bool keep;   /* a row that breaks a rule of this item is counted and kept */
	bool strict; /* a wrong check digit, or a form that is none, rejects the row */
	bool ranged;
	double low, high;   /* numbers */
	int32_t from, to;   /* dates, days since 1970 */
	int64_t fresh;      /* days after which a date counts as stale; 0: never */
	struct words words; /* INTAKE_WORDS */
};

struct intake_rules {
	struct intake_item items[INTAKE_ITEMS_MAX];
	unsigned count;
};

/* Reads the rules of 'section' (NULL: those that stand before any section) from text of lines
 *     ITEM = KIND[:LENGTH[.SCALE]] [required] [unique] [keep] [strict] [min:N] [max:N] [from:DAY] [to:DAY]
 *            [fresh:DAYS]
 * and adds them to 'out', over what stands there for the same item. KIND is text, integer, number, date,
 * time, logical, words:A,B,C, citizen, uscc or phone. ST_BAD_INPUT names line, item and rule;
 * ST_NOT_FOUND: there is no such section. */
enum status intake_rules_parse(struct call *c, const char *name, const char *text, size_t size,
			       const char *section, struct intake_rules *out) MUST_USE;
/* Adds what the catalogue says of items: types, lengths, and, by their 'standard', GB 11643, GB 32100 and
 * GB/T 2261.1. */
enum status intake_rules_of_items(struct call *c, const struct catalogue_item *items, size_t count,
				  struct intake_rules *out) MUST_USE;

/* --- checking a file (intake_check.c) --- */

enum intake_breach {
	BREACH_NONE,
	BREACH_MISSING,
	BREACH_LENGTH,
	BREACH_FORM,
	BREACH_LISTED,
	BREACH_RANGE,
	BREACH_REPEATED,
	BREACH_CHECK, /* evidence only */
	BREACH_STALE, /* evidence only */
	BREACH__COUNT
};
extern const char *const intake_breach_words[BREACH__COUNT + 1];

#define INTAKE_EXAMPLES 3
struct intake_column {
	const char *name;
	int64_t filled, valid; /* cells that hold something, and of them those that break no rule */
	int64_t distinct;      /* different values, estimated within 2 % */
	int64_t breaches[BREACH__COUNT];
	const char *examples[INTAKE_EXAMPLES]; /* of what broke a rule, masked */
	unsigned example_count;
};

struct intake_quality {
	int64_t rows, accepted, rejected;
	bool gb18030;
	struct intake_column *columns;
	size_t columns_count;
};

struct intake_ask {
	const char *path, *shown; /* the file, and what messages call it */
	const struct intake_rules *rules;
	const char *clean, *rejected; /* files that are written: UTF-8, RFC 4180, LF */
};

/* Checks a whole file. The clean one has a first column 行 with the line in the source, then the items in
 * the order of the rules; the rejected one 行, 信息项, 规则, then the fields as they came. Both are synced.
 * ST_BAD_INPUT, and nothing of it may be used: the heading does not fit, or the CSV is broken. */
enum status intake_check(struct call *c, const struct intake_ask *ask,
			 struct intake_quality *out) MUST_USE;
/* The report as JSON: completeness, validity and uniqueness of each column as shares of 1. */
const char *intake_quality_json(struct call *c, const struct intake_quality *q);

/* One cell against its rules: the cleaned text in 'clean' (size 0 where it is empty). */
enum intake_breach intake_cell(const struct intake_item *item, const char *s, size_t size,
			       int32_t today, struct buf *clean);

/* --- masks (intake_mask.c), the customary ones of GB/T 35273 practice --- */

/* 张**, 330203********1234, 138****5678, the address to its street, the year of a birthday. Each gives a
 * text in the arena; NULL for NULL. */
const char *mask_name(struct arena *a, const char *s);
const char *mask_citizen(struct arena *a, const char *s);
const char *mask_phone(struct arena *a, const char *s);
const char *mask_address(struct arena *a, const char *s);
const char *mask_birthday(struct arena *a, const char *s);
/* Whatever it is: the first character stands. */
const char *mask_any(struct arena *a, const char *s);

/* --- batches (intake_batch.c) --- */

/* What came of one handing in of one resource's whole table. */
enum intake_state { BATCH_WAITING, BATCH_TAKEN, BATCH_REFUSED };
struct intake_batch {
	const char *id, *resource_id, *resource_code, *domain_id;
	int64_t number;            /* of the resource's batches, from 1 */
	int64_t version;           /* of the catalogue entry that it is held to */
	int state;                 /* enum intake_state */
	const char *source;        /* the file's name as it was handed in */
	const char *source_sha256; /* its bytes in the file store */
	int64_t source_size;
	const char *clean_sha256, *rejected_sha256; /* NULL until taken */
	int64_t rows, accepted, rejected;
	const char *report;    /* JSON, see intake_quality_json(); NULL until taken */
	const char *problem;   /* why it was refused, or NULL */
	const char *handed_by; /* a user's id, or "drop" or "command" */
	int64_t handed_at, done_at;
};

/* Hands in the file at 'path', which stays, as a batch of a resource (its id or 信息资源代码), from inside:
 * the drop folder, the command. ST_CONFLICT: the newest batch has the same bytes. Not in a transaction. */
enum status intake_hand_in(struct call *c, const char *resource, const char *path, const char *by,
			   struct intake_batch *out) MUST_USE;
/* Checks a batch that waits and makes it taken or refused; harmless when it no longer waits. Killed at any
 * moment it leaves the batch waiting, and can be run again. Not in a transaction. */
enum status intake_run(struct call *c, const char *batch_id) MUST_USE;
/* In a transaction: the newest taken batch of a resource. ST_NOT_FOUND, without a problem text. */
enum status intake_newest(struct call *c, const char *resource_id,
			  struct intake_batch *out) MUST_USE;
/* In a transaction: the newest taken batch of every resource. */
enum status intake_newest_all(struct call *c, struct intake_batch **list, size_t *count) MUST_USE;
/* In a transaction: one batch; ST_NOT_FOUND with a problem text. */
enum status intake_batch_read(struct call *c, const char *id, struct intake_batch *out) MUST_USE;

extern const struct module intake_module;

#endif
