/* SPDX-License-Identifier: Apache-2.0 */
/* Pools that share a host, which VDC may use which pool, and how full they are. */
#include "base/text.h"
#include "cloud/pool/pool_private.h"
#include "harness.h"

extern const struct schema_file pool_schema[];
static const struct schema_file *const schema[] = { pool_schema, NULL };
static struct db *db;
static struct call *last;

static enum status seen(struct call *c, const void *in, void *out)
{
	return pool_host_seen(c, in, out);
}

static enum status make(struct call *c, const void *in, void *out)
{
	struct pool_aggregate *a = out;
	*a = *(const struct pool_aggregate *)in;
	return pool_aggregate_make(c, a);
}

struct joining {
	const struct pool_aggregate *pool;
	const char *host;
	int64_t share;
};

static enum status join(struct call *c, const void *in, void *out)
{
	const struct joining *j = in;
	enum status st = pool_aggregate_by_id(c, j->pool->id, out);
	return st ? st : pool_aggregate_add(c, out, j->host, j->share);
}

static enum status leave(struct call *c, const void *in, void *out)
{
	const struct joining *j = in;
	enum status st = pool_aggregate_by_id(c, j->pool->id, out);
	return st ? st : pool_aggregate_drop(c, out, j->host);
}

static enum status rename_to(struct call *c, const void *in, void *out)
{
	struct pool_aggregate *a = out;
	const struct joining *j = in;
	enum status st = pool_aggregate_by_id(c, j->pool->id, a);
	a->name = a->zone = j->host;
	return st ? st : pool_aggregate_change(c, a);
}

static enum status remove_pool(struct call *c, const void *in, void *out)
{
	const struct pool_aggregate *pool = in;
	enum status st = pool_aggregate_by_id(c, pool->id, out);
	return st ? st : pool_aggregate_remove(c, out);
}

static enum status reserve(struct call *c, const void *in, void *out)
{
	return pool_reserve(c, in, out);
}

static enum status release(struct call *c, const void *in, void *out)
{
	(void)out;
	return pool_release(c, in);
}

static enum status enlarge(struct call *c, const void *in, void *out)
{
	return pool_change(c, in, 1, 3000, 1, out);
}

static enum status give(struct call *c, const void *in, void *out)
{
	return vdc_pools_set(c, in, out);
}

static enum status use(struct call *c, const void *in, void *out)
{
	return pool_use_show(c, in, out);
}

static enum status choices(struct call *c, const void *in, void *out)
{
	return own_pools(c, in, out);
}

static enum status slots(struct call *c, const void *in, void *out)
{
	struct own_pools *n = out;
	struct pool_slot *list;
	(void)in;
	return pool_slots(c, &list, &n->pools_count);
}

static enum status write_as(act_fn *act, const void *in, void *out, size_t size)
{
	last = test_call();
	return db_write(last, db, act, in, out, size);
}

static void want_words(const char *words)
{
	if (!strstr(last->problem, words))
		test_fail("wanted \"%s\" in: %s", words, last->problem);
}

static void add_host(const char *name, int64_t memory_mb)
{
	struct pool_host out, h = {
		.name = name,
		.uri = arena_printf(test_call()->arena, "test:///%s", name),
		.engine = "test",
		.cpu = "x86_64",
		.accelerator = "tcg",
		.accelerator_why = "",
		.boot_id = "b",
		.vcpus = 4,
		.memory_mb = memory_mb,
		.disk_gb = 100,
	};
	assert_int_equal(write_as(seen, &h, &out, sizeof(out)), ST_OK);
}

static struct pool_aggregate add_pool(const char *name, int zone, int64_t protection)
{
	struct pool_aggregate out, a = { .name = name,
					 .zone = name,
					 .site = "机房一",
					 .network_zone = zone,
					 .protection = protection };
	assert_int_equal(write_as(make, &a, &out, sizeof(out)), ST_OK);
	return out;
}

static enum status put(const struct pool_aggregate *pool, const char *host, int64_t share)
{
	struct pool_aggregate out;
	const struct joining j = { pool, host, share };
	return write_as(join, &j, &out, sizeof(out));
}

static enum status take(const struct pool_aggregate *pool, const char *host)
{
	struct pool_aggregate out;
	const struct joining j = { pool, host, 0 };
	return write_as(leave, &j, &out, sizeof(out));
}

static enum status may_use(const char *vdc, const struct pool_aggregate *a,
			   const struct pool_aggregate *b)
{
	struct vdc_pools out, in = { .project_id = vdc };
	const char *ids[] = { a ? a->id : NULL, b ? b->id : NULL };
	in.pools = (struct words){ ids, a && b ? 2 : a ? 1 : 0 };
	return write_as(give, &in, &out, sizeof(out));
}

static struct pool_place place_in(const char *vdc, const char *subject, const char *zone,
				  int64_t memory_mb)
{
	struct pool_place out = { 0 };
	const struct pool_ask ask = { .subject = subject,
				      .project_id = vdc,
				      .zone = zone,
				      .vcpus = 1,
				      .memory_mb = memory_mb,
				      .disk_gb = 1 };
	assert_int_equal(write_as(reserve, &ask, &out, sizeof(out)), ST_OK);
	return out;
}

/* One host of 8192 MB, 512 kept for itself, in two pools: 60 and 40 percent of 7680. */
static void two_pools(struct pool_aggregate *government, struct pool_aggregate *internet)
{
	db = test_db_with(schema);
	add_host("node", 8192);
	*government = add_pool("政务外网三级", POOL_GOVERNMENT, 3);
	*internet = add_pool("互联网区二级", POOL_INTERNET, 2);
	assert_int_equal(put(government, "node", 60), ST_OK);
	assert_int_equal(put(internet, "node", 40), ST_OK);
}

TEST(pools_share_a_host_and_promise_no_more_than_their_shares)
{
	struct pool_aggregate government, internet;
	two_pools(&government, &internet);
	assert_string_equal(place_in("v1", "a", "互联网区二级", 3000).zone, "互联网区二级");
	struct pool_place none = place_in("v1", "b", "互联网区二级", 100);
	assert_null(none.host_id);
	assert_non_null(strstr(none.why, "72 MB left of the share of pool 互联网区二级"));
	assert_non_null(strstr(none.why, "in zone 政务外网三级"));
	assert_string_equal(place_in("v1", "c", "政务外网三级", 4600).zone, "政务外网三级");
	assert_null(place_in("v1", "d", NULL, 100).host_id);
	assert_int_equal(write_as(release, "a", NULL, 0), ST_OK);
	assert_string_equal(place_in("v1", "d", NULL, 100).zone, "互联网区二级");
}

TEST(a_host_gives_away_no_more_than_all_of_itself)
{
	struct pool_aggregate government, internet;
	two_pools(&government, &internet);
	struct pool_aggregate third = add_pool("专网三级", POOL_PRIVATE, 3);
	assert_int_equal(put(&third, "node", 1), ST_CONFLICT);
	want_words("1 percent of host node are asked for and 0 are left");
	assert_int_equal(take(&internet, "node"), ST_OK);
	assert_int_equal(put(&third, "node", 41), ST_CONFLICT);
	assert_int_equal(put(&third, "node", 40), ST_OK);
	assert_int_equal(put(&third, "none", 40), ST_NOT_FOUND);
}

TEST(a_server_grows_within_the_share_of_its_pool)
{
	struct pool_aggregate government, internet;
	const char *why = NULL;
	two_pools(&government, &internet);
	place_in("v1", "a", "互联网区二级", 1000);
	assert_int_equal(write_as(enlarge, "a", &why, sizeof(why)), ST_OK);
	assert_null(why);
	assert_int_equal(write_as(release, "a", NULL, 0), ST_OK);
	place_in("v1", "b", "互联网区二级", 100);
	place_in("v1", "a", "互联网区二级", 2900);
	assert_int_equal(write_as(enlarge, "a", &why, sizeof(why)), ST_OK);
	assert_non_null(why);
	assert_non_null(strstr(why, "share of pool"));
}

TEST(a_vdc_uses_the_pools_that_it_was_given_and_no_others)
{
	struct pool_aggregate government, internet;
	struct pool_place out;
	two_pools(&government, &internet);
	add_host("bare", 65536);
	/* By default every pool, and hosts outside of them. */
	assert_string_equal(place_in("v1", "a", "nova", 64).zone, "nova");
	assert_string_equal(place_in("v1", "b", "政务外网三级", 64).zone, "政务外网三级");

	assert_int_equal(may_use("v1", &internet, NULL), ST_OK);
	assert_string_equal(place_in("v1", "c", NULL, 64).zone, "互联网区二级");
	const char *const others[] = { "政务外网三级", "nova" };
	for (size_t i = 0; i < 2; i++) {
		const struct pool_ask ask = { .subject = "d",
					      .project_id = "v1",
					      .zone = others[i],
					      .vcpus = 1,
					      .memory_mb = 64,
					      .disk_gb = 1 };
		assert_int_equal(write_as(reserve, &ask, &out, sizeof(out)), ST_FORBIDDEN);
		assert_string_equal(last->problem_at, "availability_zone");
		want_words("it may use: 互联网区二级");
	}
	/* Too large for what it may use, although there is room elsewhere. */
	struct pool_place none = place_in("v1", "e", NULL, 4000);
	assert_null(none.host_id);
	assert_non_null(strstr(none.why, "in pool 政务外网三级, which the VDC may not use"));
	assert_non_null(strstr(none.why, "bare: in none of the VDC's pools"));
	/* Another VDC is not touched by it; given both it may use both. */
	assert_string_equal(place_in("v2", "f", "政务外网三级", 64).zone, "政务外网三级");
	assert_int_equal(may_use("v1", &internet, &government), ST_OK);
	assert_string_equal(place_in("v1", "g", "政务外网三级", 64).zone, "政务外网三级");
	/* None given: every pool again. */
	assert_int_equal(may_use("v1", NULL, NULL), ST_OK);
	assert_string_equal(place_in("v1", "h", "nova", 64).zone, "nova");
}

TEST(what_a_vdc_is_given_is_a_pool_and_is_kept_from_being_removed)
{
	struct pool_aggregate government, internet, out;
	two_pools(&government, &internet);
	struct pool_aggregate none = { .id = "01890a5d-ac96-774b-bcce-b302099a8057" };
	assert_int_equal(may_use("v1", &none, NULL), ST_BAD_INPUT);
	assert_string_equal(last->problem_at, "pools");
	assert_int_equal(may_use("v1", &internet, &internet), ST_OK);
	assert_int_equal(take(&internet, "node"), ST_OK);
	assert_int_equal(write_as(remove_pool, &internet, &out, sizeof(out)), ST_CONFLICT);
	want_words("1 VDCs were given the pool 互联网区二级");
	assert_int_equal(may_use("v1", &government, NULL), ST_OK);
	assert_int_equal(write_as(remove_pool, &internet, &out, sizeof(out)), ST_OK);
}

static enum status told(struct call *c, const void *in, void *out)
{
	(void)out;
	return pool_listens[0].act(c, in);
}

TEST(a_vdc_that_is_gone_holds_no_pool)
{
	struct pool_aggregate government, internet, out;
	two_pools(&government, &internet);
	assert_int_equal(may_use("v1", &internet, NULL), ST_OK);
	assert_int_equal(take(&internet, "node"), ST_OK);
	const struct event e = { .subject = "v1", .type = "identity.project.deleted" };
	assert_int_equal(write_as(told, &e, NULL, 0), ST_OK);
	assert_int_equal(write_as(remove_pool, &internet, &out, sizeof(out)), ST_OK);
}

TEST(a_pool_keeps_its_name_and_its_hosts_while_servers_stand_in_it)
{
	struct pool_aggregate government, internet, out;
	two_pools(&government, &internet);
	place_in("v1", "a", "政务外网三级", 64);
	const struct joining renamed = { &government, "政务云", 0 };
	assert_int_equal(write_as(rename_to, &renamed, &out, sizeof(out)), ST_CONFLICT);
	want_words("servers stand in zone 政务外网三级");
	assert_int_equal(take(&government, "node"), ST_CONFLICT);
	assert_int_equal(take(&internet, "node"), ST_OK);
	assert_int_equal(write_as(release, "a", NULL, 0), ST_OK);
	assert_int_equal(write_as(rename_to, &renamed, &out, sizeof(out)), ST_OK);
	assert_string_equal(place_in("v1", "b", NULL, 64).zone, "政务云");
	assert_int_equal(write_as(release, "b", NULL, 0), ST_OK);
	assert_int_equal(take(&government, "node"), ST_OK);
	assert_string_equal(place_in("v1", "c", NULL, 64).zone, "nova");
}

TEST(it_is_told_how_full_a_pool_is_and_of_whose_servers)
{
	struct pool_aggregate government, internet;
	struct pool_use u = { 0 };
	struct own_pools n = { 0 };
	two_pools(&government, &internet);
	place_in("v1", "a", "互联网区二级", 100);
	place_in("v1", "b", "互联网区二级", 200);
	place_in("v2", "c", "互联网区二级", 400);
	place_in("v2", "d", "政务外网三级", 800);
	const struct pool_key key = { internet.id };
	last = test_call();
	enum status st = db_read(last, db, use, &key, &u, sizeof(u));
	if (st)
		test_fail("%s", last->problem);
	assert_int_equal(u.hosts_count, 1);
	assert_int_equal(u.hosts[0].share, 40);
	assert_int_equal(u.hosts[0].memory_mb, 3072);
	assert_int_equal(u.hosts[0].vcpus, 12);
	assert_int_equal(u.hosts[0].used_memory_mb, 700);
	assert_int_equal(u.vdcs_count, 2);
	assert_string_equal(u.vdcs[0].project_id, "v1");
	assert_int_equal(u.vdcs[0].servers, 2);
	assert_int_equal(u.vdcs[0].memory_mb, 300);
	assert_int_equal(u.vdcs[1].memory_mb, 400);
	assert_int_equal(db_read(test_call(), db, slots, NULL, &n, sizeof(n)), ST_OK);
	assert_int_equal(n.pools_count, 2);

	/* What a VDC may choose among. */
	assert_int_equal(may_use("v1", &internet, NULL), ST_OK);
	struct call *c = test_call();
	c->actor.project_id = "v1";
	assert_int_equal(db_read(c, db, choices, NULL, &n, sizeof(n)), ST_OK);
	assert_true(n.limited);
	assert_int_equal(n.pools_count, 1);
	assert_string_equal(n.pools[0].name, "互联网区二级");
	assert_true(n.pools[0].available);
	c = test_call();
	c->actor.project_id = "v2";
	assert_int_equal(db_read(c, db, choices, NULL, &n, sizeof(n)), ST_OK);
	assert_false(n.limited);
	assert_int_equal(n.pools_count, 2);
}
