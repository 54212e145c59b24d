/* SPDX-License-Identifier: Apache-2.0 */
/* The dialect of Keystone, and what its shapes share. */
#include <jansson.h>
#include "base/log.h"
#include "door/identity/identity_private.h"

/* The title is HTTP's reason phrase, as Keystone has it. */
static const char *title_of(int code)
{
	switch (code) {
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 403: return "Forbidden";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 409: return "Conflict";
	case 413: return "Request Entity Too Large";
	case 501: return "Not Implemented";
	case 503: return "Service Unavailable";
	}
	return code < 500 ? "Bad Request" : "Internal Server Error";
}

static void write_error(struct call *c, enum status st, struct json_out *j)
{
	int code = status_http(st);

	json_key(j, "error");
	json_object_begin(j);
	json_put_int(j, "code", code);
	json_put_str(j, "message",
		     c->problem_at && st == ST_BAD_INPUT
			     ? arena_printf(c->arena, "%s: %s", c->problem_at, c->problem)
			     : c->problem);
	json_put_str(j, "title", title_of(code));
	json_object_end(j);
}

static void headers(struct call *c, struct http_reply *rp)
{
	http_header_add(rp, "Vary", "X-Auth-Token");
	if (rp->status == 401)
		http_header_add(rp, "WWW-Authenticate",
				arena_printf(c->arena, "Keystone uri=\"%s/identity\"",
					     c->base_url));
}

const struct dialect keystone_dialect = {
	.name = "keystone",
	.prefix = "/identity",
	.lenient = true,
	.time_style = TIME_MICRO_Z,
	.headers = headers,
	.write_error = write_error,
};

void write_self_link(struct call *c, struct json_out *j, const char *collection, const char *id)
{
	json_object_begin(j);
	json_put_str(j, "self",
		     arena_printf(c->arena, "%s" KEYSTONE "%s/%s", c->base_url, collection, id));
	json_object_end(j);
}

void write_list_links(struct call *c, struct json_out *j, const char *collection)
{
	json_object_begin(j);
	json_put_str(j, "next", NULL);
	json_put_str(j, "previous", NULL);
	json_put_str(j, "self",
		     arena_printf(c->arena, "%s" KEYSTONE "%s", c->base_url, collection));
	json_object_end(j);
}

const char *extra_merge(struct call *c, const char *old, const char *more)
{
	static const char *const ours[] = {
		"id",        "links",     "password",  "original_password", "password_expires_at",
		"domain_id", "parent_id", "is_domain", "created_at"
	};
	json_t *kept = json_loads(old ? old : "{}", 0, NULL);
	json_t *added = json_loads(more ? more : "{}", 0, NULL);

	json_object_update(kept, added);
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		json_object_del(kept, ours[i]);
	char *text = json_dumps(kept, JSON_COMPACT);
	const char *out = arena_strdup(c->arena, text ? text : "{}");
	free(text);
	json_decref(kept);
	json_decref(added);
	return out;
}

#define IN_PATH (OPT | FROM_PATH)
const struct field key_wire[] = { F_STR(key, id, 255, IN_PATH),
				  F_STR(key, user_id, 255, IN_PATH),
				  F_STR(key, group_id, 255, IN_PATH),
				  F_STR(key, project_id, 255, IN_PATH),
				  F_STR(key, domain_id, 255, IN_PATH),
				  F_STR(key, role_id, 255, IN_PATH),
				  F_STR(key, implied_id, 255, IN_PATH),
				  F_STR(key, region_id, 255, IN_PATH),
				  F_STR(key, service_id, 255, IN_PATH),
				  F_STR(key, endpoint_id, 255, IN_PATH),
				  F_STR(key, policy_id, 255, IN_PATH),
				  F_STR(key, tag, 255, IN_PATH),
				  F_STR(key, section, 255, IN_PATH),
				  F_STR(key, option, 255, IN_PATH),
				  F_END };
