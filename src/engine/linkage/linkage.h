/* SPDX-License-Identifier: Apache-2.0 */
/* Record linkage 数据归集: which records of tables are the same person, company or house.
 *
 * Probabilistic linkage after Fellegi and Sunter (1969): candidates by blocking rules, levels of agreement
 * by comparisons, a model that learns from the tables themselves, clusters with guards, golden records.
 * Works on CSV tables in memory; owns no table of the database. Uses base. */
#ifndef LINKAGE_H
#define LINKAGE_H

#include <stdio.h>
#include "base/call.h"

struct linkage_ask {
	const char *const *inputs; /* paths of CSV tables */
	unsigned input_count;
	const char *settings; /* path, or NULL: those that are suggested */
	const char *id;       /* the column of ids, or NULL: found, or the place in the table */
	const char *truth;    /* a column, or a CSV file of two columns of ids; NULL: not known */
	const char *judged;   /* a CSV file of two ids and a verdict, see judged.c; NULL: none */
	const char *out;      /* folder for what output.c writes; NULL: none */
	const char *report;   /* path of the report as JSON, or NULL */
	const char *explain;  /* "ID,ID": print the waterfall of this pair; NULL: none */
	bool clusters_only;   /* of what 'out' gets, clusters.csv and pairs for review alone */
	bool suggest_only;    /* print the settings that are suggested and end */
	bool quiet;           /* no progress on standard error */
	int64_t memory; /* bytes that the run may take, the rest in files of 'out' or $TMPDIR; 0: no limit */
	unsigned threads; /* 0: as many as processors, at most 8 */
	char delimiter;   /* 0: found */
};

/* Links the tables, writes what was asked for, and the report as text to 'to'. ST_BAD_INPUT names file, line
 * or key and the rule; ST_NOT_FOUND a file that cannot be opened. */
enum status linkage_run(struct call *c, const struct linkage_ask *ask, FILE *to) MUST_USE;
/* A limit of memory as people write it: bytes from 1 on, or K, M or G (powers of 1024) behind their number. False leaves
 * '*out' alone: it is something else, or more than 63 bits hold. */
bool linkage_memory_parse(const char *s, int64_t *out) MUST_USE;

#endif
