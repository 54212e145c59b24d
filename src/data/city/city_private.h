/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: the plan of a grid, the truth as functions of a number, the
 * tables of resources, and one record being made. */
#ifndef DATA_CITY_CITY_PRIVATE_H
#define DATA_CITY_CITY_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/text.h"
#include "data/city/city.h"

/* --- Chance: one 64-bit mixer (the finalizer of splitmix64, Steele, Lea, Flood 2014) --- */

#define CITY_GOLDEN UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t city_mix(uint64_t x)
{
	x += CITY_GOLDEN;
	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

/* A number below 'n' out of a random one; the bias is below n / 2^32. */
static inline uint32_t city_below(uint64_t random, uint32_t n)
{
	return (uint32_t)(((random >> 32) * n) >> 32);
}

/* Where 'n' goes in a permutation of 0 to domain - 1 that the key chooses: an unbalanced Feistel
 * network over the next power of two, walked until it is back inside. */
uint32_t city_permute(uint64_t key, uint32_t n, uint32_t domain);

/* What a hash is for, so that no two uses of one number agree. */
enum city_salt {
	SALT_PERSON,
	SALT_HOUSEHOLD,
	SALT_BIRTH,
	SALT_PHONE,
	SALT_OLD_PHONE,
	SALT_MOVE,
	SALT_MARRIAGE,
	SALT_DEATH,
	SALT_ESTATE,
	SALT_LAYOUT,
	SALT_ROAD,
	SALT_VILLAGE,
	SALT_HOUSE,
	SALT_FIRM,
	SALT_FIRM_NAME,
	SALT_FIRM_CODE,
	SALT_LEGAL,
	SALT_INVESTOR,
	SALT_EMPLOYER,
	SALT_OLD_EMPLOYER,
	SALT_OWNER,
	SALT_CARER,
	SALT_BANK,
	SALT_ROW,
	SALT_COPY,
	SALT_RECORD,
	SALT_WORD,
	SALT_SEQUENCE,
	SALT__COUNT
};

/* --- Words (city_names.c, city_characters.c, city_places.c, city_trades.c) --- */

enum {
	CITY_HAN = 3, /* bytes of each character in the lists */
	CITY_DOUBLE_SURNAMES = 8,
	CITY_NATIONS = 8,
	CITY_DIVISIONS = 10,
	CITY_LOCAL_CODES = 12,
	CITY_FAR_CODES = 80,
	CITY_ROADS = 96,
	CITY_ROAD_FORMS = 8,
	CITY_ESTATE_LAST = 16,
	CITY_VILLAGE_LAST = 12,
	CITY_TRADES = 60,
	CITY_SHOPS = 36,
	CITY_SOCIETIES = 12,
	CITY_BANKS = 6,
	CITY_CONFUSION_SLOTS = 2048,
	CITY_CONFUSION_MAX = 6,
	CITY_PICK_SLOTS = 4096
};

struct city_division {
	const char *code, *name;
	const char *streets, *towns; /* 街道 and 镇, two characters each */
};

extern const char city_surnames[], city_rare[], city_cores[];
extern const char city_estate_first[], city_village_first[];
extern const char *const city_double_surnames[CITY_DOUBLE_SURNAMES];
extern const char *const city_given[2][4];
extern const char *const city_dotted_given[2][8];
extern const char *const city_nations[CITY_NATIONS];
extern const struct city_division city_divisions[CITY_DIVISIONS];
extern const char *const city_local_codes[CITY_LOCAL_CODES];
extern const char *const city_far_codes[CITY_FAR_CODES];
extern const char *const city_roads[CITY_ROADS], *const city_road_forms[CITY_ROAD_FORMS];
extern const char *const city_estate_last[CITY_ESTATE_LAST];
extern const char *const city_village_last[CITY_VILLAGE_LAST];
extern const char *const city_trades[CITY_TRADES], *const city_shops[CITY_SHOPS];
extern const char *const city_societies[CITY_SOCIETIES], *const city_banks[CITY_BANKS];

/* Characters that are taken for others: an open hash table by the character. */
struct city_confusion {
	struct {
		uint32_t from, count, to[CITY_CONFUSION_MAX];
	} slot[CITY_CONFUSION_SLOTS];
};

/* Which of a list, the first the most often: 1 / (place + shift), in CITY_PICK_SLOTS parts. */
struct city_pick {
	uint8_t at[CITY_PICK_SLOTS];
};

/* --- The plan of a grid (city_plan.c): the same for every grid of every city --- */

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

/* --- The city --- */

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

struct city {
	uint64_t seed;
	uint32_t grids, errors;
	uint64_t key[SALT__COUNT];
	int32_t today;    /* the day on which the registers were read, in days since 1970 */
	uint32_t streets; /* of all divisions */
	uint8_t street_division[160], street_place[160];
	/* Where each grid lies (city_house.c); the only thing that is kept for speed. */
	struct city_place {
		uint8_t street;
		bool village;
		uint16_t road, gate; /* a number of roads and forms, or of villages */
	} places[CITY_GRIDS];
	struct city_pick surname, given[2][4], core;
	struct city_confusion homophone, shape, traditional;
	/* Bounds of a 32-bit draw for each error of a group, added up. */
	uint32_t bounds[CITY_DEPARTMENTS][ERROR__DRAWN];
	struct city_plan plan;
};

static inline uint64_t city_hash(const struct city *city, enum city_salt salt, uint64_t n)
{
	return city_mix(city->key[salt] + n * CITY_GOLDEN);
}

/* A city in the arena. Threads share it; it does not change. */
struct city *city_new(struct arena *a, uint64_t seed, uint32_t grids, uint32_t errors)
	__attribute__((returns_nonnull));
void city_plan_make(struct city_plan *plan);
void city_confusions(struct city *city);
/* One of the characters that 'from' is taken for, or 0 when the table has none. */
uint32_t city_confuse(const struct city_confusion *t, uint32_t from, uint32_t random);

/* --- Days (city_day.c) --- */

int32_t city_day(int year, int month, int day);
void city_day_split(int32_t days, int *year, int *month, int *day);

/* --- The truth (city_person.c, city_house.c, city_firm.c) --- */

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
	return city->street_division[city->places[grid].street];
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

/* --- Records (city_record.c) --- */

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
/* P, F or H and ten digits. */
char *city_entity_put(char *p, enum city_subject kind, uint32_t number);
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

/* --- Relations (city_relation.c) --- */

/* The most relation lines that a grid takes, in bytes. */
enum { CITY_RELATIONS_MAX = 2400 * 64 };
/* Writes all relations of a grid as lines of relations.csv and counts them. */
char *city_relations_put(const struct city *city, uint32_t grid, char *p,
			 int64_t counts[RELATION__COUNT]);
/* How many there are of each kind in a grid, from the plan alone. */
void city_relations_count(const struct city_plan *plan, int32_t out[RELATION__COUNT]);

/* --- Files --- */

/* The manifest (city_manifest.c), and the part of docs/city.md that is made from the tables. */
void city_manifest(const struct city *city, const struct city_options *o, const int64_t *bytes,
		   const int64_t counts[RELATION__COUNT], struct buf *out);
void city_document(struct buf *out);

/* --- Text --- */

static inline char *city_put(char *p, const char *s)
{
	size_t size = strlen(s);
	memcpy(p, s, size);
	return p + size;
}
static inline char *city_put_n(char *p, const char *s, size_t size)
{
	memcpy(p, s, size);
	return p + size;
}
/* 'n' in exactly 'digits' digits. */
char *city_digits(char *p, uint64_t n, int digits);
char *city_number(char *p, uint64_t n);

/* The character of the basic plane, three bytes, at 's'; and back. */
static inline uint32_t city_decode(const char *s)
{
	return (uint32_t)(s[0] & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (uint32_t)(s[2] & 63);
}
static inline char *city_encode(char *p, uint32_t ch)
{
	*p++ = (char)(0xe0 | ch >> 12);
	*p++ = (char)(0x80 | (ch >> 6 & 63));
	*p++ = (char)(0x80 | (ch & 63));
	return p;
}
static inline const char *city_nth(const char *list, uint32_t n)
{
	return list + n * CITY_HAN;
}

#endif
