/* SPDX-License-Identifier: Apache-2.0 */
/* The truth of a city: its counts, and that nothing in it contradicts anything. */
#include <stdlib.h>
#include "city_record_private.h"
#include "harness.h"

static struct city *a_city(uint64_t seed, uint32_t grids)
{
	return city_new(test_call()->arena, seed, grids, 1000);
}

/* --- Counts --- */

TEST(a_grid_has_the_records_and_relations_that_are_documented)
{
	const struct city *city = a_city(1, 1);
	int records = 0, copies = 0, relations = 0;

	for (int i = 0; i < CITY_RESOURCES; i++) {
		records += city_resources[i].members + city_resources[i].copies;
		copies += city_resources[i].copies;
		assert_int_equal(city->plan.members[i].count, city_resources[i].members);
	}
	for (int i = 0; i < RELATION__COUNT; i++) {
		assert_true(city->plan.relations[i] > 0);
		relations += city->plan.relations[i];
	}
	assert_int_equal(records, CITY_GRID_RECORDS);
	assert_int_equal(copies, 61);
	assert_int_equal(relations, 2280);
	assert_int_equal(GRID_PERSONS + GRID_FIRMS + GRID_HOUSES + records + relations,
			 CITY_GRID_LINKED);
}

TEST(scale_one_has_32_51_million_records_and_66_83_million_linked_records)
{
	const struct city *city = a_city(1, CITY_GRIDS);
	int64_t rows = 0, relations = 0;

	for (int i = 0; i < CITY_RESOURCES; i++)
		rows += city_rows(city, i);
	for (int i = 0; i < RELATION__COUNT; i++)
		relations += (int64_t)city->plan.relations[i] * CITY_GRIDS;
	assert_int_equal(rows, 32510000);
	assert_int_equal(rows + relations + (GRID_PERSONS + GRID_FIRMS + GRID_HOUSES) * CITY_GRIDS,
			 66830000);
}

TEST(more_errors_make_more_copies_and_nothing_else)
{
	struct arena *a = test_call()->arena;
	static const uint32_t errors[] = { 0, 1000, 1500, 2000 };
	static const int64_t rows[] = { 3190, 3251, 3281, 3312 };

	for (int n = 0; n < 4; n++) {
		const struct city *city = city_new(a, 1, 100, errors[n]);
		int64_t sum = 0;
		for (int i = 0; i < CITY_RESOURCES; i++)
			sum += city_rows(city, i);
		/* Half copies are cut once for each resource, not for each grid. */
		assert_true(sum / 100 == rows[n]);
	}
}

TEST(everybody_and_everything_is_in_some_register)
{
	const struct city_plan *plan = &a_city(1, 1)->plan;
	uint64_t persons = 0, firms = 0, houses = 0;

	for (int i = 0; i < GRID_PERSONS; i++) {
		assert_true(plan->person_in[i]);
		persons |= plan->person_in[i];
		/* Who has no number anywhere is in two registers at least, or there is nothing to link. */
		if (plan->slots[i].undocumented)
			assert_true(__builtin_popcountll(plan->person_in[i]) >= 2);
	}
	for (int i = 0; i < GRID_FIRMS; i++) {
		assert_true(plan->firm_in[i]);
		firms |= plan->firm_in[i];
	}
	for (int i = 0; i < GRID_HOUSES; i++) {
		assert_true(plan->house_in[i]);
		houses |= plan->house_in[i];
	}
	assert_int_equal(persons | firms | houses, (UINT64_C(1) << CITY_RESOURCES) - 1);
	assert_int_equal(persons & firms, 0);
	assert_int_equal(persons & houses, 0);
}

TEST(rows_go_through_all_members_once_and_copies_repeat_one)
{
	const struct city *city = a_city(7, 20);

	for (int i = 0; i < CITY_RESOURCES; i++) {
		uint32_t rows = city_rows(city, i), copies = 0;
		uint8_t *seen = calloc(20 * GRID_PERSONS, 1);
		for (uint32_t row = 0; row < rows; row++) {
			bool copy;
			uint32_t subject = city_subject(city, i, row, &copy);
			assert_true(subject < 20 * GRID_PERSONS);
			copies += copy;
			if (!copy)
				assert_int_equal(seen[subject]++, 0);
		}
		free(seen);
		assert_int_equal(copies, city_resources[i].copies * 20);
		assert_int_equal(rows - copies, city_resources[i].members * 20);
	}
}

/* --- Arithmetic --- */

TEST(check_digits_are_those_of_the_standards)
{
	assert_int_equal(city_id_check("11010519491231002"), 'X');
	assert_int_equal(city_id_check("44052418800101001"), '4');
	assert_int_equal(city_code_check("91350100M000100Y4"), '3');
	assert_int_equal(city_organisation_check("D2143569"), 'X');
	for (int i = 0; i < CITY_DEPARTMENTS; i++) {
		const char *code = city_departments[i].uscc;
		assert_int_equal(strlen(code), 18);
		assert_int_equal(city_code_check(code), code[17]);
		assert_int_equal(city_organisation_check(code + 8), code[16]);
	}
}

TEST(days_become_dates_and_days_again)
{
	int y, m, d, before = 0;

	assert_int_equal(date_day(1970, 1, 1), 0);
	assert_int_equal(date_day(2000, 2, 29), 11016);
	assert_int_equal(date_day(2025, 6, 30), 20269);
	for (int32_t day = date_day(1900, 1, 1); day <= date_day(2100, 12, 31); day++) {
		date_of(day, &y, &m, &d);
		assert_int_equal(date_day(y, m, d), day);
		assert_true(y * 10000 + m * 100 + d > before);
		before = y * 10000 + m * 100 + d;
	}
}

TEST(a_permutation_gives_each_number_once)
{
	static const uint32_t domains[] = {
		1, 2, 3, 4, 5, 7, 8, 9, 64, 65, 721, 4096, 4097, 100003
	};

	for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
		uint8_t *seen = calloc(domains[i], 1);
		for (uint32_t n = 0; n < domains[i]; n++) {
			uint32_t to = city_permute(i * 99, n, domains[i]);
			assert_true(to < domains[i]);
			assert_int_equal(seen[to]++, 0);
		}
		free(seen);
	}
}

TEST(digits_are_written_with_their_zeros)
{
	char text[32];

	*city_digits(text, 7, 3) = '\0';
	assert_string_equal(text, "007");
	*city_digits(text, 123456789012345678u, 18) = '\0';
	assert_string_equal(text, "123456789012345678");
	*city_number(text, 0) = '\0';
	assert_string_equal(text, "0");
	*city_number(text, UINT64_MAX) = '\0';
	assert_string_equal(text, "18446744073709551615");
}

/* --- Persons --- */

enum { SOME_GRIDS = 120 };

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void expect_distinct(uint64_t *list, size_t count)
{
	qsort(list, count, sizeof *list, compare);
	for (size_t i = 1; i < count; i++)
		assert_true(list[i] != list[i - 1]);
}

TEST(numbers_of_citizens_are_right_and_nobodys_twice)
{
	const struct city *city = a_city(3, SOME_GRIDS);
	uint64_t *numbers = malloc(SOME_GRIDS * GRID_PERSONS * sizeof *numbers);
	struct city_person p;
	char date[16];

	for (uint32_t n = 0; n < SOME_GRIDS * GRID_PERSONS; n++) {
		city_person(city, n, &p);
		assert_int_equal(strlen(p.id), 18);
		assert_int_equal(city_id_check(p.id), p.id[17]);
		*city_date_put(date, p.born, DATE_PLAIN) = '\0';
		assert_memory_equal(p.id + 6, date, 8);
		assert_int_equal((p.id[16] - '0') % 2, p.slot->sex == 0);
		assert_true(p.born < city->today);
		assert_true(p.name.size >= 2 * CITY_HAN && p.name.size < sizeof p.name.text);
		assert_true(utf8_valid(p.name.text, p.name.size));
		numbers[n] =
			strtoull((char[]){ p.id[0], p.id[1], p.id[2], p.id[3], p.id[4], p.id[5],
					   p.id[6], p.id[7], p.id[8], p.id[9], p.id[10], p.id[11],
					   p.id[12], p.id[13], p.id[14], p.id[15], p.id[16], '\0' },
				 NULL, 10);
	}
	expect_distinct(numbers, SOME_GRIDS * GRID_PERSONS);
	free(numbers);
}

/* A slot's own numbers stay apart over all grids of scale 1; other slots have other sequences. */
TEST(numbers_of_citizens_stay_apart_at_scale_one)
{
	const struct city *city = a_city(4, CITY_GRIDS);
	uint64_t *numbers = malloc(CITY_GRIDS * sizeof *numbers);
	struct city_person p;

	for (uint32_t slot = 0; slot < GRID_PERSONS; slot += 60) {
		for (uint32_t grid = 0; grid < CITY_GRIDS; grid++) {
			city_person(city, grid * GRID_PERSONS + slot, &p);
			p.id[17] = '\0';
			numbers[grid] = strtoull(p.id, NULL, 10);
		}
		expect_distinct(numbers, CITY_GRIDS);
	}
	free(numbers);
	for (uint32_t i = 0; i < GRID_PERSONS; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_false(city->plan.slots[i].sex == city->plan.slots[k].sex &&
				     city->plan.slots[i].rank == city->plan.slots[k].rank);
}

static void expect_family(const struct city *city, const struct city_person *p)
{
	struct city_person other;
	uint32_t n = p->number;

	if (p->slot->mother != NOBODY) {
		city_person(city, city_neighbour(n, p->slot->mother), &other);
		assert_int_equal(other.slot->sex, 1);
		assert_in_range(p->born - other.born, 19 * 365, 40 * 366);
	}
	if (p->slot->father != NOBODY) {
		city_person(city, city_neighbour(n, p->slot->father), &other);
		assert_int_equal(other.slot->sex, 0);
		assert_true(p->born - other.born > 18 * 365);
		/* Three in a hundred have the mother's surname; grown men have sons of theirs. */
		if (p->slot->role == ROLE_HUSBAND)
			assert_memory_equal(other.name.text, p->name.text, CITY_HAN);
	}
	if (p->slot->spouse != NOBODY) {
		city_person(city, city_neighbour(n, p->slot->spouse), &other);
		assert_int_equal(other.slot->sex, !p->slot->sex);
		assert_int_equal(city_neighbour(n, other.slot->spouse), n);
		int32_t day = city_married(city, p);
		assert_int_equal(day, city_married(city, &other));
		assert_true(day - p->born >= (p->slot->sex ? 20 : 22) * 365);
		assert_true(day <= city->today);
	}
	if (p->slot->dead)
		assert_in_range(city_died(city, p), date_day(2015, 1, 1), city->today);
	assert_false(city->plan.slots[p->slot->head].dead);
	assert_true(city_home(city, n) != city_old_home(city, n));
	assert_in_range(city_moved(city, n), date_day(2004, 1, 1), city->today);
}

TEST(families_agree)
{
	const struct city *city = a_city(5, SOME_GRIDS);
	struct city_person p, twin;
	int twins = 0;

	for (uint32_t n = 0; n < SOME_GRIDS * GRID_PERSONS; n += 3) {
		city_person(city, n, &p);
		expect_family(city, &p);
		uint32_t other = city_neighbour(n, p.slot->birth_of);
		if (other == n)
			continue;
		city_person(city, other, &twin);
		assert_int_equal(p.born, twin.born);
		assert_memory_equal(p.id, twin.id, 14);
		twins++;
	}
	assert_true(twins > 20);
}

/* --- Houses --- */

static uint64_t hash_of(const char *s, size_t size)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		h = (h ^ (uint8_t)s[i]) * UINT64_C(0x100000001b3);
	return h;
}

TEST(no_two_houses_have_one_address)
{
	const struct city *city = a_city(6, 600);
	uint64_t *hashes = malloc(600 * GRID_HOUSES * sizeof *hashes);
	char address[512];
	struct city_house h;

	for (int form = ADDRESS_FULL; form <= ADDRESS_SPACED; form++) {
		for (uint32_t n = 0; n < 600 * GRID_HOUSES; n++) {
			city_house(city, n, &h);
			char *end = city_address_put(address, &h, (enum city_address)form, false);
			assert_true(utf8_valid(address, (size_t)(end - address)));
			hashes[n] = hash_of(address, (size_t)(end - address));
		}
		expect_distinct(hashes, 600 * GRID_HOUSES);
	}
	free(hashes);
}

TEST(estates_and_villages_stay_apart_at_scale_one)
{
	const struct city *city = a_city(6, CITY_GRIDS);
	uint64_t *hashes = malloc(CITY_GRIDS * sizeof *hashes);
	char address[512];
	struct city_house h;

	for (uint32_t grid = 0; grid < CITY_GRIDS; grid++) {
		city_house(city, grid * GRID_HOUSES, &h);
		char *end = city_address_put(address, &h, ADDRESS_NO_STREET, true);
		hashes[grid] = hash_of(address, (size_t)(end - address));
	}
	expect_distinct(hashes, CITY_GRIDS);
	free(hashes);
}

TEST(an_address_is_written_as_each_department_does)
{
	struct city_house h = { .division = 0,
				.street = "望春街道",
				.road = "通途路",
				.estate = "锦绣花园",
				.gate = 12,
				.building = 3,
				.unit = 2,
				.room = 501 };
	static const char *const forms[] = {
		"浙江省宁波市海曙区望春街道通途路12号3幢2单元501室",
		"宁波市海曙区通途路12号3幢2单元501室",
		"海曙区望春街道通途路12号锦绣花园3号楼2单元501室",
		"海曙区望春街道通途路12号锦绣花园3-2-501",
		"海曙区 望春街道 通途路12号 3幢2单元501室",
	};
	char text[512];

	for (int i = 0; i < 5; i++) {
		*city_address_put(text, &h, (enum city_address)i, false) = '\0';
		assert_string_equal(text, forms[i]);
	}
	*city_address_put(text, &h, ADDRESS_FULL, true) = '\0';
	assert_string_equal(text, "浙江省宁波市海曙区望春街道通途路12号");
}

TEST(owners_live_and_tenants_live_in_what_they_rent)
{
	const struct city *city = a_city(8, SOME_GRIDS);
	int co_owners = 0, tenants = 0;

	for (uint32_t n = 0; n < SOME_GRIDS * GRID_HOUSES; n++) {
		uint32_t owner = city_owner(city, n), co_owner = city_co_owner(city, n);
		uint32_t tenant = city_tenant(city, n);
		assert_true(owner < SOME_GRIDS * GRID_PERSONS);
		assert_false(city->plan.slots[owner % GRID_PERSONS].dead);
		assert_false(city->plan.slots[owner % GRID_PERSONS].migrant);
		if (n % GRID_HOUSES < GRID_RESIDENTS)
			assert_int_equal(city_home(city, owner), n);
		if (co_owner != UINT32_MAX) {
			co_owners++;
			assert_int_equal(
				city_neighbour(owner,
					       city->plan.slots[owner % GRID_PERSONS].spouse),
				co_owner);
		}
		if (tenant != UINT32_MAX) {
			tenants++;
			assert_int_equal(city_home(city, tenant), n);
		}
		assert_int_equal(city_bank(city, n) % GRID_FIRMS, 0);
	}
	assert_int_equal(co_owners, SOME_GRIDS * GRID_CO_OWNED);
	assert_int_equal(tenants, SOME_GRIDS * GRID_RENTED);
}

/* --- Firms --- */

TEST(codes_and_names_of_firms_are_right_and_no_ones_twice)
{
	enum { GRIDS = 800 };
	const struct city *city = a_city(9, GRIDS);
	uint64_t *codes = malloc(GRIDS * GRID_FIRMS * sizeof *codes);
	uint64_t *names = malloc(GRIDS * GRID_FIRMS * sizeof *names);
	struct city_firm f;
	struct city_person legal;
	int closed = 0;

	for (uint32_t n = 0; n < GRIDS * GRID_FIRMS; n++) {
		city_firm(city, n, &f);
		assert_int_equal(strlen(f.code), 18);
		assert_int_equal(city_code_check(f.code), f.code[17]);
		assert_int_equal(city_organisation_check(f.code + 8), f.code[16]);
		assert_int_equal(strlen(f.old_code), 15);
		assert_memory_equal(f.code + 2, city_divisions[f.division].code, 6);
		codes[n] = hash_of(f.code + 8, 9);
		names[n] = hash_of(f.core, strlen(f.core)) ^
			   city_mix(hash_of(f.trade, strlen(f.trade)));
		assert_memory_equal(f.name + f.core_at, f.core, strlen(f.core));
		assert_true(f.founded < city->today);
		if (f.closed != INT32_MAX) {
			closed++;
			assert_in_range(f.closed, f.founded + 1, city->today);
		}
		city_person(city, city_legal(city, n), &legal);
		assert_true(f.founded - legal.born >= 17 * 365);
		assert_false(legal.slot->dead);
		assert_int_equal(city_site(city, n) / GRID_HOUSES, n / GRID_FIRMS);
	}
	expect_distinct(codes, GRIDS * GRID_FIRMS);
	expect_distinct(names, GRIDS * GRID_FIRMS);
	assert_int_equal(closed, GRIDS * GRID_FIRMS_CLOSED);
	free(codes);
	free(names);
}

TEST(who_works_works_for_an_open_enterprise)
{
	const struct city *city = a_city(10, SOME_GRIDS);
	struct city_firm f;

	for (uint32_t n = 0; n < SOME_GRIDS * GRID_PERSONS; n += 7) {
		uint32_t now = city_employer(city, n, false), before = city_employer(city, n, true);
		assert_true(now != before);
		assert_true(now < SOME_GRIDS * GRID_FIRMS && before < SOME_GRIDS * GRID_FIRMS);
		city_firm(city, now, &f);
		assert_int_equal(f.closed, INT32_MAX);
		city_firm(city, before, &f);
		assert_int_equal(f.closed, INT32_MAX);
	}
}
