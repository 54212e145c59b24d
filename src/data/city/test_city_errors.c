/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong in the registers: as often as documented, of the documented kinds, and noted. */
#include <stdlib.h>
#include "city_record_private.h"
#include "harness.h"

/* How often each error was drawn for and done to a department's own cells, and in how many cells. */
struct tally {
	int64_t drawn[CITY_DEPARTMENTS][ERROR__COUNT], done[CITY_DEPARTMENTS][ERROR__COUNT];
	int64_t cells[CITY_DEPARTMENTS][GROUP__COUNT];
};

static bool own_cell(const struct city_column *c, enum city_group group)
{
	static const uint8_t whats[GROUP__COUNT] = { WHAT_NAME,      WHAT_ID,       WHAT_SEX,
						     WHAT_BIRTH,     WHAT_PHONE,    WHAT_ADDRESS,
						     WHAT_FIRM_NAME, WHAT_FIRM_CODE };
	bool own = c->who == WHO_SELF || c->who == WHO_FIRM || c->who == WHO_HOUSE ||
		   c->who == WHO_HOME || c->who == WHO_SITE;

	return own && c->what == whats[group];
}

static void tally_rows(const struct city *city, struct tally *t)
{
	char text[CITY_ROW_MAX];
	struct city_record r;

	for (int i = 0; i < CITY_RESOURCES; i++) {
		int d = city_resources[i].department;
		uint32_t rows = city_rows(city, i);
		for (int g = 0; g < GROUP__COUNT; g++) {
			int own = 0;
			for (const struct city_column *c = city_resources[i].columns; c->title; c++)
				own += own_cell(c, (enum city_group)g);
			/* One a row at most, or the bits of a record would not count them. */
			assert_true(own <= 1);
			t->cells[d][g] += own ? rows : 0;
		}
		for (uint32_t row = 0; row < rows; row++) {
			city_record_begin(&r, city, i, row);
			assert_true(city_record_put(&r, text) - text < CITY_ROW_MAX / 2);
			for (int e = 0; e < ERROR__COUNT; e++) {
				t->drawn[d][e] += r.drawn >> e & 1;
				t->done[d][e] += r.done >> e & 1;
			}
			/* What is done was drawn, but for what is not a matter of rates. */
			assert_int_equal(r.done & ~r.drawn & ((1u << ERROR__DRAWN) - 1), 0);
		}
	}
}

static int group_of(int e)
{
	int g = 0;

	while (e >= city_groups[g + 1])
		g++;
	return g;
}

static int64_t root(int64_t n)
{
	int64_t r = 0;

	while ((r + 1) * (r + 1) <= n)
		r++;
	return r;
}

/* Within six deviations of the binomial, and three cells where the numbers are small. */
static void expect_rates(const struct tally *t, int64_t times)
{
	for (int d = 0; d < CITY_DEPARTMENTS; d++)
		for (int e = 0; e < ERROR__DRAWN; e++) {
			int64_t cells = t->cells[d][group_of(e)];
			int64_t wanted = cells * city_departments[d].rates[e] * times / 1000000;
			int64_t off = t->drawn[d][e] - wanted;
			int64_t room = 6 * root(wanted + 1) + 3;
			if (off > room || -off > room)
				test_fail("%s, %s: %lld of %lld cells, not %lld",
					  city_departments[d].code, city_error_words[e],
					  (long long)t->drawn[d][e], (long long)cells,
					  (long long)wanted);
		}
}

TEST(errors_are_drawn_as_often_as_documented)
{
	struct tally t = { 0 };

	tally_rows(city_new(test_call()->arena, 11, 60, 1000), &t);
	expect_rates(&t, 1);
}

TEST(doubled_errors_are_drawn_twice_as_often)
{
	struct tally t = { 0 };

	tally_rows(city_new(test_call()->arena, 12, 60, 2000), &t);
	expect_rates(&t, 2);
}

TEST(most_errors_that_are_drawn_are_done)
{
	/* Least share, in a hundred: a day is above 12 in three of five, numbers issued since 2000 have no
	 * 15 digits, an empty cell needs nothing. */
	static const uint8_t least[ERROR__DRAWN] = {
		[ERROR_NAME_HOMOPHONE] = 85,   [ERROR_NAME_SHAPE] = 55,
		[ERROR_NAME_TRADITIONAL] = 60, [ERROR_ID_MISSING] = 85,
		[ERROR_ID_DIGIT] = 85,         [ERROR_ID_SWAP] = 85,
		[ERROR_ID_OLD] = 55,           [ERROR_ID_OTHER] = 40,
		[ERROR_SEX_WRONG] = 100,       [ERROR_BIRTH_MISSING] = 100,
		[ERROR_BIRTH_WRONG] = 100,     [ERROR_BIRTH_SWAP] = 25,
		[ERROR_BIRTH_LUNAR] = 100,     [ERROR_PHONE_MISSING] = 100,
		[ERROR_PHONE_STALE] = 100,     [ERROR_PHONE_SHARED] = 100,
		[ERROR_PHONE_DIGIT] = 100,     [ERROR_ADDRESS_MISSING] = 100,
		[ERROR_ADDRESS_STALE] = 90,    [ERROR_ADDRESS_SHORT] = 95,
		[ERROR_ADDRESS_WRONG] = 60,    [ERROR_FIRM_SHORT] = 100,
		[ERROR_FIRM_WRONG] = 70,       [ERROR_FIRM_TRADITIONAL] = 80,
		[ERROR_CODE_MISSING] = 100,    [ERROR_CODE_DIGIT] = 100,
		[ERROR_CODE_OLD] = 100,
	};
	struct tally t = { 0 };

	tally_rows(city_new(test_call()->arena, 13, 60, 4000), &t);
	for (int e = 0; e < ERROR__DRAWN; e++) {
		int64_t drawn = 0, done = 0;
		for (int d = 0; d < CITY_DEPARTMENTS; d++) {
			drawn += t.drawn[d][e];
			/* A house does not move. */
			if (e == ERROR_ADDRESS_STALE && (d == ZJ || d == ZG))
				drawn -= t.drawn[d][e] - t.done[d][e];
			done += t.done[d][e];
		}
		assert_true(drawn > 30);
		if (done * 100 < drawn * least[e])
			test_fail("%s: %lld of %lld", city_error_words[e], (long long)done,
				  (long long)drawn);
	}
	/* What stands in the data whatever the rates. */
	assert_true(t.done[WJ][ERROR_ID_NEVER] > 0 && t.done[GA][ERROR_ID_NEVER] > 0);
	assert_true(t.done[RS][ERROR_NAME_RARE] > 0);
	assert_int_equal(t.done[GA][ERROR_NAME_RARE], 0);
}

/* The n-th cell of a row without quotes. */
static char *cell(char *row, int n)
{
	while (n--)
		row = strchr(row, ',') + 1;
	row[strcspn(row, ",\r")] = '\0';
	return row;
}

static int column_of(int resource, enum city_who who, enum city_what what)
{
	const struct city_column *c = city_resources[resource].columns;

	for (int i = 0; c[i].title; i++)
		if (c[i].who == who && c[i].what == what)
			return i;
	return -1;
}

TEST(without_errors_the_registers_say_the_truth)
{
	const struct city *city = city_new(test_call()->arena, 14, 5, 0);
	char text[CITY_ROW_MAX], truth[256];
	struct city_record r;
	struct city_person p;

	for (uint32_t row = 0; row < city_rows(city, GA01); row++) {
		city_record_begin(&r, city, GA01, row);
		*city_record_put(&r, text) = '\0';
		city_person(city, r.subject, &p);
		/* From the right, since cell() ends the row behind the cell. */
		*city_truth_put(&r, truth) = '\0';
		assert_string_equal(cell(text, column_of(GA01, WHO_SELF, WHAT_ID)), p.id);
		assert_string_equal(cell(text, column_of(GA01, WHO_SELF, WHAT_NAME)), p.name.text);
		assert_null(strstr(truth, "duplicate"));
		assert_int_equal(r.drawn, 0);
	}
}

/* Rows of one resource until one has the error, at rates that make it soon. */
static bool find(const struct city *city, int resource, enum city_error e, struct city_record *r,
		 char *text)
{
	for (uint32_t row = 0; row < city_rows(city, resource); row++) {
		city_record_begin(r, city, resource, row);
		*city_record_put(r, text) = '\0';
		if (r->done >> e & 1)
			return true;
	}
	return false;
}

static int differing(const char *a, const char *b, size_t size)
{
	int n = 0;

	for (size_t i = 0; i < size; i++)
		n += a[i] != b[i];
	return n;
}

TEST(wrong_numbers_are_wrong_in_the_way_that_is_noted)
{
	const struct city *city = city_new(test_call()->arena, 15, 100, 10000);
	int id = column_of(WJ03, WHO_SELF, WHAT_ID);
	char text[CITY_ROW_MAX];
	struct city_record r;
	struct city_person p;

	assert_true(find(city, WJ03, ERROR_ID_DIGIT, &r, text));
	city_person(city, r.subject, &p);
	char *at = cell(text, id);
	assert_int_equal(strlen(at), 18);
	assert_int_equal(differing(at, p.id, 18), 1);
	/* GB 11643 catches every wrong digit and every exchange. */
	assert_true(city_id_check(at) != at[17]);

	assert_true(find(city, WJ03, ERROR_ID_SWAP, &r, text));
	city_person(city, r.subject, &p);
	at = cell(text, id);
	assert_int_equal(differing(at, p.id, 18), 2);
	assert_true(city_id_check(at) != at[17]);

	assert_true(find(city, WJ03, ERROR_ID_OLD, &r, text));
	city_person(city, r.subject, &p);
	at = cell(text, id);
	assert_int_equal(strlen(at), 15);
	assert_memory_equal(at, p.id, 6);
	assert_memory_equal(at + 6, p.id + 8, 9);

	assert_true(find(city, WJ03, ERROR_ID_OTHER, &r, text));
	city_person(city, r.subject, &p);
	at = cell(text, id);
	assert_true(strcmp(at, p.id) != 0);
	assert_int_equal(city_id_check(at), at[17]);
}

TEST(wrong_names_have_one_like_character)
{
	const struct city *city = city_new(test_call()->arena, 16, 100, 10000);
	int name = column_of(WJ03, WHO_SELF, WHAT_NAME);
	static const uint8_t kinds[] = { ERROR_NAME_HOMOPHONE, ERROR_NAME_SHAPE };
	char text[CITY_ROW_MAX];
	struct city_record r = { 0 };
	struct city_person p;

	for (int i = 0; i < 2; i++) {
		assert_true(find(city, WJ03, (enum city_error)kinds[i], &r, text));
		city_person(city, r.subject, &p);
		char *at = cell(text, name);
		int characters = 0;
		assert_int_equal(strlen(at), p.name.size);
		for (int n = 0; n < p.name.size; n += CITY_HAN)
			characters += memcmp(at + n, p.name.text + n, CITY_HAN) != 0;
		assert_int_equal(characters, 1);
	}
}

TEST(every_confusion_is_of_another_character)
{
	const struct city *city = city_new(test_call()->arena, 1, 1, 1000);
	const struct city_confusion *tables[] = { &city->homophone, &city->shape,
						  &city->traditional };
	static const int least[] = { 350, 120, 400 };

	for (int t = 0; t < 3; t++) {
		int count = 0;
		for (int i = 0; i < CITY_CONFUSION_SLOTS; i++) {
			uint32_t from = tables[t]->slot[i].from;
			if (!from)
				continue;
			count++;
			/* Chinese characters of the basic plane. */
			assert_in_range(from, 0x3400, 0x9fff);
			for (uint32_t k = 0; k < tables[t]->slot[i].count; k++) {
				assert_in_range(tables[t]->slot[i].to[k], 0x3400, 0x9fff);
				assert_true(tables[t]->slot[i].to[k] != from);
			}
		}
		assert_true(count >= least[t]);
		assert_int_equal(city_confuse(tables[t], 0x4e00 + 7777, 0), 0);
	}
}
