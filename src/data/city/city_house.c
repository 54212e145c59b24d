/* SPDX-License-Identifier: Apache-2.0 */
/* The truth of houses: where a grid lies, what stands in it, who lives there and owns it. */
#include "city_truth_private.h"

enum {
	PLACES = 160, /* grids that a street or town has room for */
	GATES = 8,    /* of them along one road */
	VILLAGES = 47 * CITY_VILLAGE_LAST,
	STEP = 24 /* gates of neighbouring streets on a road of the same name keep apart */
};

/* A grid has a place in a street of its own: an estate at one gate of a road, or a village. Gates are
 * numbered so that no two places of a division have one address. */
void city_places_make(struct city *city)
{
	for (uint32_t grid = 0; grid < city->grids; grid++) {
		struct city_place *at = &city->places[grid];
		uint32_t place = city_permute(city->key[SALT_ESTATE], grid, city->streets * PLACES);
		uint32_t street = place % city->streets, k = place / city->streets;
		uint32_t nth = city->street[street].place;
		at->street = (uint8_t)street;
		at->village = city->street[street].town && k % 2;
		if (at->village) {
			at->road = (uint16_t)city_permute(city->key[SALT_VILLAGE] + street, k,
							  VILLAGES);
			continue;
		}
		at->road = (uint16_t)city_permute(city->key[SALT_ROAD] + street, k / GATES,
						  CITY_ROADS * CITY_ROAD_FORMS);
		at->gate = (uint16_t)(1 + nth + STEP * (k % GATES));
	}
}

static void house_place(const struct city *city, uint32_t grid, struct city_house *h)
{
	const struct city_place *place = &city->places[grid];
	const struct city_street *street = &city->street[place->street];
	uint64_t chance = city_hash(city, SALT_LAYOUT, grid);
	char *at;

	h->division = street->division;
	h->village = place->village;
	h->gate = place->gate;
	at = city_put_n(h->street, street->name, 2 * CITY_HAN);
	memcpy(at, street->town ? "镇\0\0\0" : "街道", 2 * CITY_HAN + 1);
	h->estate[0] = '\0';
	if (h->village) {
		at = city_put_n(h->road, city_nth(city_village_first, place->road % 47), CITY_HAN);
		*city_put(at, city_village_last[place->road / 47]) = '\0';
		return;
	}
	at = city_put(h->road, city_roads[place->road % CITY_ROADS]);
	*city_put(at, city_road_forms[place->road / CITY_ROADS]) = '\0';
	at = city_put_n(h->estate, city_nth(city_estate_first, city_below(chance, 43)), CITY_HAN);
	*city_put(at, city_estate_last[chance % CITY_ESTATE_LAST]) = '\0';
}

/* Homes are dealt to buildings in an order of the grid's own, so that households of a kind do not
 * stand side by side. 271 is a prime: any factor makes a permutation. */
static void house_rooms(const struct city *city, uint32_t grid, uint32_t local,
			struct city_house *h)
{
	static const uint8_t floors_of[4] = { 6, 6, 11, 17 };
	uint64_t chance = city_hash(city, SALT_LAYOUT, grid + (1ull << 33));
	uint32_t units = 1 + (uint32_t)(chance >> 8) % 3, floors = floors_of[chance >> 16 & 3];
	uint32_t doors = 2 + (uint32_t)(chance >> 24) % 3, at;

	if (local >= GRID_HOMES) {
		at = local - GRID_HOMES;
		h->room = (uint16_t)((1 + at / 8) * 100 + at % 8 + 1);
		if (h->village)
			h->gate = (uint16_t)(local + 1), h->room = 0;
		return;
	}
	at = (uint32_t)((local * (1 + (chance >> 32) % (GRID_HOMES - 1)) + (chance & 0xff)) %
			GRID_HOMES);
	if (h->village) {
		h->gate = (uint16_t)(at + 1);
		return;
	}
	h->building = (uint16_t)(1 + at / (units * floors * doors));
	at %= units * floors * doors;
	h->unit = (uint16_t)(1 + at / (floors * doors));
	at %= floors * doors;
	h->room = (uint16_t)((1 + at / doors) * 100 + at % doors + 1);
}

int city_built(const struct city *city, uint32_t grid)
{
	return 1982 + (int)(city_hash(city, SALT_HOUSE, grid + (1ull << 40)) % 40);
}

void city_house(const struct city *city, uint32_t number, struct city_house *out)
{
	uint32_t grid = number / GRID_HOUSES, local = number % GRID_HOUSES;
	uint64_t chance = city_hash(city, SALT_HOUSE, number);

	out->number = number;
	out->building = out->unit = out->room = 0;
	house_place(city, grid, out);
	house_rooms(city, grid, local, out);
	/* 30 to 180 square metres; villages build wider. */
	out->area = (out->village ? 8000 : 3000) + city_below(chance, 15000);
	out->built = (uint16_t)city_built(city, grid);
}

char *city_house_code_put(const struct city *city, char *p, const struct city_house *h)
{
	p = city_put_n(p, city_divisions[h->division].code, 6);
	return city_digits(
		p, city_permute(city->key[SALT_HOUSE], h->number, city->grids * GRID_HOUSES), 9);
}

uint32_t city_home(const struct city *city, uint32_t person)
{
	const struct city_slot *s = &city->plan.slots[person % GRID_PERSONS];

	return person / GRID_PERSONS * GRID_HOUSES + city->plan.households[s->household].house;
}

static uint64_t household_chance(const struct city *city, enum city_salt salt, uint32_t person)
{
	const struct city_slot *s = &city->plan.slots[person % GRID_PERSONS];

	return city_hash(city, salt,
			 (uint64_t)(person / GRID_PERSONS) * GRID_HOUSEHOLDS + s->household);
}

/* Where a household was before is where another lives now: a house is never empty for long. */
uint32_t city_old_home(const struct city *city, uint32_t person)
{
	uint64_t h = household_chance(city, SALT_MOVE, person);
	uint32_t house =
		city_below(h, city->grids) * GRID_HOUSES + (uint32_t)(h & 0xffff) % GRID_HOMES;

	if (house == city_home(city, person))
		house = house - house % GRID_HOUSES + (house % GRID_HOUSES + 1) % GRID_HOMES;
	return house;
}

int32_t city_moved(const struct city *city, uint32_t person)
{
	/* Not into a house that was not there. */
	int built = city_built(city, person / GRID_PERSONS);
	int32_t from = date_day(built < 2004 ? 2004 : built + 1, 1, 1);

	return from + (int32_t)city_below(household_chance(city, SALT_MOVE, person) << 24,
					  (uint32_t)(city->today - from));
}

uint32_t city_owner(const struct city *city, uint32_t house)
{
	const struct city_plan *plan = &city->plan;
	uint32_t grid = house / GRID_HOUSES, local = house % GRID_HOUSES;

	/* Residents own what they live in; what is let and the shops belong to couples of anywhere. */
	if (local < GRID_RESIDENTS)
		return grid * GRID_PERSONS + plan->households[plan->residents[local]].head;
	uint64_t chance = city_hash(city, SALT_OWNER, house);
	return city_below(chance, city->grids) * GRID_PERSONS +
	       plan->couples.list[chance % plan->couples.count];
}

uint32_t city_co_owner(const struct city *city, uint32_t house)
{
	uint32_t owner;

	if (!city->plan.co_owned[house % GRID_HOUSES])
		return UINT32_MAX;
	owner = city_owner(city, house);
	return city_neighbour(owner, city->plan.slots[owner % GRID_PERSONS].spouse);
}

uint32_t city_tenant(const struct city *city, uint32_t house)
{
	uint16_t household = city->plan.tenants[house % GRID_HOUSES];

	if (household == NOBODY)
		return UINT32_MAX;
	return house / GRID_HOUSES * GRID_PERSONS + city->plan.households[household].head;
}

uint32_t city_bank(const struct city *city, uint32_t house)
{
	/* The first firm of every grid lends. */
	return city_below(city_hash(city, SALT_BANK, house), city->grids) * GRID_FIRMS;
}

char *city_address_put(char *p, const struct city_house *h, enum city_address form, bool cut)
{
	const struct city_division *d = &city_divisions[h->division];
	const char *gap = form == ADDRESS_SPACED ? " " : "";

	if (form == ADDRESS_FULL)
		p = city_put(p, "浙江省宁波市");
	else if (form == ADDRESS_NO_STREET)
		p = city_put(p, "宁波市");
	p = city_put(p, d->name);
	p = city_put(p, gap);
	/* A village has no name without its town. */
	if (form != ADDRESS_NO_STREET || h->village) {
		p = city_put(p, h->street);
		p = city_put(p, gap);
	}
	p = city_put(p, h->road);
	if (h->village && cut)
		return p;
	p = city_number(p, h->gate);
	p = city_put(p, "号");
	if (cut || h->village || !h->room)
		return p;
	p = city_put(p, gap);
	if (form == ADDRESS_ESTATE || form == ADDRESS_DASHES)
		p = city_put(p, h->estate);
	if (h->building) {
		p = city_number(p, h->building);
		p = city_put(p, form == ADDRESS_DASHES   ? "-"
				: form == ADDRESS_ESTATE ? "号楼"
							 : "幢");
		p = city_number(p, h->unit);
		p = city_put(p, form == ADDRESS_DASHES ? "-" : "单元");
	}
	p = city_number(p, h->room);
	return form == ADDRESS_DASHES ? p : city_put(p, "室");
}
