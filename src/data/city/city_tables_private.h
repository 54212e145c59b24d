/* SPDX-License-Identifier: Apache-2.0 */
/* Departments, resources, and the ways to be wrong: city_departments.c and city_resources.c. */
#ifndef DATA_CITY_CITY_TABLES_PRIVATE_H
#define DATA_CITY_CITY_TABLES_PRIVATE_H

#include <stdbool.h>
#include "data/city/city_plan_private.h"

/* Every way in which a cell or a row can be wrong; the words stand in truth.csv. */
#define CITY_ERRORS(X)                                                                             \
	X(NAME_HOMOPHONE, "name-homophone")                                                        \
	X(NAME_SHAPE, "name-shape")                                                                \
	X(NAME_TRADITIONAL, "name-traditional")                                                    \
	X(ID_MISSING, "id-missing")                                                                \
	X(ID_DIGIT, "id-digit")                                                                    \
	X(ID_SWAP, "id-swap")                                                                      \
	X(ID_OLD, "id-15")                                                                         \
	X(ID_OTHER, "id-relative")                                                                 \
	X(SEX_WRONG, "sex-wrong")                                                                  \
	X(BIRTH_MISSING, "birth-missing")                                                          \
	X(BIRTH_WRONG, "birth-wrong")                                                              \
	X(BIRTH_SWAP, "birth-swap")                                                                \
	X(BIRTH_LUNAR, "birth-lunar")                                                              \
	X(PHONE_MISSING, "phone-missing")                                                          \
	X(PHONE_STALE, "phone-stale")                                                              \
	X(PHONE_SHARED, "phone-shared")                                                            \
	X(PHONE_DIGIT, "phone-digit")                                                              \
	X(ADDRESS_MISSING, "address-missing")                                                      \
	X(ADDRESS_STALE, "address-stale")                                                          \
	X(ADDRESS_SHORT, "address-short")                                                          \
	X(ADDRESS_WRONG, "address-wrong")                                                          \
	X(FIRM_SHORT, "firm-short")                                                                \
	X(FIRM_WRONG, "firm-wrong")                                                                \
	X(FIRM_TRADITIONAL, "firm-traditional")                                                    \
	X(CODE_MISSING, "code-missing")                                                            \
	X(CODE_DIGIT, "code-digit")                                                                \
	X(CODE_OLD, "code-old")                                                                    \
	X(DUPLICATE, "duplicate")                                                                  \
	X(ID_NEVER, "id-never")                                                                    \
	X(NAME_RARE, "name-rare")

enum city_error {
#define X(name, word) ERROR_##name,
	CITY_ERRORS(X)
#undef X
		ERROR__COUNT,
	ERROR__DRAWN = ERROR_DUPLICATE, /* those before it are drawn for each cell */
	ERROR_NONE = ERROR__COUNT
};
extern const char *const city_error_words[ERROR__COUNT];

enum city_group {
	GROUP_NAME,
	GROUP_ID,
	GROUP_SEX,
	GROUP_BIRTH,
	GROUP_PHONE,
	GROUP_ADDRESS,
	GROUP_FIRM,
	GROUP_CODE,
	GROUP__COUNT
};
/* Where each group's errors begin in enum city_error; the next group's beginning is its end. */
extern const uint8_t city_groups[GROUP__COUNT + 1];

enum city_share { SHARE_FREE = 1, SHARE_ASKED, SHARE_CLOSED }; /* 无条件, 有条件, 不予 */

/* Whose value a cell holds. */
enum city_who {
	WHO_NONE,
	WHO_SELF,
	WHO_SPOUSE,
	WHO_FATHER,
	WHO_MOTHER,
	WHO_HEAD,
	WHO_CARER, /* of a person */
	WHO_HOME,
	WHO_OLD_HOME,
	WHO_EMPLOYER,
	WHO_EMPLOYED,
	WHO_FIRM,
	WHO_LEGAL,
	WHO_INVESTOR,
	WHO_SITE, /* of a firm */
	WHO_HOUSE,
	WHO_OWNER,
	WHO_CO_OWNER,
	WHO_TENANT,
	WHO_BANK, /* of a house */
	WHO__COUNT
};

enum city_what {
	WHAT_RECORD,
	/* of persons */
	WHAT_NAME,
	WHAT_ID,
	WHAT_SEX,
	WHAT_BIRTH,
	WHAT_PHONE,
	WHAT_NATION,
	WHAT_BIRTHPLACE,
	WHAT_TO_HEAD,
	WHAT_MARITAL,
	WHAT_MARRIED,
	WHAT_DIED,
	/* of households and houses */
	WHAT_HOUSEHOLD,
	WHAT_MOVED,
	WHAT_ADDRESS,
	WHAT_HOUSE_CODE,
	WHAT_DISTRICT,
	WHAT_STREET,
	WHAT_ROAD,
	WHAT_NUMBER,
	WHAT_BUILDING,
	WHAT_UNIT,
	WHAT_ROOM,
	WHAT_AREA,
	WHAT_BUILT,
	/* of firms */
	WHAT_FIRM_NAME,
	WHAT_FIRM_CODE,
	WHAT_FIRM_OLD_CODE,
	WHAT_FIRM_KIND,
	WHAT_FIRM_STATUS,
	WHAT_FOUNDED,
	WHAT_CLOSED,
	WHAT_CAPITAL,
	/* of the record */
	WHAT_WORD,
	WHAT_DATE,
	WHAT_UNTIL,
	WHAT_SERIAL,
	WHAT_AMOUNT,
	WHAT__COUNT
};

struct city_column {
	const char *title;
	uint8_t who, what, share;
	/* WHAT_WORD: the words, with | between; WHAT_SERIAL: what stands before the digits. */
	const char *words;
};

enum city_date { DATE_DASH, DATE_PLAIN, DATE_SLASH, DATE_DOT, DATE_TIME, DATE_HAN };
enum city_sex { SEX_CODE, SEX_HAN, SEX_LONG };
enum city_address {
	ADDRESS_FULL,
	ADDRESS_NO_STREET,
	ADDRESS_ESTATE,
	ADDRESS_DASHES,
	ADDRESS_SPACED
};
enum city_phone { PHONE_PLAIN, PHONE_SPACED, PHONE_COUNTRY };

/* The departments, in the order of docs/city.md. */
enum city_department_number { GA, MZ, WJ, RS, ZJ, ZG, SJ, ZZ };

struct city_department {
	const char *code, *name, *uscc;
	uint8_t date, sex, address, phone; /* how it writes them */
	bool upper;                        /* digits full width, as its old terminals make them */
	bool no_rare;                      /* characters outside of GB 2312 become '?' */
	uint32_t rates[ERROR__DRAWN];      /* parts in a million, of cells of its resources */
};

struct city_resource {
	const char *code, *name;
	uint8_t department, subject, share;
	uint16_t members, copies;  /* of each grid: distinct subjects, and rows that repeat one */
	const char *cycle, *holds; /* 更新周期; which of the city are in it */
	const struct city_column *columns; /* ended by one without a title */
};

extern const struct city_department city_departments[CITY_DEPARTMENTS];
extern const struct city_resource city_resources[CITY_RESOURCES];
extern const char *const city_what_words[WHAT__COUNT], *const city_who_words[WHO__COUNT];

#endif
