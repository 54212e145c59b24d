/* SPDX-License-Identifier: Apache-2.0 */
/* Glance v2: wire shapes and routes. */
#include "cloud/image/image_private.h"
#include "door/house.h"
#include "door/module.h"

/* --- the dialect --- */

static void write_error(struct call *c, enum status st, struct json_out *j)
{
	json_put_str(j, "message", c->problem);
	json_put_int(j, "code", status_http(st));
	json_put_str(j, "title", status_word(st));
}

/* The next page is the same question with another marker. */
static void write_next(struct call *c, const struct http_request *rq, const struct route *r,
		       const char *marker, struct json_out *j)
{
	struct buf b = { .arena = c->arena };

	(void)r;
	json_put_str(j, "first",
		     *rq->query ? arena_printf(c->arena, "/v2/images?%s", rq->query)
				: "/v2/images");
	json_put_str(j, "schema", "/v2/schemas/images");
	if (!marker)
		return;
	buf_str(&b, "/v2/images?");
	struct words pairs = words_split(c->arena, rq->query, '&');
	for (size_t i = 0; i < pairs.count; i++)
		if (!str_starts(pairs.list[i], "marker="))
			buf_printf(&b, "%s&", pairs.list[i]);
	buf_printf(&b, "marker=%s", marker);
	json_put_str(j, "next", buf_text(&b));
}

static const struct dialect glance_dialect = {
	.name = "glance",
	.prefix = "/image",
	.empty_ids = true,
	.time_style = TIME_Z,
	.write_error = write_error,
	.write_next = write_next,
};

/* --- wire shapes --- */

static void write_hash_algo(struct call *c, struct json_out *j, const void *obj)
{
	const struct image *i = obj;

	(void)c;
	json_str(j, i->os_hash_value ? "sha512" : NULL);
}

static void write_self(struct call *c, struct json_out *j, const void *obj)
{
	const struct image *i = obj;

	json_str(j, arena_printf(c->arena, "/v2/images/%s", i->id));
}

static void write_file(struct call *c, struct json_out *j, const void *obj)
{
	const struct image *i = obj;

	json_str(j, arena_printf(c->arena, "/v2/images/%s/file", i->id));
}

static void write_schema(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_str(j, "/v2/schemas/image");
}

const struct field image_wire[] = {
	F_ID(image, id, 0),
	F_STR(image, name, 255, NULLABLE),
	F_WORD(image, status, image_status_words, 0),
	F_WORD(image, visibility, image_visibility_words, 0),
	F_STR(image, owner, 0, NULLABLE),
	F_STR(image, disk_format, 0, NULLABLE),
	F_STR(image, container_format, 0, NULLABLE),
	F_INT(image, min_disk, 0, 0, 0),
	F_INT(image, min_ram, 0, 0, 0),
	F_BOOL(image, protected, 0),
	F_BOOL(image, os_hidden, 0),
	F_INT(image, size, 0, 0, NULLABLE),
	F_INT(image, virtual_size, 0, 0, NULLABLE),
	F_STR(image, checksum, 0, NULLABLE),
	F_ANY("os_hash_algo", FIELD_VIEW, 0, OPT | NULLABLE, .write = write_hash_algo),
	F_STR(image, os_hash_value, 0, NULLABLE),
	F_STRS(image, tags, 0, 0),
	F_TIME(image, created_at, TIME_AS_Z),
	F_TIME(image, updated_at, TIME_AS_Z),
	F_VIEW("self", write_self),
	F_VIEW("file", write_file),
	F_VIEW("schema", write_schema),
	F_REST(image, properties, 0),
	F_END,
};

static const struct field image_create_wire[] = {
	F_ID(image_create, id, OPT),
	F_STR(image_create, name, 255, OPT | NULLABLE),
	F_WORD(image_create, visibility, image_visibility_words, OPT),
	F_WORD(image_create, disk_format, image_disk_formats, OPT | NULLABLE),
	F_WORD(image_create, container_format, image_container_formats, OPT | NULLABLE),
	F_STR(image_create, owner, 255, OPT | NULLABLE),
	F_INT(image_create, min_disk, 0, INT32_MAX, OPT),
	F_INT(image_create, min_ram, 0, INT32_MAX, OPT),
	F_BOOL(image_create, protected, OPT),
	F_BOOL(image_create, os_hidden, OPT),
	F_STRS(image_create, tags, 128, OPT),
	F_REST(image_create, properties, 65536),
	F_END,
};
static const struct field image_key_wire[] = { F_STR(image_key, image_id, 255, FROM_PATH), F_END };
static const struct field image_tag_wire[] = {
	F_STR(image_tag, image_id, 255, FROM_PATH),
	F_STR(image_tag, tag, 255, FROM_PATH),
	F_END,
};
static const struct field image_patch_wire[] = {
	F_STR(image_patch, image_id, 255, FROM_PATH),
	F_STR_AS("Content-Type", image_patch, media_type, 255, OPT | FROM_HEADER),
	F_BODY(image_patch, body),
	F_END,
};
static const struct field image_upload_wire[] = {
	F_STR(image_upload, image_id, 255, FROM_PATH),
	F_UPLOAD(image_upload, upload),
	F_END,
};
static const struct field image_download_wire[] = {
	F_STR_AS("X-Accel-Redirect", image_download, location, 0, OPT | FROM_HEADER),
	F_STR_AS("Content-Type", image_download, media_type, 0, OPT | FROM_HEADER),
	F_STR_AS("Content-MD5", image_download, checksum, 0, OPT | FROM_HEADER),
	F_STATUS(image_download, status),
	F_END,
};
static const char *const member_filter_words[] = { "pending", "accepted", "rejected", "all", NULL };
static const struct field image_list_wire[] = {
	F_STR(image_list, name, 255, OPT | FROM_QUERY),
	F_STR(image_list, id, 4096, OPT | FROM_QUERY),
	F_STR(image_list, status, 255, OPT | FROM_QUERY),
	F_STR(image_list, visibility, 20, OPT | FROM_QUERY),
	F_STR(image_list, owner, 255, OPT | FROM_QUERY),
	F_STR(image_list, disk_format, 255, OPT | FROM_QUERY),
	F_STR(image_list, container_format, 255, OPT | FROM_QUERY),
	F_STR(image_list, os_hidden, 5, OPT | FROM_QUERY),
	F_STR(image_list, protected, 5, OPT | FROM_QUERY),
	F_WORD(image_list, member_status, member_filter_words, OPT | FROM_QUERY),
	F_INT(image_list, size, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(image_list, size)),
	F_INT(image_list, size_min, 0, INT64_MAX, OPT | FROM_QUERY),
	F_INT(image_list, size_max, 0, INT64_MAX, OPT | FROM_QUERY),
	F_INT(image_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(image_list, limit)),
	F_STR(image_list, marker, 255, OPT | FROM_QUERY),
	F_STR(image_list, sort, 255, OPT | FROM_QUERY),
	F_STR(image_list, sort_key, 40, OPT | FROM_QUERY),
	F_STR(image_list, sort_dir, 4, OPT | FROM_QUERY),
	F_STRS(image_list, tag, 128, OPT | FROM_QUERY),
	F_QUERY_REST(image_list, properties),
	F_END,
};
static const struct field image_page_wire[] = {
	F_LIST(image_page, images, image, image_wire, 0, 0),
	F_NEXT(image_page, next),
	F_END,
};

/* --- versions --- */

struct image_versions {
	char none;
};

static void write_versions(struct call *c, struct json_out *j, const void *obj)
{
	/* What a minor version added and stands here: 2.0 to 2.2 (tags, properties, JSON patch). */
	static const char *const versions[] = { "v2.2", "v2.1", "v2.0" };

	(void)obj;
	json_array_begin(j);
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		json_object_begin(j);
		json_put_str(j, "id", versions[i]);
		json_put_str(j, "status", i ? "SUPPORTED" : "CURRENT");
		json_key(j, "links");
		json_array_begin(j);
		json_object_begin(j);
		json_put_str(j, "rel", "self");
		json_put_str(j, "href", arena_printf(c->arena, "%s/image/v2/", c->base_url));
		json_object_end(j);
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static const struct field image_versions_wire[] = { F_VIEW("versions", write_versions), F_END };

static enum status versions(struct call *c, const struct nothing *in, struct image_versions *out)
{
	(void)c, (void)in, (void)out;
	return ST_OK;
}

static const struct image_create create_preset = {
	.visibility = -1,
	.disk_format = -1,
	.container_format = -1,
};

static const struct image_list list_preset = { .member_status = IMAGE_MEMBER_ACCEPTED };

/* --- routes --- */

ACT(versions, nothing, image_versions)
ACT(image_create, image_create, image)
ACT(image_show, image_key, image)
ACT(image_list, image_list, image_page)
ACT(image_update, image_patch, image)
ACT(image_delete, image_key, nothing)
ACT(image_upload, image_upload, nothing)
ACT(image_download, image_key, image_download)
ACT(image_tag_add, image_tag, nothing)
ACT(image_tag_drop, image_tag, nothing)
ACT(image_deactivate, image_key, nothing)
ACT(image_reactivate, image_key, nothing)

static const struct permission permissions[] = {
	{ "image.image.read", ROLE_READER | ROLE_MEMBER | ROLE_VDC_ADMIN | ROLE_SYSTEM_ADMIN,
	  "See images" },
	{ "image.image.write", ROLE_MEMBER | ROLE_SYSTEM_ADMIN,
	  "Register, upload, change and delete" },
	{ "image.image.publicize", ROLE_SYSTEM_ADMIN, "Make an image public" },
	{ "image.image.deactivate", ROLE_MEMBER | ROLE_SYSTEM_ADMIN,
	  "Take an image out of use, and back" },
	{ 0 },
};

#define READ "image.image.read"
#define WRITE "image.image.write"
#define RETIRE "image.image.deactivate"
#define SCOPES (SCOPE_PROJECT | SCOPE_SYSTEM)

static const struct route routes[] = {
	ROUTE("GET", "/", MAY_ANYONE, 0, versions, nothing, image_versions,
	      .name = "image.versions", .flags = ROUTE_READS, .success = 300,
	      .help = "Which versions there are"),
	ROUTE("GET", "/versions", MAY_ANYONE, 0, versions, nothing, image_versions,
	      .name = "image.versions.list", .flags = ROUTE_READS, .success = 200,
	      .help = "Which versions there are"),
	ROUTE("POST", "/v2/images", WRITE, SCOPES, image_create, image_create, image,
	      .name = "image.image.create", .success = 201, .preset = &create_preset,
	      .help = "Register an image"),
	ROUTE("GET", "/v2/images", READ, SCOPES, image_list, image_list, image_page,
	      .name = "image.image.list", .flags = ROUTE_READS, .success = 200,
	      .preset = &list_preset, .help = "The images that one may see"),
	ROUTE("GET", "/v2/images/{image_id}", READ, SCOPES, image_show, image_key, image,
	      .name = "image.image.show", .flags = ROUTE_READS, .success = 200,
	      .help = "One image"),
	ROUTE("PATCH", "/v2/images/{image_id}", WRITE, SCOPES, image_update, image_patch, image,
	      .name = "image.image.update", .success = 200, .help = "Change what is said of it"),
	ROUTE("DELETE", "/v2/images/{image_id}", WRITE, SCOPES, image_delete, image_key, nothing,
	      .name = "image.image.delete", .success = 204, .help = "Delete it with its bytes"),
	ROUTE("PUT", "/v2/images/{image_id}/file", WRITE, SCOPES, image_upload, image_upload,
	      nothing, .name = "image.image.upload", .flags = ROUTE_UPLOAD, .success = 204,
	      .admit = image_admit_upload, .prepare = image_prepare_upload,
	      .help = "Upload its bytes, once"),
	ROUTE("GET", "/v2/images/{image_id}/file", READ, SCOPES, image_download, image_key,
	      image_download, .name = "image.image.download", .flags = ROUTE_READS, .success = 200,
	      .help = "Download its bytes"),
	ROUTE("PUT", "/v2/images/{image_id}/tags/{tag}", WRITE, SCOPES, image_tag_add, image_tag,
	      nothing, .name = "image.tag.add", .flags = ROUTE_OPTIONAL_BODY, .success = 204,
	      .help = "Add a tag"),
	ROUTE("DELETE", "/v2/images/{image_id}/tags/{tag}", WRITE, SCOPES, image_tag_drop,
	      image_tag, nothing, .name = "image.tag.drop", .success = 204, .help = "Remove a tag"),
	ROUTE("POST", "/v2/images/{image_id}/actions/deactivate", RETIRE, SCOPES, image_deactivate,
	      image_key, nothing, .name = "image.image.deactivate", .success = 204,
	      .help = "Nobody may use or download it for now"),
	ROUTE("POST", "/v2/images/{image_id}/actions/reactivate", RETIRE, SCOPES, image_reactivate,
	      image_key, nothing, .name = "image.image.reactivate", .success = 204,
	      .help = "It may be used again"),
	{ 0 },
};
static const struct route_group groups[] = {
	{ &glance_dialect, routes },
	{ &glance_dialect, image_more_routes },
	{ 0 },
};

static enum status start(struct call *c, struct house *h)
{
	(void)c;
	files_count_by(h->files, &image_file_refs);
	return ST_OK;
}

static void stop(struct house *h)
{
	(void)h;
}

const struct module image_module = {
	.name = "image",
	.permissions = permissions,
	.routes = groups,
	.start = start,
	.stop = stop,
};
