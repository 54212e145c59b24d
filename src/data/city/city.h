/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up city: the registers of its departments with the errors that registers have, and the
 * hidden truth behind them, to try linkage on. docs/city.md says what is in it and why.
 *
 * Every row is a pure function of (seed, scale, errors, resource, row): nothing is kept, so any
 * number of threads write the same bytes, and a table of any size costs the same memory. */
#ifndef DATA_CITY_CITY_H
#define DATA_CITY_CITY_H

#include <stdint.h>
#include "base/call.h"

enum {
	CITY_RESOURCES = 33,
	CITY_DEPARTMENTS = 8,
	CITY_GRIDS = 10000,       /* of scale 1 */
	CITY_GRID_RECORDS = 3251, /* of each grid, at the documented rates of error */
	CITY_GRID_LINKED = 6683   /* base records + source links + relations of each grid */
};

struct city_options {
	uint64_t seed;
	uint32_t grids;     /* 1 to CITY_GRIDS; scale * CITY_GRIDS */
	uint32_t errors;    /* times the documented rates, in thousandths; 0 to 10000 */
	uint64_t resources; /* one bit each, in the order of docs/city.md; 0: all */
	int gb18030;        /* the department whose files are in GB 18030, or -1 */
	uint32_t threads;   /* 1 to 256 */
	const char *folder; /* where the files go; made if it is not there */
};

struct city_report {
	int64_t records, bytes;         /* of the resources */
	int64_t persons, firms, houses; /* base records of the whole city */
	int64_t relations;
	double seconds, cpu; /* of writing everything, truth included */
};

/* Writes the resources as <code>.csv, truth.csv, relations.csv and manifest.json into the folder,
 * over what is there by those names. ST_BAD_INPUT names the option that is out of bounds; ST_INTERNAL
 * the file that could not be written, and then the folder has no manifest.json. */
enum status city_write(struct call *c, const struct city_options *in,
		       struct city_report *out) MUST_USE;

/* The command `yongyun city`. Returns the exit code. */
int city_main(int argc, char **argv);

#endif
