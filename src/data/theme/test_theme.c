/* SPDX-License-Identifier: Apache-2.0 */
/* Building a base from a made-up city and looking into it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "data/city/city.h"
#include "data/theme/theme_private.h"
#include "harness.h"

static const char *text(const char *fmt, ...) PRINTF(1, 2);
static const char *text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(test_call()->arena, fmt, ap);
	va_end(ap);
	return s;
}

static const char *make_city(uint32_t grids, uint64_t seed)
{
	const char *folder = text("%s/city%llu", test_folder(), (unsigned long long)seed);
	struct city_options o = { .seed = seed,
				  .grids = grids,
				  .errors = 1000,
				  .gb18030 = 2,
				  .threads = 2,
				  .folder = folder };
	struct city_report r;
	struct call *c = test_call();

	if (city_write(c, &o, &r))
		test_fail("%s", c->problem);
	return folder;
}

static enum status build_into(struct call *c, const char *from, const char *store,
			      struct theme_counts *out)
{
	struct theme_ask ask = { .from = from, .store = store, .quiet = true, .threads = 2 };
	FILE *none = fopen("/dev/null", "w");

	assert_non_null(none);
	enum status st = theme_build(c, &ask, none, out);
	assert_int_equal(fclose(none), 0);
	return st;
}

static struct theme *open_base(const char *store)
{
	struct call *c = test_call();
	struct theme *t;

	if (theme_open(c, store, &t))
		test_fail("%s", c->problem);
	return t;
}

static size_t look(struct theme *t, enum theme_by by, const char *what, struct theme_entity **list)
{
	struct call *c = test_call();
	struct theme_query q = { .by = by, .text = what, .kind = -1, .limit = 50, .relations = 50 };
	size_t count;

	if (theme_look(c, t, &q, list, &count))
		test_fail("%s", c->problem);
	return count;
}

static const char *value_of(const struct theme_entity *e, const char *name)
{
	for (size_t i = 0; i < e->values_count; i++)
		if (str_eq(e->values[i].name, name))
			return e->values[i].value;
	return NULL;
}

static bool within(int64_t got, int64_t wanted, int64_t thousandths)
{
	return llabs(got - wanted) * 1000 <= wanted * thousandths;
}

TEST(a_city_comes_out_as_it_is_counted)
{
	const char *city = make_city(20, 3), *store = text("%s/store", test_folder());
	struct call *c = test_call();
	struct theme_counts n = { 0 };

	if (build_into(c, city, store, &n))
		test_fail("%s", c->problem);
	assert_int_equal(n.records, 20 * CITY_GRID_RECORDS);
	assert_int_equal(n.links, n.records);
	assert_true(within(n.bases[THEME_PERSON], 20 * 721, 10));
	assert_true(within(n.bases[THEME_FIRM], 20 * 120, 10));
	assert_true(within(n.bases[THEME_HOUSE], 20 * 311, 20));
	assert_true(within(n.relations, 20 * 2280, 20));
	assert_true(within(n.bases[0] + n.bases[1] + n.bases[2] + n.links + n.relations,
			   20 * CITY_GRID_LINKED, 10));

	/* The first person of GA01 is found by number and name, with records of others, and lives somewhere. */
	char line[1024], *cells[16] = { line };
	FILE *f = fopen(text("%s/GA01.csv", city), "r");
	assert_non_null(f);
	struct theme *t = open_base(store);
	int found = 0, asked = 0, at_home = 0;
	assert_non_null(fgets(line, sizeof line, f));
	for (int row = 0; row < 200 && fgets(line, sizeof line, f); row++) {
		for (int i = 1; i < 15; i++) {
			cells[i] = strchr(cells[i - 1], ',') + 1;
			cells[i][-1] = '\0';
		}
		if (strlen(cells[2]) != 18)
			continue;
		struct theme_entity *list;
		size_t count = look(t, THEME_BY_ID, cells[2], &list);
		asked++;
		for (size_t i = 0; i < count; i++) {
			assert_string_equal(value_of(&list[i], "id"), cells[2]);
			for (size_t l = 0; l < list[i].links_count; l++)
				found += str_eq(list[i].links[l].record, cells[0]);
			for (size_t r = 0; r < list[i].relations_count; r++)
				at_home += str_eq(list[i].relations[r].kind, "lives_in");
			for (size_t v = 0; v < list[i].values_count; v++)
				assert_non_null(list[i].values[v].record);
		}
		count = look(t, THEME_BY_NAME, cells[1], &list);
		assert_true(count > 0 || asked > found);
	}
	assert_int_equal(fclose(f), 0);
	assert_true(asked > 150);
	assert_true(found * 100 >= asked * 97);
	assert_true(at_home * 100 >= asked * 90);
	struct theme_entity *list;
	assert_int_equal(look(t, THEME_BY_ID, "330203190001010001", &list), 0);
	assert_int_equal(look(t, THEME_BY_ENTITY, "P0", &list), 1);
	assert_int_equal(look(t, THEME_BY_ENTITY, "P4000000000", &list), 0);
	theme_close(t);
}

TEST(a_newer_base_is_swapped_in_under_readers)
{
	const char *first = make_city(1, 7), *second = make_city(2, 8);
	const char *store = text("%s/store", test_folder());
	struct call *c = test_call();
	struct theme_counts n = { 0 };
	struct theme *none;
	struct theme_entity *list;

	assert_int_equal(theme_open(c, store, &none), ST_NOT_FOUND);
	call_forgive(c);
	assert_int_equal(build_into(c, first, store, &n), ST_OK);
	struct theme *t = open_base(store);
	assert_false(theme_outdated(t));
	assert_int_equal(build_into(c, second, store, &n), ST_OK);
	assert_true(theme_outdated(t));
	assert_int_equal(theme_counts_of(t)->records, CITY_GRID_RECORDS);
	assert_int_equal(look(t, THEME_BY_ENTITY, "P0", &list), 1);
	struct theme *newer = open_base(store);
	assert_int_equal(theme_counts_of(newer)->records, 2 * CITY_GRID_RECORDS);
	theme_close(t);

	/* A file that is broken changes nothing. */
	FILE *f = fopen(text("%s/ZZ02.csv", second), "a");
	assert_non_null(f);
	assert_true(fputs("1,2\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(build_into(c, second, store, &n), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "ZZ02.csv, line"));
	assert_false(theme_outdated(newer));
	theme_close(newer);
	call_forgive(c);
	assert_int_equal(build_into(c, test_folder(), store, &n), ST_NOT_FOUND);
}

TEST(a_build_that_is_killed_leaves_the_base_before)
{
	const char *city = make_city(4, 9), *store = text("%s/store", test_folder());
	struct call *c = test_call();
	struct theme_counts n = { 0 };
	int killed = 0;

	assert_int_equal(build_into(c, city, store, &n), ST_OK);
	for (unsigned after = 1000; after < 400000; after = after * 3 / 2) {
		int status;
		pid_t child = fork();
		assert_true(child >= 0);
		if (!child) {
			struct theme_counts m;
			_exit(build_into(test_call(), city, store, &m) != ST_OK);
		}
		assert_int_equal(usleep(after), 0);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		killed += WIFSIGNALED(status);
		struct theme *t = open_base(store);
		struct theme_entity *list;
		assert_int_equal(theme_counts_of(t)->records, 4 * CITY_GRID_RECORDS);
		assert_int_equal(look(t, THEME_BY_ENTITY, "F3", &list), 1);
		theme_close(t);
	}
	assert_true(killed > 3);
	assert_int_equal(build_into(c, city, store, &n), ST_OK);
}

/* One address as each department writes it is one house. */
TEST(addresses_of_all_departments_name_one_house)
{
	static const char *const road[] = {
		"浙江省宁波市海曙区望春街道通途路12号3幢2单元501室",
		"海曙区望春街道通途路12号锦绣花园3号楼2单元501室",
		"海曙区望春街道通途路12号锦绣花园3-2-501",
		"宁波市海曙区通途路12号3幢2单元501室",
		"海曙区 望春街道 通途路12号 3幢2单元501室",
		"浙江省宁波市海曙区望春街道通途路１２号３幢２单元５０１室",
	};
	static const char *const other[] = { "海曙区通途路12号3幢2单元502室",
					     "江北区通途路12号3幢2单元501室",
					     "海曙区通达路12号3幢2单元501室" };
	struct buf b = { .arena = test_call()->arena };
	uint64_t first[2], keys[2];

	(void)value_clean(TYPE_ADDRESS, road[0], strlen(road[0]), &b);
	address_keys(b.data, b.size, first);
	assert_true(first[0] != 0);
	for (size_t i = 1; i < 6; i++) {
		(void)value_clean(TYPE_ADDRESS, road[i], strlen(road[i]), &b);
		address_keys(b.data, b.size, keys);
		if (keys[0] != first[0])
			test_fail("%s", road[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		(void)value_clean(TYPE_ADDRESS, other[i], strlen(other[i]), &b);
		address_keys(b.data, b.size, keys);
		assert_true(keys[0] && keys[0] != first[0]);
	}
	/* Two villages of one name in one county are two; without its town the village may be either. */
	uint64_t one[2], two[2], none[2];
	const char *v1 = "象山县石浦镇郑家桥村254号", *v2 = "象山县墙头镇郑家桥村254号",
		   *v0 = "象山县郑家桥村254号";
	address_keys(v1, strlen(v1), one);
	address_keys(v2, strlen(v2), two);
	address_keys(v0, strlen(v0), none);
	assert_true(one[0] != two[0] && one[1] == two[1] && none[0] == one[1]);
	address_keys("海曙区通途路12号", strlen("海曙区通途路12号"), keys);
	assert_true(keys[0] == 0);
}

TEST(values_are_kept_in_one_form)
{
	static const struct {
		enum theme_type type;
		const char *from, *to;
		bool valid;
	} forms[] = {
		{ TYPE_NAME, " 张　三 ", "张 三", true },
		{ TYPE_NAME, "买买提•艾力", "买买提·艾力", true },
		{ TYPE_NAME, "王?", "王?", false },
		{ TYPE_SEX, "男性", "1", true },
		{ TYPE_SEX, "女", "2", true },
		{ TYPE_SEX, "3", "3", false },
		{ TYPE_CITIZEN, "110105491231002", "11010519491231002X", false },
		{ TYPE_CITIZEN, "11010519491231002x", "11010519491231002X", true },
		{ TYPE_DATE, "1987年5月12日", "1987-05-12", true },
		{ TYPE_PHONE, "+86 138 1234 5678", "13812345678", true },
		{ TYPE_ADDRESS, "宁波市海曙区 通途路１号", "海曙区通途路1号", true },
		{ TYPE_TEXT, "", "", false },
	};
	struct buf b = { .arena = test_call()->arena };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		bool valid = value_clean(forms[i].type, forms[i].from, strlen(forms[i].from), &b);
		if (valid != forms[i].valid || b.size != strlen(forms[i].to) ||
		    (b.size && memcmp(b.data, forms[i].to, b.size) != 0))
			test_fail("%s became %.*s, %s", forms[i].from, (int)b.size,
				  b.size ? b.data : "", valid ? "valid" : "not valid");
	}
	buf_str(&b, "x");
	value_key("張 三·李", strlen("張 三·李"), &b);
	assert_string_equal(b.data, "张三李");
}

TEST(a_long_value_is_cut_and_stays_as_it_was_cut)
{
	static const struct {
		enum theme_type type;
		const char *piece, *end;
	} forms[] = {
		{ TYPE_NAME, ".", "" }, /* which becomes a longer dot */
		{ TYPE_COMPANY, "甲. ", "" },
		{ TYPE_ADDRESS, "路", "3-2-501" }, /* which is spelled where there is room */
		{ TYPE_TEXT, "甲乙", "" },
	};
	struct arena *a = test_call()->arena;
	struct buf b = { .arena = a }, once = { .arena = a }, again = { .arena = a };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		for (size_t size = VALUE_MAX - 40; size < VALUE_MAX * 2; size += 7) {
			b.size = 0;
			while (b.size + strlen(forms[i].piece) + strlen(forms[i].end) <= size)
				buf_str(&b, forms[i].piece);
			buf_str(&b, forms[i].end);
			bool valid = value_clean(forms[i].type, b.data, b.size, &once);
			assert_true(valid && once.size <= VALUE_MAX);
			assert_true(once.size > VALUE_MAX / 2);
			assert_true(utf8_valid(once.data, once.size));
			assert_true(value_clean(forms[i].type, once.data, once.size, &again));
			assert_int_equal(again.size, once.size);
			assert_memory_equal(again.data, once.data, once.size);
		}
}

TEST(settings_that_are_wrong_are_refused_by_line_and_rule)
{
	static const char *const wrong[][2] = {
		{ "", "names no column of the records' numbers" },
		{ "[theme]\nname = x\n", "line 2: name: is not a key of [theme]" },
		{ "x = y\n", "stands in no section" },
		{ "[person]\nname = words\n", "its type is not" },
		{ "[person]\nname = name often\n", "none of link, valid" },
		{ "[a/b]\n", "letters, digits" },
		{ "[A]\n[A]\n", "stands there twice" },
		{ "[A]\ntrust = 101\n", "from 0 to 100" },
		{ "[person]\nname = name\n[A]\nperson head = name:x\n",
		  "the first role is the subject" },
		{ "[person]\nname = name\n[A]\nperson subject = age:x\n", "ATTRIBUTE:COLUMN" },
		{ "[person]\nname = name\n[A]\nperson subject = name:x\nknows = subject head\n",
		  "two roles that stand above" },
		{ "[A\n", "is not closed" },
		{ "[theme]\nkey = id\n[A]\n", "has no subject" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct call *c = test_call();
		struct theme_settings *s = arena_alloc(c->arena, sizeof *s);
		assert_int_equal(theme_settings_parse(c, "s", wrong[i][0], strlen(wrong[i][0]), s),
				 ST_BAD_INPUT);
		if (!strstr(c->problem, wrong[i][1]))
			test_fail("wanted \"%s\" in \"%s\"", wrong[i][1], c->problem);
	}
	struct call *c = test_call();
	struct theme_settings *s = arena_alloc(c->arena, sizeof *s);
	assert_int_equal(theme_settings_parse(c, "s", theme_default_settings,
					      strlen(theme_default_settings), s),
			 ST_OK);
	assert_int_equal(s->resource_count, 33);
	assert_int_equal(s->relation_count, 12);
}

/* Page by page comes what comes at once; a kind narrows. */
TEST(a_name_that_many_have_is_read_by_pages)
{
	const char *city = make_city(20, 21), *store = text("%s/store", test_folder());
	struct call *c = test_call();
	struct theme_counts n = { 0 };
	struct theme_entity *all, *page;
	size_t count = 0, seen = 0, got;
	char line[1024];

	if (build_into(c, city, store, &n))
		test_fail("%s", c->problem);
	struct theme *t = open_base(store);
	FILE *f = fopen(text("%s/GA01.csv", city), "r");
	assert_non_null(f);
	const char *name = NULL;
	while (count < 3 && fgets(line, sizeof line, f)) {
		const char *at = strchr(line, ',') + 1;
		name = text("%.*s", (int)strcspn(at, ","), at);
		count = look(t, THEME_BY_NAME, name, &all);
	}
	assert_int_equal(fclose(f), 0);
	assert_true(count >= 3);
	struct theme_query q = {
		.by = THEME_BY_NAME, .text = name, .kind = THEME_PERSON, .limit = 1
	};
	do {
		assert_int_equal(theme_look(c, t, &q, &page, &got), ST_OK);
		if (got) {
			assert_true(seen < count);
			assert_string_equal(page[0].id, all[seen].id);
			assert_int_equal(page[0].relations_count, 0);
			q.after = page[0].id;
			seen++;
		}
	} while (got);
	assert_int_equal(seen, count);
	q = (struct theme_query){ .by = THEME_BY_NAME, .text = name, .kind = THEME_FIRM };
	assert_int_equal(theme_look(c, t, &q, &page, &got), ST_OK);
	assert_int_equal(got, 0);
	theme_close(t);
}
