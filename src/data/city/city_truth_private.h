/* SPDX-License-Identifier: Apache-2.0 */
/* The truth of persons, houses and legal entities (city_person.c, city_house.c, city_firm.c) and of
 * what ties them (city_relation.c): each a function of a number. */
#ifndef DATA_CITY_CITY_TRUTH_PRIVATE_H
#define DATA_CITY_CITY_TRUTH_PRIVATE_H

#include "data/city/city_private.h"

struct city_name {
	char text[64];                     /* UTF-8 */
	uint8_t size, characters, surname; /* bytes; code points of all and of the surname */
	bool rare;
};

struct city_person {
	uint32_t number; /* grid * GRID_PERSONS + slot */
	const struct city_slot *slot;
	int32_t born;
	char id[19]; /* GB 11643 */
	struct city_name name;
	uint8_t nation;
};

void city_person(const struct city *city, uint32_t number, struct city_person *out);
void city_person_phone(const struct city *city, uint32_t number, bool old, char out[12]);
/* Of a couple, by either's number; and of the dead. */
int32_t city_married(const struct city *city, const struct city_person *p);
int32_t city_died(const struct city *city, const struct city_person *p);
/* The person in slot 'slot' of the same grid. */
static inline uint32_t city_neighbour(uint32_t number, uint16_t slot)
{
	return number - number % GRID_PERSONS + slot;
}

struct city_house {
	uint32_t number;  /* grid * GRID_HOUSES + house */
	uint8_t division; /* in city_divisions */
	bool village;
	char street[16], road[32], estate[32]; /* 望春街道; 中山东路 or 王家村; 锦绣花园 */
	uint16_t gate;                         /* 号 */
	uint16_t building, unit, room;         /* 幢 单元 室; 0: none */
	char code[20];                         /* 房屋编码 */
	uint32_t area;                         /* hundredths of a square metre */
	uint16_t built;                        /* year */
};

void city_places_make(struct city *city);
void city_house(const struct city *city, uint32_t number, struct city_house *out);
/* The year in which the houses of a grid were built. */
int city_built(const struct city *city, uint32_t grid);
/* 房屋编码, the housing department's. */
char *city_house_code_put(const struct city *city, char *p, const struct city_house *h);
static inline uint8_t city_division_of(const struct city *city, uint32_t grid)
{
	return city->street[city->places[grid].street].division;
}
/* Where a person lives, and where the household lived before: numbers of houses. */
uint32_t city_home(const struct city *city, uint32_t person);
uint32_t city_old_home(const struct city *city, uint32_t person);
int32_t city_moved(const struct city *city, uint32_t person);
/* Writes the address in a department's form; 'cut' ends it at the gate or village. Returns the end. */
char *city_address_put(char *p, const struct city_house *h, enum city_address form, bool cut);
/* Persons of a house. A co-owner or tenant may be absent: UINT32_MAX. */
uint32_t city_owner(const struct city *city, uint32_t house);
uint32_t city_co_owner(const struct city *city, uint32_t house);
uint32_t city_tenant(const struct city *city, uint32_t house);
uint32_t city_bank(const struct city *city, uint32_t house); /* a firm */

struct city_firm {
	uint32_t number; /* grid * GRID_FIRMS + firm */
	uint16_t local;
	uint8_t division;
	char code[19], old_code[16]; /* GB 32100; the registration number that was before it */
	char core[16];
	const char *trade, *form;
	char name[128];
	uint16_t name_size, core_at; /* bytes; where the core begins */
	int32_t founded, closed;     /* closed: INT32_MAX while open */
	uint32_t capital;            /* 万元 */
};

void city_firm(const struct city *city, uint32_t number, struct city_firm *out);
uint32_t city_legal(const struct city *city, uint32_t firm);                /* a person */
uint32_t city_investor(const struct city *city, uint32_t firm);             /* a person */
uint32_t city_site(const struct city *city, uint32_t firm);                 /* a house */
uint32_t city_employer(const struct city *city, uint32_t person, bool old); /* a firm */
uint32_t city_carer(const struct city *city, uint32_t person);

/* Check digits. */
char city_id_check(const char *id17);            /* GB 11643-1999, ISO 7064 MOD 11-2 */
char city_code_check(const char *code17);        /* GB 32100-2015 */
char city_organisation_check(const char *code8); /* GB 11714-1997 */

/* --- Relations (city_relation.c) --- */

/* The most relation lines that a grid takes, in bytes. */
enum { CITY_RELATIONS_MAX = 2400 * 64 };
/* Writes all relations of a grid as lines of relations.csv and counts them. */
char *city_relations_put(const struct city *city, uint32_t grid, char *p,
			 int64_t counts[RELATION__COUNT]);
/* How many there are of each kind in a grid, from the plan alone. */
void city_relations_count(const struct city_plan *plan, int32_t out[RELATION__COUNT]);

/* P, F or H and ten digits. */
char *city_entity_put(char *p, enum city_subject kind, uint32_t number);

#endif
