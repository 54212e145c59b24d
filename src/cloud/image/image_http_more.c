/* SPDX-License-Identifier: Apache-2.0 */
/* Glance v2 beside images themselves: members, schemas, and how bytes may arrive. */
#include "cloud/image/image_private.h"
#include "door/module.h"

/* --- members --- */

static void write_schema(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_str(j, "/v2/schemas/member");
}

static void write_list_schema(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_str(j, "/v2/schemas/members");
}

const struct field image_member_wire[] = {
	F_STR(image_member, image_id, 0, 0),
	F_STR(image_member, member_id, 0, 0),
	F_WORD(image_member, status, image_member_words, 0),
	F_TIME(image_member, created_at, TIME_AS_Z),
	F_TIME(image_member, updated_at, TIME_AS_Z),
	F_VIEW("schema", write_schema),
	F_END,
};
static const struct field image_member_list_wire[] = {
	F_LIST(image_member_list, members, image_member, image_member_wire, 0, 0),
	F_VIEW("schema", write_list_schema),
	F_END,
};
static const struct field image_key_wire[] = { F_STR(image_key, image_id, 255, FROM_PATH), F_END };
static const struct field image_member_ask_wire[] = {
	F_STR(image_member_ask, image_id, 255, FROM_PATH),
	F_STR(image_member_ask, member, 255, 0),
	F_END,
};
static const struct field image_member_key_wire[] = {
	F_STR(image_member_key, image_id, 255, FROM_PATH),
	F_STR(image_member_key, member_id, 255, FROM_PATH),
	F_END,
};
static const struct field image_member_answer_wire[] = {
	F_STR(image_member_answer, image_id, 255, FROM_PATH),
	F_STR(image_member_answer, member_id, 255, FROM_PATH),
	F_WORD(image_member_answer, status, image_member_words, 0),
	F_END,
};

/* --- schemas --- */

static const struct field image_schema_key_wire[] = {
	F_STR(image_schema_key, schema, 40, FROM_PATH), F_END
};
static const struct field image_document_wire[] = {
	F_STR_AS("Content-Type", image_document, media_type, 0, OPT | FROM_HEADER),
	F_BODY(image_document, body),
	F_END,
};

/* --- imports: there are none, and it is said --- */

struct import_ask {
	const char *image_id, *method;
};
static const struct field import_ask_wire[] = {
	F_STR(import_ask, image_id, 255, FROM_PATH),
	F_JSON(import_ask, method, 65536, 0),
	F_END,
};
struct task_ask {
	const char *type, *input;
};
static const struct field task_ask_wire[] = {
	F_STR(task_ask, type, 255, 0),
	F_JSON(task_ask, input, 65536, OPT),
	F_END,
};

static void write_methods(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_object_begin(j);
	json_put_str(j, "description", "Import methods available.");
	json_put_str(j, "type", "array");
	json_key(j, "value");
	json_array_begin(j);
	json_array_end(j);
	json_object_end(j);
}

struct import_info {
	char none;
};
static const struct field import_info_wire[] = { F_VIEW("import-methods", write_methods), F_END };

static enum status import_info(struct call *c, const struct nothing *in, struct import_info *out)
{
	(void)c, (void)in, (void)out;
	return ST_OK;
}

static enum status import(struct call *c, const struct import_ask *in, struct nothing *out)
{
	struct image image;
	enum status st = image_changeable(c, in->image_id, &image);

	(void)out;
	if (st)
		return st;
	return fail(
		c, ST_NOT_OFFERED, "method",
		"this cloud fetches no bytes from other places and stages none: upload them with "
		"PUT /v2/images/%s/file",
		image.id);
}

static enum status task_create(struct call *c, const struct task_ask *in, struct nothing *out)
{
	(void)out;
	return fail(c, ST_NOT_OFFERED, "type",
		    "tasks of type '%.40s' are not offered: this cloud fetches no bytes from other "
		    "places; upload them with PUT /v2/images/{image_id}/file",
		    in->type);
}

/* --- routes --- */

ACT(image_member_add, image_member_ask, image_member)
ACT(image_member_list, image_key, image_member_list)
ACT(image_member_show, image_member_key, image_member)
ACT(image_member_answer, image_member_answer, image_member)
ACT(image_member_drop, image_member_key, nothing)
ACT(image_describe, image_schema_key, image_document)
ACT(import_info, nothing, import_info)
ACT(import, import_ask, nothing)
ACT(task_create, task_ask, nothing)

#define READ "image.image.read"
#define WRITE "image.image.write"
#define SCOPES (SCOPE_PROJECT | SCOPE_SYSTEM)
#define MEMBERS "/v2/images/{image_id}/members"

const struct route image_more_routes[] = {
	ROUTE("POST", MEMBERS, WRITE, SCOPES, image_member_add, image_member_ask, image_member,
	      .name = "image.member.add", .success = 200, .help = "Share it with a VDC"),
	ROUTE("GET", MEMBERS, READ, SCOPES, image_member_list, image_key, image_member_list,
	      .name = "image.member.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The VDCs that it is shared with"),
	ROUTE("GET", MEMBERS "/{member_id}", READ, SCOPES, image_member_show, image_member_key,
	      image_member, .name = "image.member.show", .flags = ROUTE_READS, .success = 200,
	      .help = "One of them"),
	ROUTE("PUT", MEMBERS "/{member_id}", WRITE, SCOPES, image_member_answer,
	      image_member_answer, image_member, .name = "image.member.answer", .success = 200,
	      .help = "Accept or reject what is shared with one"),
	ROUTE("DELETE", MEMBERS "/{member_id}", WRITE, SCOPES, image_member_drop, image_member_key,
	      nothing, .name = "image.member.drop", .success = 204, .help = "Share it no more"),
	ROUTE("GET", "/v2/schemas/{schema}", READ, SCOPES, image_describe, image_schema_key,
	      image_document, .name = "image.schema.show", .flags = ROUTE_READS, .success = 200,
	      .help = "What an answer consists of, as a JSON schema"),
	ROUTE("GET", "/v2/info/import", READ, SCOPES, import_info, nothing, import_info,
	      .name = "image.import.methods", .flags = ROUTE_READS, .success = 200,
	      .help = "By which methods bytes can be imported: none"),
	ROUTE("POST", "/v2/images/{image_id}/import", WRITE, SCOPES, import, import_ask, nothing,
	      .name = "image.image.import", .success = 202, .help = "Refused: see its reason"),
	ROUTE("POST", "/v2/tasks", WRITE, SCOPES, task_create, task_ask, nothing,
	      .name = "image.task.create", .success = 201, .help = "Refused: see its reason"),
	{ 0 },
};
