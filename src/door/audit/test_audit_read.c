/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail read: exported, listed, and proved entry by entry. */
#include <stdlib.h>
#include "door/audit/test_audit.h"

TEST(an_export_holds_every_batch_entry_and_proof)
{
	struct trail *t = trail_three_batches();
	struct call *c = test_call();
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(audit_export(c, &t->house, out), ST_OK);
	fclose(out);
	int lines = 0;
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 1 + 3 + 9);
	assert_non_null(strstr(text, "{\"key\":{\"id\":\""));
	assert_non_null(strstr(text, "\"proof\":[\""));
	free(text);
}

static const struct route *route_named(const char *name)
{
	const struct route *r = audit_routes[0].routes;

	while (!str_eq(r->name, name))
		r++;
	return r;
}

TEST(the_trail_is_listed_newest_first_by_pages_and_filters)
{
	struct trail *t = trail_three_batches();
	const struct route *r = route_named("audit.list");
	struct call *c = test_call();
	/* As the route reads it. */
	int64_t *in = arena_alloc(c->arena, r->in_size);
	char *out = arena_alloc(c->arena, r->out_size);

	assert_int_equal(db_read(c, t->house.db, r->act, in, out, r->out_size), ST_FORBIDDEN);
	c = test_call();
	c->actor.scope = SCOPE_SYSTEM;
	in[0] = 4;
	assert_int_equal(db_read(c, t->house.db, r->act, in, out, r->out_size), ST_OK);
	const char *page = shape_text(c, r->out, out);
	assert_non_null(strstr(page, "{\"entries\":[{\"id\":9,"));
	assert_non_null(strstr(page, "\"subject_id\":\"server-2\""));
	assert_null(strstr(page, "\"id\":5,"));
	in[1] = 6;
	assert_int_equal(db_read(c, t->house.db, r->act, in, out, r->out_size), ST_OK);
	page = shape_text(c, r->out, out);
	assert_non_null(strstr(page, "{\"entries\":[{\"id\":5,"));
}

TEST(a_proof_leads_from_an_entry_to_the_signed_root)
{
	struct trail *t = trail_three_batches();
	const struct route *r = route_named("audit.prove");
	struct call *c = test_call();
	int64_t *in = arena_alloc(c->arena, r->in_size);
	char *out = arena_alloc(c->arena, r->out_size);

	c->actor.scope = SCOPE_SYSTEM;
	in[0] = 3;
	if (db_read(c, t->house.db, r->act, in, out, r->out_size))
		test_fail("%s", c->problem);
	const char *proof = shape_text(c, r->out, out);
	assert_non_null(
		strstr(proof, "{\"entry\":3,\"batch\":1,\"index\":2,\"count\":5,\"leaf\":\""));
	TEST_STMT(change, "update audit_entry set reason = 'x' where id = 3");
	trail_tamper(t, &change);
	assert_int_equal(db_read(c, t->house.db, r->act, in, out, r->out_size), ST_CONFLICT);
	assert_string_equal(c->problem, "entry 3 is not what was sealed in batch 1");
}
