/* SPDX-License-Identifier: Apache-2.0 */
/* One record being made: city_record.c, and its cells with their errors, city_error.c. */
#ifndef DATA_CITY_CITY_RECORD_PRIVATE_H
#define DATA_CITY_CITY_RECORD_PRIVATE_H

#include "data/city/city_truth_private.h"

/* Rows of a resource in this city, copies included. */
uint32_t city_rows(const struct city *city, int resource);
/* Number of the subject of a row: of a person, firm or house. '*copy': the row repeats another. */
uint32_t city_subject(const struct city *city, int resource, uint32_t row, bool *copy);

enum { CITY_ROW_MAX = 8192 };

struct city_record {
	const struct city *city;
	const struct city_resource *resource;
	const struct city_department *department;
	int number; /* of the resource */
	uint32_t row, subject;
	uint64_t chance;
	uint32_t drawn, done; /* bits of enum city_error: drawn for and done to the subject */
	uint32_t loaded;      /* bits of enum city_who */
	struct city_person person[WHO__COUNT];
	struct city_house house[WHO__COUNT];
	struct city_firm firm[WHO__COUNT];
	/* Number of whoever it is, UINT32_MAX for nobody. */
	uint32_t who[WHO__COUNT];
};

void city_record_begin(struct city_record *r, const struct city *city, int resource, uint32_t row);
/* Writes the row with CRLF behind it (RFC 4180); at most CITY_ROW_MAX bytes. Returns the end. */
char *city_record_put(struct city_record *r, char *p);
/* The line of truth.csv. */
char *city_truth_put(const struct city_record *r, char *p);
char *city_header_put(int resource, char *p);
char *city_record_id_put(char *p, int resource, uint32_t row);

/* The next draw of a record. */
static inline uint64_t city_draw(struct city_record *r)
{
	r->chance += CITY_GOLDEN;
	return city_mix(r->chance);
}
/* Which error of the group befalls this cell, or ERROR_NONE. */
enum city_error city_draw_error(struct city_record *r, enum city_group group);
/* Notes that an error was done to the record's subject. */
static inline void city_done(struct city_record *r, enum city_error e)
{
	r->done |= UINT32_C(1) << e;
}

/* Cells with errors (city_error.c). 'own': of the subject, so that it is noted. */
char *city_cell_name(struct city_record *r, char *p, const struct city_person *of, bool own);
char *city_cell_id(struct city_record *r, char *p, const struct city_person *of, bool own);
char *city_cell_sex(struct city_record *r, char *p, const struct city_person *of, bool own);
char *city_cell_birth(struct city_record *r, char *p, const struct city_person *of, bool own);
char *city_cell_phone(struct city_record *r, char *p, uint32_t person, bool own);
char *city_cell_address(struct city_record *r, char *p, const struct city_house *of, bool own);
char *city_cell_firm(struct city_record *r, char *p, const struct city_firm *of, bool own);
char *city_cell_code(struct city_record *r, char *p, const struct city_firm *of, bool own);
char *city_date_put(char *p, int32_t day, enum city_date form);

#endif
