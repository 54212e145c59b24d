/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a grid (city_plan.c): the same for every grid of every city. */
#ifndef DATA_CITY_CITY_PLAN_PRIVATE_H
#define DATA_CITY_CITY_PLAN_PRIVATE_H

#include <stdbool.h>
#include "data/city/city.h"

enum {
	GRID_PERSONS = 721,
	GRID_HOUSEHOLDS = 321,
	GRID_RESIDENTS = 182, /* households of residents; the household's number is its house's */
	GRID_RENTED = 89,     /* houses of migrants, behind them */
	GRID_SHOPS = 40,      /* shops and offices, behind those */
	GRID_HOMES = GRID_RESIDENTS + GRID_RENTED,
	GRID_HOUSES = GRID_HOMES + GRID_SHOPS,
	GRID_ENTERPRISES = 46,
	GRID_TRADERS = 72, /* 个体工商户 */
	GRID_FIRMS = 120,  /* the last two are societies 社会组织 */
	GRID_FIRMS_CLOSED = 10,
	GRID_MEMBERS_MAX = 484,
	GRID_CO_OWNED = 35, /* homes owned by a couple */
	CITY_COLUMNS_MAX = 24
};

/* The resources, in the order of docs/city.md. */
enum {
	GA01,
	GA02,
	GA03,
	GA04,
	GA05,
	MZ01,
	MZ02,
	MZ03,
	MZ04,
	MZ05,
	WJ01,
	WJ02,
	WJ03,
	WJ04,
	WJ05,
	RS01,
	RS02,
	RS03,
	RS04,
	ZJ01,
	ZJ02,
	ZJ03,
	ZJ04,
	ZG01,
	ZG02,
	ZG03,
	SJ01,
	SJ02,
	SJ03,
	SJ04,
	SJ05,
	ZZ01,
	ZZ02
};
#define IN(resource) (UINT64_C(1) << (resource))

enum city_role {
	ROLE_HUSBAND,
	ROLE_WIFE,
	ROLE_CHILD,
	ROLE_GRANDFATHER,
	ROLE_GRANDMOTHER,
	ROLE_SINGLE
};

#define NOBODY UINT16_MAX

/* One place for a person in a grid's households. */
struct city_slot {
	uint16_t household;
	uint16_t year_first, year_last; /* of birth */
	uint16_t rank;                  /* among those of the same sex: keeps numbers apart */
	uint16_t birth_of;              /* whose birthday and division: oneself, or the twin */
	uint16_t head, spouse, father, mother; /* slots of this grid, or NOBODY */
	uint8_t role, place;                   /* enum city_role; which child */
	uint8_t sex;                           /* 0 man, 1 woman */
	bool migrant, dead;
	bool undocumented; /* the city's registers never saw this person's number */
	bool paternal;     /* bears the household's surname */
	bool twin;
	/* Of the birth cells (division, day): see city_person(). */
	int32_t day_first;
	uint32_t days;
};

struct city_household {
	uint16_t house; /* in this grid */
	uint16_t first, count;
	uint16_t husband, wife, head; /* slots, or NOBODY */
	uint8_t type;
};

enum city_subject { SUBJECT_PERSON, SUBJECT_FIRM, SUBJECT_HOUSE };

enum city_relation {
	RELATION_LIVES_IN,
	RELATION_MEMBER_OF,
	RELATION_SPOUSE_OF,
	RELATION_CHILD_OF,
	RELATION_OWNS,
	RELATION_TENANT_OF,
	RELATION_EMPLOYED_BY,
	RELATION_LEGAL_OF,
	RELATION_INVESTS_IN,
	RELATION_REGISTERED_AT,
	RELATION_MORTGAGED_TO,
	RELATION_CARED_FOR_BY,
	RELATION__COUNT
};
extern const char *const city_relation_words[RELATION__COUNT];

struct city_members {
	uint16_t count;
	uint16_t list[GRID_MEMBERS_MAX]; /* slots, firms or houses of a grid, in no order */
};

struct city_plan {
	struct city_slot slots[GRID_PERSONS];
	struct city_household households[GRID_HOUSEHOLDS];
	uint16_t tenants[GRID_HOUSES];      /* the first household that rents it, or NOBODY */
	uint16_t residents[GRID_RESIDENTS]; /* the household that owns it and lives in it */
	struct city_members members[CITY_RESOURCES];
	struct city_members adults, couples, carers; /* slots: who runs firms, owns, cares */
	bool co_owned[GRID_HOUSES];                  /* the owner's spouse owns it too */
	bool job_changed[GRID_PERSONS];              /* RS03 holds the job before the present one */
	/* One bit for each resource that the person, firm or house is in. */
	uint64_t person_in[GRID_PERSONS], firm_in[GRID_FIRMS], house_in[GRID_HOUSES];
	int32_t relations[RELATION__COUNT];
};

#endif
