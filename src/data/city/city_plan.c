/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a grid 网格: which persons, households, houses and firms it has, and which of them are in
 * which register. It is the same for all grids, so every count of a city is a product; who they are
 * comes from hashes of their numbers. docs/city.md explains the mixture. */
#include <assert.h>
#include "city_truth_private.h"

struct member {
	enum city_role role;
	uint16_t year_first, year_last;
	int sex; /* 0, 1, or 2: in turn from household to household */
	enum { LIVES, DIED, SAME_BIRTH /* as the one before: twins */ } how;
};

struct household_type {
	uint16_t count;
	bool migrant, undocumented, child_undocumented;
	struct member members[7]; /* ended by a year of 0 */
};

enum { TYPE_SINGLES = 10, TYPE_OLDER_SINGLES, TYPE_MIGRANT_COUPLE, TYPE_PAPERLESS = 14 };

/* Years are chosen so that no mother is younger than 19, nor older than 39, at a birth. */
static const struct household_type types[] = {
	{ 22, .members = { { ROLE_HUSBAND, 1986, 1992, 0 },
			   { ROLE_WIFE, 1988, 1994, 1 },
			   { ROLE_CHILD, 2017, 2024, 2 } } },
	{ 22, .members = { { ROLE_HUSBAND, 1977, 1983, 0 },
			   { ROLE_WIFE, 1979, 1984, 1 },
			   { ROLE_CHILD, 2005, 2012, 2 } } },
	{ 12, .members = { { ROLE_HUSBAND, 1982, 1988, 0 },
			   { ROLE_WIFE, 1984, 1989, 1 },
			   { ROLE_CHILD, 2010, 2014, 2 },
			   { ROLE_CHILD, 2016, 2022, 2 } } },
	{ 2, .members = { { ROLE_HUSBAND, 1986, 1991, 0 },
			  { ROLE_WIFE, 1988, 1993, 1 },
			  { ROLE_CHILD, 2015, 2021, 2 },
			  { ROLE_CHILD, 2015, 2021, 2, SAME_BIRTH } } },
	{ 12, .members = { { ROLE_HUSBAND, 1990, 1996, 0 }, { ROLE_WIFE, 1991, 1998, 1 } } },
	{ 14, .members = { { ROLE_HUSBAND, 1934, 1944, 0 }, { ROLE_WIFE, 1935, 1944, 1 } } },
	{ 14, .members = { { ROLE_HUSBAND, 1946, 1957, 0 }, { ROLE_WIFE, 1948, 1959, 1 } } },
	{ 18, .members = { { ROLE_HUSBAND, 1978, 1984, 0 },
			   { ROLE_WIFE, 1980, 1986, 1 },
			   { ROLE_CHILD, 2006, 2013, 2 },
			   { ROLE_GRANDFATHER, 1950, 1957, 0 },
			   { ROLE_GRANDMOTHER, 1952, 1957, 1 } } },
	{ 30, .members = { { ROLE_HUSBAND, 1965, 1970, 0 },
			   { ROLE_WIFE, 1966, 1971, 1 },
			   { ROLE_CHILD, 1992, 1997, 2 } } },
	{ 12, .members = { { ROLE_SINGLE, 1988, 2000, 2 } } },
	[TYPE_SINGLES] = { 50, .migrant = true, .members = { { ROLE_SINGLE, 1978, 2006, 2 } } },
	[TYPE_OLDER_SINGLES] = { 25, .migrant = true,
				 .members = { { ROLE_SINGLE, 1965, 1977, 2 } } },
	[TYPE_MIGRANT_COUPLE] = { 30, .migrant = true,
				  .members = { { ROLE_HUSBAND, 1975, 1990, 0 },
					       { ROLE_WIFE, 1977, 1992, 1 } } },
	{ 24, .migrant = true, .child_undocumented = true,
	  .members = { { ROLE_HUSBAND, 1982, 1990, 0 },
		       { ROLE_WIFE, 1984, 1992, 1 },
		       { ROLE_CHILD, 2012, 2020, 2 } } },
	[TYPE_PAPERLESS] = { 10, .migrant = true, .undocumented = true,
			     .members = { { ROLE_HUSBAND, 1976, 1995, 0 },
					  { ROLE_WIFE, 1978, 1996, 1 } } },
	{ 14, .members = { { ROLE_SINGLE, 1932, 1944, 2 } } },
	{ 10, .members = { { ROLE_HUSBAND, 1932, 1943, 0, DIED }, { ROLE_WIFE, 1934, 1944, 1 } } },
};
enum { TYPES = sizeof types / sizeof *types };

struct maker {
	struct city_plan *plan;
	uint16_t slots, households, residents, rented, ranks[2];
};

static uint16_t slot_of(const struct city_plan *plan, const struct city_household *h, int role)
{
	for (uint16_t i = h->first; i < h->first + h->count; i++)
		if (plan->slots[i].role == role)
			return i;
	return NOBODY;
}

static void join_family(struct city_plan *plan, struct city_household *h)
{
	uint16_t husband = slot_of(plan, h, ROLE_HUSBAND), wife = slot_of(plan, h, ROLE_WIFE);
	uint16_t old_man = slot_of(plan, h, ROLE_GRANDFATHER);
	uint16_t old_woman = slot_of(plan, h, ROLE_GRANDMOTHER);

	h->husband = husband;
	h->wife = wife;
	h->head = husband == NOBODY ? h->first : plan->slots[husband].dead ? wife : husband;
	for (uint16_t i = h->first; i < h->first + h->count; i++) {
		struct city_slot *s = &plan->slots[i];
		s->head = h->head;
		s->spouse = s->role == ROLE_HUSBAND       ? wife
			    : s->role == ROLE_WIFE        ? husband
			    : s->role == ROLE_GRANDFATHER ? old_woman
			    : s->role == ROLE_GRANDMOTHER ? old_man
							  : NOBODY;
		s->father = s->role == ROLE_CHILD     ? husband
			    : s->role == ROLE_HUSBAND ? old_man
						      : NOBODY;
		s->mother = s->role == ROLE_CHILD     ? wife
			    : s->role == ROLE_HUSBAND ? old_woman
						      : NOBODY;
		s->paternal = s->role == ROLE_HUSBAND || s->role == ROLE_CHILD ||
			      s->role == ROLE_GRANDFATHER;
	}
}

static void add_household(struct maker *m, uint8_t type)
{
	const struct household_type *t = &types[type];
	struct city_household *h = &m->plan->households[m->households];

	h->type = type;
	h->first = m->slots;
	for (int i = 0; i < 6 && t->members[i].year_first; i++) {
		const struct member *in = &t->members[i];
		struct city_slot *s = &m->plan->slots[m->slots];
		s->household = m->households;
		s->year_first = in->year_first;
		s->year_last = in->year_last;
		s->role = (uint8_t)in->role;
		s->place = (uint8_t)i;
		s->sex = (uint8_t)(in->sex < 2 ? in->sex : (m->households + i) % 2);
		s->rank = m->ranks[s->sex]++;
		s->birth_of = in->how == SAME_BIRTH ? (uint16_t)(m->slots - 1) : m->slots;
		s->migrant = t->migrant;
		s->twin = in->how == SAME_BIRTH || in[1].how == SAME_BIRTH;
		s->dead = in->how == DIED;
		s->undocumented = t->undocumented ||
				  (t->child_undocumented && in->role == ROLE_CHILD);
		s->day_first = date_day(in->year_first, 1, 1);
		s->days = (uint32_t)(date_day(in->year_last + 1, 1, 1) - s->day_first);
		/* Birthdays and divisions are dealt out to the grids without repetition. */
		assert(s->days * (t->migrant ? CITY_FAR_CODES : CITY_LOCAL_CODES) >= CITY_GRIDS);
		m->slots++;
		h->count++;
	}
	join_family(m->plan, h);
	if (!t->migrant)
		m->plan->residents[h->house = m->residents++] = m->households;
	else if (type == TYPE_SINGLES || type == TYPE_OLDER_SINGLES) /* three share a house */
		h->house = (uint16_t)(GRID_RESIDENTS + m->rented++ / 3);
	else
		h->house = (uint16_t)(GRID_RESIDENTS + 25 + m->rented++ - 75);
	if (t->migrant && m->plan->tenants[h->house] == NOBODY)
		m->plan->tenants[h->house] = m->households;
	m->households++;
}

/* --- Who is in which register --- */

static bool working(const struct city_slot *s)
{
	return s->year_first >= 1965 && s->year_last <= 2006 && !s->undocumented && !s->dead;
}

static bool person_may(const struct city_plan *plan, int resource, uint16_t i)
{
	const struct city_slot *s = &plan->slots[i];
	bool couple = s->role == ROLE_HUSBAND && !s->migrant && !s->dead;

	switch (resource) {
	case GA01: return !s->migrant && !s->dead;
	case GA03: /* grown up when they moved, see city_moved() */
		return !s->migrant && !s->dead && s->year_last <= 1998;
	case GA02: return s->migrant;
	case GA04:
	case MZ04:
	case WJ05: return s->dead;
	case GA05: return s->year_first >= 1950 && s->year_last <= 2006 && !s->undocumented;
	case MZ01: return couple;
	case MZ02: return !s->migrant && !s->dead && s->year_last <= 1998;
	case MZ05: return !s->migrant && !s->dead && s->year_last <= 1944;
	case WJ01: return s->sex == 1 && s->year_first >= 1976 && s->year_last <= 2009;
	case WJ02: return s->role == ROLE_CHILD && !s->migrant && s->year_first >= 2005;
	case WJ03: return !s->dead;
	case WJ04: return s->role == ROLE_CHILD && s->year_first >= 2010;
	case RS01:
	case RS03:
	case RS04: return working(s);
	case ZJ04:
		return s->role == ROLE_HUSBAND &&
		       plan->households[s->household].type == TYPE_MIGRANT_COUPLE;
	case ZZ01: return !s->migrant && !s->dead && s->year_last <= 2000;
	case ZZ02: return working(s) && !s->migrant;
	default: return false;
	}
}

static bool firm_open(uint16_t i)
{
	return i < 40 || (i >= GRID_ENTERPRISES && i < 114);
}

static bool firm_may(int resource, uint16_t i)
{
	bool trader = i >= GRID_ENTERPRISES && i < GRID_ENTERPRISES + GRID_TRADERS;

	switch (resource) {
	case SJ01: return i < GRID_ENTERPRISES;
	case SJ02: return trader;
	case SJ03: return i >= 6 && i < GRID_ENTERPRISES;
	case SJ04: return trader && firm_open(i);
	case SJ05: return !firm_open(i) && (trader || i < GRID_ENTERPRISES);
	case MZ03: return i >= GRID_ENTERPRISES + GRID_TRADERS;
	case RS02: return firm_open(i) && i < GRID_ENTERPRISES + GRID_TRADERS;
	default: return false;
	}
}

static bool house_may(const struct city_plan *plan, int resource, uint16_t i)
{
	bool owned = plan->house_in[i] & IN(ZG01);

	switch (resource) {
	case ZJ01:
	case ZG01: return true;
	case ZJ02:
	case ZG02: return owned;
	case ZJ03: return plan->tenants[i] != NOBODY;
	case ZG03: return !owned && i < GRID_RESIDENTS;
	default: return false;
	}
}

static void fill(struct city_plan *plan, int resource)
{
	static const uint16_t sizes[] = { GRID_PERSONS, GRID_FIRMS, GRID_HOUSES };
	const struct city_resource *of = &city_resources[resource];
	struct city_members *m = &plan->members[resource];
	uint16_t size = sizes[of->subject];

	/* Whom no register knows by number stands in the health registers, or they would be in one only. */
	for (int turn = 0; turn < 2; turn++)
		for (uint16_t n = 0; n < size && m->count < of->members; n++) {
			uint16_t i = (uint16_t)city_permute((uint64_t)resource << 32, n, size);
			bool first = of->subject == SUBJECT_PERSON && plan->slots[i].undocumented;
			if (first != (turn == 0))
				continue;
			if (of->subject == SUBJECT_PERSON ? !person_may(plan, resource, i)
			    : of->subject == SUBJECT_FIRM ? !firm_may(resource, i)
							  : !house_may(plan, resource, i))
				continue;
			m->list[m->count++] = i;
			*(of->subject == SUBJECT_PERSON ? &plan->person_in[i]
			  : of->subject == SUBJECT_FIRM ? &plan->firm_in[i]
							: &plan->house_in[i]) |= IN(resource);
		}
	assert(m->count == of->members);
}

static void choose_people(struct city_plan *plan)
{
	uint16_t shared = 0;

	for (int i = 0; i < GRID_PERSONS; i++) {
		const struct city_slot *s = &plan->slots[i];
		bool settled = !s->migrant && !s->dead && s->role == ROLE_HUSBAND;
		/* Of age when the first firms were founded, in 2004. */
		if (!s->migrant && working(s) && s->year_last <= 1986)
			plan->adults.list[plan->adults.count++] = (uint16_t)i;
		if (settled && s->year_last <= 1996)
			plan->couples.list[plan->couples.count++] = (uint16_t)i;
		if (s->role == ROLE_WIFE && !s->migrant && s->year_first >= 1966 &&
		    s->year_last <= 1971)
			plan->carers.list[plan->carers.count++] = (uint16_t)i;
	}
	for (uint16_t n = 0; n < plan->members[RS03].count; n += 3)
		plan->job_changed[plan->members[RS03].list[n]] = true;
	for (uint16_t n = 0; n < plan->members[ZG01].count && shared < GRID_CO_OWNED; n++) {
		uint16_t i = plan->members[ZG01].list[n];
		if (i >= GRID_RESIDENTS)
			continue;
		const struct city_household *h = &plan->households[plan->residents[i]];
		if (h->wife == NOBODY || h->head != h->husband)
			continue;
		plan->co_owned[i] = true;
		shared++;
	}
	assert(shared == GRID_CO_OWNED);
}

void city_plan_make(struct city_plan *plan)
{
	struct maker m = { .plan = plan };

	for (size_t i = 0; i < GRID_HOUSES; i++)
		plan->tenants[i] = NOBODY;
	for (int t = 0; t < TYPES; t++)
		for (int i = 0; i < types[t].count; i++)
			add_household(&m, (uint8_t)t);
	assert(m.slots == GRID_PERSONS && m.households == GRID_HOUSEHOLDS);
	assert(m.residents == GRID_RESIDENTS && m.rented == 75 + 64);
	assert(m.ranks[0] < 500 && m.ranks[1] < 500);
	/* ZG01 before those that ask which houses are in it. */
	fill(plan, ZG01);
	for (int r = 0; r < CITY_RESOURCES; r++)
		if (r != ZG01)
			fill(plan, r);
	choose_people(plan);
	city_relations_count(plan, plan->relations);
}
