/* SPDX-License-Identifier: Apache-2.0 */
/* Who sees whose image, as clients ask for it: visibilities, members, owners, and what is said of it. */
#include <stdio.h>
#include "base/text.h"
#include "door.h"

#define IMAGES "/image/v2/images"

static const char *owner, *other, *stranger; /* tokens */
static const char *other_vdc;

static const char *text(const char *format, ...) PRINTF(1, 2);

static const char *text(const char *format, ...)
{
	va_list args;
	char out[1024];

	va_start(args, format);
	vsnprintf(out, sizeof out, format, args);
	va_end(args);
	return arena_strdup(test_call()->arena, out);
}

static void begin(void)
{
	test_house("openstack");
	owner = token_with_role("member");
	other = token_with_role("member");
	stranger = token_with_role("member");
	/* The VDC of a token, as its images tell. */
	struct http_reply *r = ask(other, "POST", IMAGES, "{\"name\":\"mine\"}");
	expect_status(r, 201);
	other_vdc = member(r, "owner");
}

static const char *image_of(const char *visibility)
{
	struct http_reply *r = ask(owner, "POST", IMAGES,
				   text("{\"name\":\"disk\",\"visibility\":\"%s\"}", visibility));
	expect_status(r, 201);
	return member(r, "id");
}

static bool lists(const char *token, const char *query, const char *id)
{
	struct http_reply *r = ask(token, "GET", text(IMAGES "%s", query), NULL);

	expect_status(r, 200);
	return strstr(buf_text(&r->body), id) != NULL;
}

static struct http_reply *share(const char *id)
{
	return ask(owner, "POST", text(IMAGES "/%s/members", id),
		   text("{\"member\":\"%s\"}", other_vdc));
}

static struct http_reply *answer(const char *token, const char *id, const char *status)
{
	return ask(token, "PUT", text(IMAGES "/%s/members/%s", id, other_vdc),
		   text("{\"status\":\"%s\"}", status));
}

TEST(a_shared_image_is_listed_once_the_other_vdc_has_accepted_it)
{
	begin();
	const char *id = image_of("shared");
	expect_status(ask(other, "GET", text(IMAGES "/%s", id), NULL), 404);

	struct http_reply *r = share(id);
	expect_status(r, 200);
	assert_string_equal(member(r, "status"), "pending");
	assert_string_equal(member(r, "schema"), "/v2/schemas/member");
	/* It can be seen, to be judged, but does not stand among the others. */
	expect_status(ask(other, "GET", text(IMAGES "/%s", id), NULL), 200);
	assert_false(lists(other, "", id));
	assert_true(lists(other, "?member_status=pending", id));
	assert_true(lists(other, "?member_status=all&visibility=shared", id));

	expect_status(answer(other, id, "accepted"), 200);
	assert_true(lists(other, "", id));
	expect_status(answer(other, id, "rejected"), 200);
	assert_false(lists(other, "", id));
	assert_true(lists(other, "?member_status=rejected", id));
	assert_false(lists(stranger, "?member_status=all", id));
	expect_status(ask(stranger, "GET", text(IMAGES "/%s", id), NULL), 404);
}

TEST(a_member_sees_the_image_and_changes_nothing)
{
	begin();
	const char *id = image_of("shared");
	expect_status(share(id), 200);
	expect_status(ask(other, "DELETE", text(IMAGES "/%s", id), NULL), 403);
	expect_status(ask(other, "POST", text(IMAGES "/%s/members", id), "{\"member\":\"x\"}"),
		      403);
	expect_status(ask(other, "DELETE", text(IMAGES "/%s/members/%s", id, other_vdc), NULL),
		      403);
	expect_status(ask(other, "PUT", text(IMAGES "/%s/tags/x", id), NULL), 403);
}

TEST(who_shares_cannot_accept_for_the_other)
{
	begin();
	const char *id = image_of("shared");
	expect_status(share(id), 200);
	expect_status(answer(owner, id, "accepted"), 403);
	struct http_reply *r = answer(other, id, "perhaps");
	expect_status(r, 400);
	expect_text(r, "status");
	assert_false(lists(other, "", id));
}

TEST(members_are_seen_by_the_owner_and_each_by_itself)
{
	begin();
	const char *id = image_of("shared");
	const char *address = text(IMAGES "/%s/members", id);
	expect_status(share(id), 200);
	expect_status(ask(owner, "POST", address, "{\"member\":\"third\"}"), 200);

	struct http_reply *r = ask(owner, "GET", address, NULL);
	expect_status(r, 200);
	expect_text(r, other_vdc);
	expect_text(r, "\"third\"");
	r = ask(other, "GET", address, NULL);
	expect_status(r, 200);
	expect_text(r, other_vdc);
	assert_null(strstr(buf_text(&r->body), "\"third\""));
	expect_status(ask(other, "GET", text("%s/third", address), NULL), 404);
	expect_status(ask(stranger, "GET", address, NULL), 404);
}

TEST(a_member_that_is_removed_sees_nothing_any_more)
{
	begin();
	const char *id = image_of("shared");
	expect_status(share(id), 200);
	struct http_reply *again = share(id);
	expect_status(again, 409);
	expect_text(again, "already");
	expect_status(answer(other, id, "accepted"), 200);
	expect_status(ask(owner, "DELETE", text(IMAGES "/%s/members/%s", id, other_vdc), NULL),
		      204);
	assert_false(lists(other, "?member_status=all", id));
	expect_status(ask(other, "GET", text(IMAGES "/%s", id), NULL), 404);
	expect_status(ask(owner, "DELETE", text(IMAGES "/%s/members/%s", id, other_vdc), NULL),
		      404);
}

TEST(only_shared_images_have_members)
{
	begin();
	const char *id = image_of("private");
	struct http_reply *r = share(id);
	expect_status(r, 403);
	expect_text(r, "Only shared images have members.");
}

TEST(an_image_that_is_deleted_leaves_no_member)
{
	begin();
	const char *id = image_of("shared");
	expect_status(share(id), 200);
	expect_status(ask(owner, "DELETE", text(IMAGES "/%s", id), NULL), 204);
	expect_status(ask(owner, "GET", text(IMAGES "/%s/members", id), NULL), 404);
	assert_false(lists(other, "?member_status=all", id));
}

TEST(a_community_image_is_seen_by_all_and_listed_when_asked_for)
{
	begin();
	const char *id = image_of("community");
	expect_status(ask(stranger, "GET", text(IMAGES "/%s", id), NULL), 200);
	assert_false(lists(stranger, "", id));
	assert_true(lists(stranger, "?visibility=community", id));
	struct http_reply *r = ask(stranger, "GET", text(IMAGES "/%s/members", id), NULL);
	expect_status(r, 403);
}

TEST(only_the_clouds_administrators_make_images_public_or_give_them_away)
{
	begin();
	expect_status(ask(owner, "POST", IMAGES, "{\"visibility\":\"public\"}"), 403);
	struct http_reply *r = ask(owner, "POST", IMAGES, text("{\"owner\":\"%s\"}", other_vdc));
	expect_status(r, 403);
	expect_text(r, "not permitted");
	r = ask(admin_token(), "POST", IMAGES, text("{\"owner\":\"%s\"}", other_vdc));
	expect_status(r, 201);
	assert_string_equal(member(r, "owner"), other_vdc);
	assert_true(lists(other, "", member(r, "id")));
}

TEST(a_property_cannot_have_the_name_of_something_that_the_room_keeps)
{
	begin();
	static const char *const names[] = { "checksum", "locations", "os_glance_failed_import" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct http_reply *r = ask(owner, "POST", IMAGES, text("{\"%s\":\"x\"}", names[i]));
		expect_status(r, 403);
		expect_text(r, names[i]);
	}
}

TEST(schemas_tell_of_images_and_members)
{
	begin();
	struct http_reply *r = ask(owner, "GET", "/image/v2/schemas/image", NULL);
	expect_status(r, 200);
	expect_text(r, "{\"name\":\"image\",\"properties\":{\"id\":{\"type\":\"string\","
		       "\"readOnly\":true}");
	expect_text(r, "\"disk_format\":{\"type\":[\"null\",\"string\"]");
	expect_text(r, "\"additionalProperties\":{\"type\":\"string\"}");
	r = ask(owner, "GET", "/image/v2/schemas/images", NULL);
	expect_status(r, 200);
	expect_text(r, "\"rel\":\"next\",\"href\":\"{next}\"");
	expect_status(ask(owner, "GET", "/image/v2/schemas/member", NULL), 200);
	expect_status(ask(owner, "GET", "/image/v2/schemas/members", NULL), 200);
	expect_status(ask(owner, "GET", "/image/v2/schemas/metadefs", NULL), 404);
}

TEST(imports_are_refused_with_what_to_do_instead)
{
	begin();
	struct http_reply *r = ask(owner, "GET", "/image/v2/info/import", NULL);
	expect_status(r, 200);
	expect_text(r, "\"value\":[]");
	const char *id = image_of("private");
	r = ask(owner, "POST", text(IMAGES "/%s/import", id),
		"{\"method\":{\"name\":\"web-download\",\"uri\":\"http://192.0.2.9/x\"}}");
	expect_status(r, 501);
	expect_text(r, text("PUT /v2/images/%s/file", id));
	r = ask(owner, "POST", "/image/v2/tasks",
		"{\"type\":\"import\",\"input\":{\"import_from\":\"http://192.0.2.9/x\"}}");
	expect_status(r, 501);
	expect_text(r, "fetches no bytes");
}

TEST(an_address_that_ends_before_the_id_is_not_that_of_all_images)
{
	begin();
	expect_status(ask(owner, "GET", IMAGES "/", NULL), 404);
	expect_status(ask(owner, "DELETE", IMAGES "/", NULL), 404);
	expect_status(ask(owner, "GET", IMAGES, NULL), 200);
	expect_status(ask(NULL, "GET", "/image/", NULL), 300);
}
