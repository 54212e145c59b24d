/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1 besides servers and flavors: versions and keys. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"

/* --- versions --- */

struct document {
	char none;
};
static const struct field versions_wire[] = { F_VIEW("versions", write_nova_versions), F_END };
static const struct field version_wire[] = { F_VIEW("version", write_nova_version), F_END };

static const struct field old_version_wire[] = { F_VIEW("version", write_nova_v2_version), F_END };

static enum status show_document(struct call *c, const struct nothing *in, struct document *out)
{
	(void)c;
	(void)in;
	(void)out;
	return ST_OK;
}

/* --- keys --- */

static void write_key_deleted(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_bool(j, false);
}

static void write_null(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_nil(j);
}

/* Of the key itself. */
static void write_key_number(struct call *c, struct json_out *j, const void *obj)
{
	const struct keypair *k = obj;
	json_int(j, compute_number_of(arena_printf(c->arena, "%s%s", k->fingerprint, k->name)));
}

static const struct field keypair_brief_wire[] = {
	F_STR(keypair, name, 0, 0),
	F_STR(keypair, public_key, 0, 0),
	F_STR(keypair, fingerprint, 0, 0),
	F_STR(keypair, type, 0, 0, SINCE(2, 2)),
	F_END,
};
static const struct field keypair_created_wire[] = {
	F_STR(keypair, name, 0, 0),
	F_STR(keypair, public_key, 0, 0),
	F_STR(keypair, fingerprint, 0, 0),
	F_STR(keypair, private_key, 0, OMIT),
	F_STR(keypair, user_id, 0, 0),
	F_STR(keypair, type, 0, 0, SINCE(2, 2)),
	F_END,
};
static const struct field keypair_wire[] = {
	F_STR(keypair, name, 0, 0),
	F_STR(keypair, public_key, 0, 0),
	F_STR(keypair, fingerprint, 0, 0),
	F_STR(keypair, user_id, 0, 0),
	F_TIME(keypair, created_at, TIME_AS_BARE),
	F_VIEW("deleted", write_key_deleted),
	F_VIEW("deleted_at", write_null),
	F_VIEW("updated_at", write_null),
	F_VIEW("id", write_key_number),
	F_STR(keypair, type, 0, 0, SINCE(2, 2)),
	F_END,
};
struct keypair_item {
	struct keypair keypair;
};
static const struct field keypair_item_wire[] = {
	F_OBJECT(keypair_item, keypair, keypair, keypair_brief_wire, 0),
	F_END,
};
struct keypair_items {
	struct keypair_item *keypairs;
	size_t keypairs_count;
	const char *next;
};
static const struct field keypair_items_wire[] = {
	F_LIST(keypair_items, keypairs, keypair_item, keypair_item_wire, 0, 0),
	F_NEXT(keypair_items, next),
	F_END,
};

/* Nova wraps each key of a list once more. */
static enum status keypair_items(struct call *c, const struct keypair_list *in,
				 struct keypair_items *out)
{
	struct keypair_page page = { 0 };
	enum status st = keypair_list(c, in, &page);
	if (st)
		return st;
	out->keypairs = arena_array(c->arena, page.keypairs_count + 1, sizeof(*out->keypairs));
	for (size_t i = 0; i < page.keypairs_count; i++)
		out->keypairs[i].keypair = page.keypairs[i];
	out->keypairs_count = page.keypairs_count;
	out->next = page.next;
	return ST_OK;
}

static const struct field keypair_key_wire[] = {
	F_STR(keypair_key, name, 255, FROM_PATH),
	F_STR(keypair_key, user_id, 255, OPT | FROM_QUERY, SINCE(2, 10)),
	F_END,
};
static const struct field keypair_create_wire[] = {
	F_STR(keypair_create, name, 255, 0),
	F_STR(keypair_create, public_key, 16384, OPT | NULLABLE),
	F_STR(keypair_create, type, 16, OPT, SINCE(2, 2)),
	F_STR(keypair_create, user_id, 255, OPT, SINCE(2, 10)),
	F_END,
};
static const struct field keypair_list_wire[] = {
	F_STR(keypair_list, user_id, 255, OPT | FROM_QUERY, SINCE(2, 10)),
	F_INT(keypair_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(keypair_list, limit),
	      SINCE(2, 35)),
	F_STR(keypair_list, marker, 255, OPT | FROM_QUERY, SINCE(2, 35)),
	F_END,
};

/* --- routes --- */

ACT(show_document, nothing, document)
ACT(keypair_create, keypair_create, keypair)
ACT(keypair_show, keypair_key, keypair)
ACT(keypair_items, keypair_list, keypair_items)
ACT(keypair_delete, keypair_key, nothing)

#define V "/v2.1"
#define KEY_CREATE(status, ...)                                                                    \
	{                                                                                          \
		.method = "POST", .path = V "/os-keypairs", .may = KEYPAIR_OWN, .scopes = 0,       \
		.act = keypair_create_act, .in = keypair_create_wire,                              \
		.in_size = sizeof(struct keypair_create), .out = keypair_created_wire,             \
		.out_size = sizeof(struct keypair), .success = status, .in_wrap = "keypair",       \
		.out_wrap = "keypair", .name = "compute.keypair.create",                           \
		.prepare = keypair_prepare, .help = "Bring a public key, or have a pair made",     \
		__VA_ARGS__                                                                        \
	}

const struct route compute_more_routes[] = {
	SHOW("/", MAY_ANYONE, 0, show_document, nothing, document, versions_wire,
	     "compute.versions", "Which versions there are"),
	SHOW(V, MAY_ANYONE, 0, show_document, nothing, document, version_wire, "compute.version",
	     "What this version is"),
	SHOW("/v2", MAY_ANYONE, 0, show_document, nothing, document, old_version_wire,
	     "compute.version.old", "What the version without microversions is"),
	KEY_CREATE(200, .until = NOVA(2, 1)),
	KEY_CREATE(201, .since = NOVA(2, 2)),
	SHOW(V "/os-keypairs", KEYPAIR_OWN, 0, keypair_items, keypair_list, keypair_items,
	     keypair_items_wire, "compute.keypair.list", "One's keys"),
	SHOW(V "/os-keypairs/{name}", KEYPAIR_OWN, 0, keypair_show, keypair_key, keypair,
	     keypair_wire, "compute.keypair.show", "One key", .out_wrap = "keypair"),
	ROUTE("DELETE", V "/os-keypairs/{name}", KEYPAIR_OWN, 0, keypair_delete, keypair_key,
	      nothing, .name = "compute.keypair.delete", .success = 202, .until = NOVA(2, 1),
	      .help = "Remove a key; servers keep what they were made with"),
	ROUTE("DELETE", V "/os-keypairs/{name}", KEYPAIR_OWN, 0, keypair_delete, keypair_key,
	      nothing, .name = "compute.keypair.delete", .success = 204, .since = NOVA(2, 2),
	      .help = "Remove a key; servers keep what they were made with"),
	{ 0 },
};
