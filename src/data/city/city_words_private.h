/* SPDX-License-Identifier: Apache-2.0 */
/* Words: city_names.c, city_characters.c, city_places.c, city_trades.c. */
#ifndef DATA_CITY_CITY_WORDS_PRIVATE_H
#define DATA_CITY_CITY_WORDS_PRIVATE_H

#include "data/city/city_chance_private.h"

enum {
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

#endif
