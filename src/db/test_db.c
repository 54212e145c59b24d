/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, rows and acts, on whichever database the tests run. */
#include <math.h>
#include "base/text.h"
#include "harness.h"

static const char *const colours[] = { "red", "green", NULL };

struct part {
	const char *maker;
	int64_t weight;
};
static const struct field part_shape[] = { F_STR(part, maker, 100, 0),
					   F_INT(part, weight, 0, 1000, 0), F_END };

struct thing {
	int64_t id, height;
	double depth;
	const char *name;
	double price;
	bool sold;
	int colour;
	int64_t made_at;
	struct words tags;
	struct map notes;
	struct part part;
	const char *more;
};
static const struct field thing_row[] = { F_INT(thing, id, 0, INT64_MAX, 0),
					  F_INT(thing, height, INT64_MIN, INT64_MAX, NULLABLE),
					  F_REAL(thing, depth, NULLABLE),
					  F_STR(thing, name, 100, NULLABLE),
					  F_REAL(thing, price, 0),
					  F_BOOL(thing, sold, 0),
					  F_WORD(thing, colour, colours, NULLABLE),
					  F_TIME(thing, made_at, 0),
					  F_STRS(thing, tags, 10, 0),
					  F_MAP(thing, notes, 10, 0),
					  F_OBJECT(thing, part, part, part_shape, NULLABLE),
					  F_JSON(thing, more, 1000, NULLABLE),
					  F_END };

static const struct schema_file tables[] = {
	{ "test", "0001_thing",
	  "create table thing (id @INT primary key, height @INT, depth @REAL,"
	  " name text unique, price @REAL not null,"
	  " sold @INT not null, colour text, made_at @INT, tags text, notes text, part text,"
	  " more text, check (price >= 0)) @STRICT;"
	  "create table owner (thing @INT not null references thing (id), name text not null,"
	  " face @BLOB) @STRICT;" },
	{ 0 }
};
static const struct schema_file *const schema[] = { tables, NULL };

/* Not listed among the program's statements: their tables exist here only. */
#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

TEST_STMT(thing_put, "insert into thing (id, height, depth, name, price, sold, colour, made_at,"
		     " tags, notes, part, more)"
		     " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
TEST_STMT(thing_all, "select * from thing order by id");
TEST_STMT(thing_one, "select * from thing where id = $1");
TEST_STMT(thing_count, "select count(*) from thing");
TEST_STMT(owner_put, "insert into owner (name, face, thing) values ($2, $3, $1)");
TEST_STMT(owner_face, "select face from owner where thing = $1");

static enum status put_thing(struct call *c, const void *in, void *out)
{
	(void)out;
	return db_put(c, &thing_put, thing_row, in);
}

struct things {
	struct thing *list;
	size_t count;
};

static enum status all_things(struct call *c, const void *in, void *out)
{
	struct things *t = out;

	(void)in;
	return DB_ALL(c, &thing_all, thing_row, &t->list, &t->count, DB_NO_ARGS);
}

static enum status write_thing(struct db *db, struct thing t)
{
	return db_write(test_call(), db, put_thing, &t, NULL, 0);
}

TEST(a_row_comes_back_as_the_struct_that_was_written)
{
	struct db *db = test_db_with(schema);
	const char *words[] = { "a", "b c", NULL };
	struct map_pair pairs[] = { { "k", "v\"" } };
	struct thing t = { .id = 7,
			   .height = -5,
			   .depth = 2.5,
			   .name = "灯",
			   .price = 0.1,
			   .sold = true,
			   .colour = 1,
			   .made_at = 1732402561000001,
			   .tags = { words, 2 },
			   .notes = { pairs, 1 },
			   .part = { "甬", 12 },
			   .more = "{\"x\":[1,2]}" };
	struct thing bare = { .id = INT64_MAX, .height = INT_NULL, .depth = NAN, .colour = -1 };
	struct things all = { 0 };

	assert_int_equal(write_thing(db, t), ST_OK);
	assert_int_equal(write_thing(db, bare), ST_OK);
	assert_int_equal(db_read(test_call(), db, all_things, NULL, &all, sizeof(all)), ST_OK);
	assert_int_equal(all.count, 2);

	const struct thing *r = &all.list[0];
	assert_int_equal(r->id, 7);
	assert_int_equal(r->height, -5);
	assert_true(r->depth == 2.5);
	assert_string_equal(r->name, "灯");
	assert_true(r->price == 0.1);
	assert_true(r->sold);
	assert_int_equal(r->colour, 1);
	assert_int_equal(r->made_at, 1732402561000001);
	assert_int_equal(r->tags.count, 2);
	assert_string_equal(r->tags.list[1], "b c");
	assert_string_equal(map_get(&r->notes, "k"), "v\"");
	assert_string_equal(r->part.maker, "甬");
	assert_int_equal(r->part.weight, 12);
	assert_string_equal(r->more, "{\"x\":[1,2]}");

	r = &all.list[1];
	assert_int_equal(r->id, INT64_MAX);
	assert_true(r->height == INT_NULL);
	assert_true(isnan(r->depth));
	assert_null(r->part.maker);
	assert_null(r->name);
	assert_int_equal(r->colour, -1);
	assert_int_equal(r->made_at, 0);
	assert_int_equal(r->tags.count, 0);
	assert_null(r->more);
}

TEST(a_taken_key_is_a_conflict_without_words)
{
	struct db *db = test_db_with(schema);
	struct thing t = { .id = 1, .name = "one", .part = { .maker = "m" } };
	struct call *c = test_call();

	assert_int_equal(write_thing(db, t), ST_OK);
	t.id = 2;
	assert_int_equal(db_write(c, db, put_thing, &t, NULL, 0), ST_CONFLICT);
	assert_string_equal(c->problem, "");
}

static enum status put_owner(struct call *c, const void *in, void *out)
{
	const int64_t *id = in;

	(void)out;
	return db_do(c, &owner_put, NULL,
		     DB_ARGS(DB_INT(*id), DB_STR("who"), DB_BYTES("\0\xff\x01", 3)));
}

static enum status face(struct call *c, const void *in, void *out)
{
	const int64_t *id = in;
	const void *p;
	size_t size;

	enum status st = db_bytes(c, &owner_face, &p, &size, DB_ARGS(DB_INT(*id)));
	if (!st)
		*(bool *)out = size == 3 && memcmp(p, "\0\xff\x01", 3) == 0;
	return st;
}

TEST(a_key_to_nothing_is_a_conflict_and_bytes_come_back)
{
	struct db *db = test_db_with(schema);
	struct thing t = { .id = 5, .part = { .maker = "m" } };
	int64_t id = 5;
	bool same = false;
	struct call *c = test_call();

	assert_int_equal(db_write(c, db, put_owner, &id, NULL, 0), ST_CONFLICT);
	assert_string_equal(c->problem, "");
	assert_int_equal(write_thing(db, t), ST_OK);
	assert_int_equal(db_write(test_call(), db, put_owner, &id, NULL, 0), ST_OK);
	assert_int_equal(db_read(test_call(), db, face, &id, &same, sizeof(same)), ST_OK);
	assert_true(same);
}

TEST(a_broken_check_is_our_bug)
{
	struct db *db = test_db_with(schema);
	struct thing t = { .id = 1, .price = -1, .part = { .maker = "m" } };

	assert_int_equal(write_thing(db, t), ST_INTERNAL);
}

static enum status count_things(struct call *c, const void *in, void *out)
{
	(void)in;
	return db_number(c, &thing_count, out, DB_NO_ARGS);
}

static enum status put_and_refuse(struct call *c, const void *in, void *out)
{
	enum status st = put_thing(c, in, out);
	return st ? st : fail(c, ST_FORBIDDEN, NULL, "not today");
}

TEST(a_refused_act_leaves_nothing)
{
	struct db *db = test_db_with(schema);
	struct thing t = { .id = 1, .part = { .maker = "m" } };
	struct call *c = test_call();
	int64_t n = -1;

	assert_int_equal(db_write(c, db, put_and_refuse, &t, NULL, 0), ST_FORBIDDEN);
	assert_string_equal(c->problem, "not today");
	assert_int_equal(db_read(test_call(), db, count_things, NULL, &n, sizeof(n)), ST_OK);
	assert_int_equal(n, 0);
}

static enum status put_twice(struct call *c, const void *in, void *out)
{
	enum status st = put_thing(c, in, out);
	if (!st)
		st = put_thing(c, in, out);
	return st == ST_CONFLICT ? ST_OK : st;
}

TEST(an_act_that_goes_on_after_a_failure_is_failed)
{
	struct db *db = test_db_with(schema);
	struct thing t = { .id = 1, .part = { .maker = "m" } };
	int64_t n = -1;

	assert_int_equal(db_write(test_call(), db, put_twice, &t, NULL, 0), ST_INTERNAL);
	assert_int_equal(db_read(test_call(), db, count_things, NULL, &n, sizeof(n)), ST_OK);
	assert_int_equal(n, 0);
}

TEST(a_reading_act_cannot_write)
{
	struct db *db = test_db_with(schema);
	struct thing t = { .id = 1, .part = { .maker = "m" } };

	assert_int_equal(db_read(test_call(), db, put_thing, &t, NULL, 0), ST_INTERNAL);
}

static enum status get_thing(struct call *c, const void *in, void *out)
{
	const int64_t *id = in;
	return db_one(c, &thing_one, thing_row, out, DB_ARGS(DB_INT(*id)));
}

TEST(a_missing_row_is_not_found)
{
	struct db *db = test_db_with(schema);
	struct thing t;
	int64_t id = 9;
	struct call *c = test_call();

	assert_int_equal(db_read(c, db, get_thing, &id, &t, sizeof(t)), ST_NOT_FOUND);
	assert_string_equal(c->problem, "");
}
