/* SPDX-License-Identifier: Apache-2.0 */
/* The truth of persons: a person is a number, and all else follows from it. */
#include "city_truth_private.h"

char city_id_check(const char *id17)
{
	static const uint8_t weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += (id17[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

/* Birthday and division are a cell of (days x divisions), dealt to the grids by a permutation, so one
 * slot never has the same cell in two grids; slots of one sex differ in the sequence. So no two
 * persons have one number. */
static void person_birth(const struct city *city, uint32_t grid, struct city_person *p)
{
	const struct city_slot *s = p->slot;
	uint32_t divisions = s->migrant ? CITY_FAR_CODES : CITY_LOCAL_CODES;
	uint64_t key = city->key[SALT_BIRTH] + ((uint64_t)s->birth_of << 40);
	uint32_t cell = city_permute(key, grid, s->days * divisions);
	uint32_t division = cell % divisions, day = cell / divisions;
	uint64_t h = city_hash(city, SALT_SEQUENCE,
			       (uint64_t)(uint32_t)(s->day_first + (int32_t)day) << 8 | division);
	uint32_t sequence = (s->rank + city_below(h, 500)) % 500;
	int year, month, of_month;
	char *at = p->id;

	p->born = s->day_first + (int32_t)day;
	date_of(p->born, &year, &month, &of_month);
	at = city_put_n(at, (s->migrant ? city_far_codes : city_local_codes)[division], 6);
	at = city_digits(at, (uint64_t)year, 4);
	at = city_digits(at, (uint64_t)month, 2);
	at = city_digits(at, (uint64_t)of_month, 2);
	at = city_digits(at, sequence * 2 + (s->sex == 0), 3);
	*at = city_id_check(p->id);
	at[1] = '\0';
}

static char *put_surname(const struct city *city, char *at, uint64_t h, struct city_name *name)
{
	if ((h >> 20) % 400 == 0) {
		at = city_put(at, city_double_surnames[(h >> 40) % CITY_DOUBLE_SURNAMES]);
		name->surname = 2;
	} else {
		at = city_put_n(at, city_nth(city_surnames, city->surname.at[h % CITY_PICK_SLOTS]),
				CITY_HAN);
		name->surname = 1;
	}
	return at;
}

static char *put_given(const struct city *city, char *at, struct city_person *p, uint64_t h)
{
	/* One character only, in a hundred, by time of birth. */
	static const uint8_t short_names[4] = { 12, 22, 25, 10 };
	/* Days since 1970 on which 1960, 1980 and 2000 began. */
	int era = p->born < -3653 ? 0 : p->born < 3652 ? 1 : p->born < 10957 ? 2 : 3;
	const char *list = city_given[p->slot->sex][era];
	const struct city_pick *pick = &city->given[p->slot->sex][era];
	uint32_t first = pick->at[h % CITY_PICK_SLOTS];
	uint32_t second = pick->at[(h >> 12) % CITY_PICK_SLOTS];
	uint32_t kind = city_below(h << 8, 1000);

	/* Twins share the first character, as a generation does. */
	if (p->slot->twin) {
		uint64_t shared = city_hash(city, SALT_HOUSEHOLD,
					    city_neighbour(p->number, p->slot->birth_of));
		first = pick->at[shared % CITY_PICK_SLOTS];
		kind = 999;
	}
	p->name.rare = kind < 3;
	if (p->name.rare)
		return city_put_n(at, city_nth(city_rare, (uint32_t)(h >> 24 & 15) % 15), CITY_HAN);
	at = city_put_n(at, city_nth(list, first), CITY_HAN);
	if (kind >= short_names[era] * 10u)
		at = city_put_n(at, city_nth(list, second), CITY_HAN);
	return at;
}

static void person_name(const struct city *city, uint32_t grid, struct city_person *p)
{
	const struct city_slot *s = p->slot;
	uint64_t own = city_hash(city, SALT_PERSON, p->number);
	uint64_t family = city_hash(city, SALT_HOUSEHOLD,
				    (uint64_t)grid * GRID_HOUSEHOLDS + s->household + (1ull << 40));
	char *at = p->name.text;
	uint32_t nation = city_below(own << 4, 1000);

	/* Nine in ten migrants are Han, 97 of a hundred residents. */
	p->nation = nation >= (s->migrant ? 100u : 30u) ? 0 : (uint8_t)(1 + nation % 7);
	if (p->nation == 7 && s->migrant && s->role == ROLE_SINGLE) {
		at = city_put(at, city_dotted_given[s->sex][own >> 8 & 7]);
		at = city_put(at, "·");
		at = city_put(at, city_dotted_given[0][own >> 16 & 7]);
		p->name.surname = 0;
		p->name.rare = false;
	} else {
		/* Three children in a hundred bear the mother's surname. */
		uint64_t h = !s->paternal ? city_mix(own) : family;
		if (s->role == ROLE_CHILD && (family >> 50) % 100 < 3)
			h = city_mix(
				city_hash(city, SALT_PERSON, city_neighbour(p->number, s->mother)));
		at = put_surname(city, at, h, &p->name);
		at = put_given(city, at, p, city_mix(own + 1));
	}
	*at = '\0';
	p->name.size = (uint8_t)(at - p->name.text);
	p->name.characters = p->name.surname ? (uint8_t)(p->name.size / CITY_HAN) : 0;
}

void city_person(const struct city *city, uint32_t number, struct city_person *out)
{
	uint32_t grid = number / GRID_PERSONS;

	out->number = number;
	out->slot = &city->plan.slots[number % GRID_PERSONS];
	person_birth(city, grid, out);
	person_name(city, grid, out);
}

void city_person_phone(const struct city *city, uint32_t number, bool old, char out[12])
{
	static const char prefixes[24][4] = { "130", "131", "132", "133", "134", "135",
					      "136", "137", "138", "139", "150", "151",
					      "152", "155", "157", "158", "159", "177",
					      "180", "182", "186", "187", "188", "189" };
	const struct city_slot *s = &city->plan.slots[number % GRID_PERSONS];

	/* A child's is the mother's. */
	if (s->role == ROLE_CHILD && s->year_first >= 2005)
		number = city_neighbour(number, s->mother);
	uint64_t h = city_hash(city, old ? SALT_OLD_PHONE : SALT_PHONE, number);
	memcpy(out, prefixes[h % 24], 3);
	city_digits(out + 3, city_below(h, 100000000), 8);
	out[11] = '\0';
}

int32_t city_married(const struct city *city, const struct city_person *p)
{
	const struct city_plan *plan = &city->plan;
	const struct city_slot *s = p->slot;
	bool woman = s->sex == 1;
	struct city_person other = { .slot = &plan->slots[s->spouse] };
	uint32_t grid = p->number / GRID_PERSONS;
	int32_t man_born, woman_born, from, to = city->today;

	other.number = city_neighbour(p->number, s->spouse);
	person_birth(city, grid, &other);
	man_born = woman ? other.born : p->born;
	woman_born = woman ? p->born : other.born;
	/* Law: a man of 22, a woman of 20. */
	from = man_born + 22 * 366 > woman_born + 20 * 366 ? man_born + 22 * 366
							   : woman_born + 20 * 366;
	const struct city_household *h = &plan->households[s->household];
	for (uint16_t i = h->first; i < h->first + h->count; i++) {
		struct city_person child = { .slot = &plan->slots[i] };
		if (plan->slots[i].father != (woman ? s->spouse : p->number % GRID_PERSONS))
			continue;
		child.number = city_neighbour(p->number, i);
		person_birth(city, grid, &child);
		if (child.born < to)
			to = child.born;
	}
	if (to > from + 8 * 365)
		to = from + 8 * 365;
	/* A couple whose child came first married at once when both were old enough. */
	if (to <= from)
		return from < city->today ? from : city->today;
	uint64_t key =
		(uint64_t)grid * GRID_PERSONS + (woman ? s->spouse : p->number % GRID_PERSONS);
	return from +
	       (int32_t)city_below(city_hash(city, SALT_MARRIAGE, key), (uint32_t)(to - from));
}

int32_t city_died(const struct city *city, const struct city_person *p)
{
	int32_t from = date_day(2015, 1, 1);

	return from + (int32_t)city_below(city_hash(city, SALT_DEATH, p->number),
					  (uint32_t)(city->today - from));
}
