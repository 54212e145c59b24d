/* SPDX-License-Identifier: Apache-2.0 */
/* How Nova speaks: its errors, its microversions, its links. What a microversion changed stands with the
 * fields and routes; the newest one that all of them know is NEWEST. */
#include <stdio.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"

enum { OLDEST = NOVA(2, 1), NEWEST = NOVA(2, 74) };

static enum status parse_version(struct call *c, const char *s, int *version)
{
	struct words w = words_split(c->arena, s, '.');
	int64_t major = -1, minor = -1;
	if (str_eq(s, "latest")) {
		*version = NEWEST;
		return ST_OK;
	}
	if (w.count != 2 || !int_parse(w.list[0], &major) || !int_parse(w.list[1], &minor) ||
	    major < 0 || major > 99 || minor < 0 || minor > 999)
		return fail(c, ST_BAD_INPUT, NULL,
			    "API Version String %.20s is of invalid format. Must be of format "
			    "MajorNum.MinorNum.",
			    s);
	*version = NOVA((int)major, (int)minor);
	if (*version < OLDEST || *version > NEWEST)
		return fail(
			c, ST_NOT_ACCEPTABLE, NULL,
			"Version %.20s is not supported by the API. Minimum is 2.%d and maximum "
			"is 2.%d.",
			s, OLDEST % 1000, NEWEST % 1000);
	return ST_OK;
}

/* The newer header names the service and may name several: "volume 3.60, compute 2.61". */
static const char *version_for_compute(struct call *c, const char *header)
{
	struct words parts = words_split(c->arena, header ? header : "", ',');
	for (size_t i = 0; i < parts.count; i++) {
		struct words w = words_split(c->arena, parts.list[i], ' ');
		if (w.count == 2 && str_case_eq(w.list[0], "compute"))
			return w.list[1];
	}
	return NULL;
}

static enum status negotiate(struct call *c, const struct http_request *rq)
{
	const char *asked = version_for_compute(c, http_header(rq, "OpenStack-API-Version"));
	int version = OLDEST;
	if (!asked)
		asked = http_header(rq, "X-OpenStack-Nova-API-Version");
	c->version = OLDEST;
	enum status st = asked ? parse_version(c, asked, &version) : ST_OK;
	if (!st)
		c->version = version;
	return st;
}

static void headers(struct call *c, struct http_reply *rp)
{
	int minor = (c->version ? c->version : OLDEST) % 1000;
	http_header_add(rp, "OpenStack-API-Version", arena_printf(c->arena, "compute 2.%d", minor));
	http_header_add(rp, "X-OpenStack-Nova-API-Version", arena_printf(c->arena, "2.%d", minor));
	http_header_add(rp, "Vary", "OpenStack-API-Version, X-OpenStack-Nova-API-Version");
	http_header_add(rp, "X-Compute-Request-Id", c->request_id);
}

static const char *error_name(int http)
{
	static const struct {
		int http;
		const char *name;
	} names[] = {
		{ 400, "badRequest" },         { 401, "unauthorized" },
		{ 403, "forbidden" },          { 404, "itemNotFound" },
		{ 405, "badMethod" },          { 409, "conflictingRequest" },
		{ 413, "overLimit" },          { 415, "badMediaType" },
		{ 429, "overLimit" },          { 501, "notImplemented" },
		{ 503, "serviceUnavailable" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].http == http)
			return names[i].name;
	return "computeFault";
}

static void write_error(struct call *c, enum status st, struct json_out *j)
{
	json_key(j, error_name(status_http(st)));
	json_object_begin(j);
	json_put_int(j, "code", status_http(st));
	json_put_str(j, "message", c->problem);
	if (st == ST_NOT_ACCEPTABLE) {
		json_put_str(j, "min_version", arena_printf(c->arena, "2.%d", OLDEST % 1000));
		json_put_str(j, "max_version", arena_printf(c->arena, "2.%d", NEWEST % 1000));
	}
	json_object_end(j);
}

void compute_put_time(struct json_out *j, const char *name, int64_t at, enum time_style style)
{
	char text[TIME_TEXT_SIZE];
	time_write(at, style, text);
	json_put_str(j, name, at ? text : NULL);
}

void compute_put_count(struct json_out *j, const char *name, int64_t v)
{
	json_key(j, name);
	if (v == INT_NULL)
		json_nil(j);
	else
		json_int(j, v);
}

int64_t compute_number_of(const char *text)
{
	uint32_t h = 2166136261u;
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619u;
	return (int64_t)(h >> 1);
}

static void write_typed_link(struct json_out *j, const char *rel, const char *href,
			     const char *type)
{
	json_object_begin(j);
	json_put_str(j, "rel", rel);
	json_put_str(j, "href", href);
	if (type)
		json_put_str(j, "type", type);
	json_object_end(j);
}

static void write_link(struct json_out *j, const char *rel, const char *href)
{
	write_typed_link(j, rel, href, NULL);
}

static void write_own_links(struct call *c, struct json_out *j, const char *kind, const char *id)
{
	write_link(j, "self",
		   arena_printf(c->arena, "%s/compute/v2.1/%s/%s", c->base_url, kind, id));
	write_link(j, "bookmark",
		   arena_printf(c->arena, "%s/compute/%s/%s", c->base_url, kind, id));
}

void compute_write_links(struct call *c, struct json_out *j, const char *kind, const char *id)
{
	json_array_begin(j);
	write_own_links(c, j, kind, id);
	json_array_end(j);
}

void compute_write_image_links(struct call *c, struct json_out *j, const char *id)
{
	json_array_begin(j);
	write_own_links(c, j, "images", id);
	write_typed_link(j, "alternate",
			 arena_printf(c->arena, "%s/image/v2/images/%s", c->base_url, id),
			 "application/vnd.openstack.image");
	json_array_end(j);
}

/* The next page is the same question with another marker. */
static void write_next(struct call *c, const struct http_request *rq, const struct route *r,
		       const char *marker, struct json_out *j)
{
	const char *list = str_ends(r->path, "/os-instance-actions")    ? "links"
			   : str_starts(r->path, "/v2.1/servers")       ? "servers_links"
			   : str_starts(r->path, "/v2.1/images")        ? "images_links"
			   : str_starts(r->path, "/v2.1/flavors")       ? "flavors_links"
			   : str_starts(r->path, "/v2.1/os-keypairs")   ? "keypairs_links"
			   : str_starts(r->path, "/v2.1/os-migrations") ? "migrations_links"
									: "hypervisors_links";
	struct buf b = { .arena = c->arena };
	if (!marker)
		return;
	buf_printf(&b, "%s%s?", c->base_url, rq->path);
	struct words pairs = words_split(c->arena, rq->query, '&');
	for (size_t i = 0; i < pairs.count; i++)
		if (!str_starts(pairs.list[i], "marker="))
			buf_printf(&b, "%s&", pairs.list[i]);
	buf_printf(&b, "marker=%s", marker);
	json_key(j, list);
	json_array_begin(j);
	write_link(j, "next", buf_text(&b));
	json_array_end(j);
}

/* v2.0 has no microversions, and passes over what it does not know. */
static enum status negotiate_old(struct call *c, const struct http_request *rq)
{
	(void)rq;
	c->version = OLDEST;
	return ST_OK;
}

static const struct dialect nova_v2_dialect = {
	.name = "nova",
	.prefix = "/compute",
	.empty_ids = true,
	.lenient = true,
	.time_style = TIME_Z,
	.negotiate = negotiate_old,
	.write_error = write_error,
	.write_next = write_next,
};
static const struct older_dialect nova_v2 = { &nova_v2_dialect, "/v2.1/", "/v2/", OLDEST };

const struct dialect nova_dialect = {
	.name = "nova",
	.prefix = "/compute",
	.empty_ids = true,
	.time_style = TIME_Z,
	.older = &nova_v2,
	.negotiate = negotiate,
	.headers = headers,
	.write_error = write_error,
	.write_next = write_next,
};

/* --- version documents --- */

static void write_media_type(struct json_out *j, const char *version)
{
	json_key(j, "media-types");
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "base", "application/json");
	json_put_str(j, "type", version);
	json_object_end(j);
	json_array_end(j);
}

static void write_version(struct call *c, struct json_out *j, bool media)
{
	json_object_begin(j);
	json_put_str(j, "id", "v2.1");
	json_put_str(j, "status", "CURRENT");
	json_put_str(j, "version", arena_printf(c->arena, "2.%d", NEWEST % 1000));
	json_put_str(j, "min_version", arena_printf(c->arena, "2.%d", OLDEST % 1000));
	json_put_str(j, "updated", "2013-07-23T11:33:21Z");
	json_key(j, "links");
	json_array_begin(j);
	write_link(j, "self", arena_printf(c->arena, "%s/compute/v2.1/", c->base_url));
	json_array_end(j);
	if (media)
		write_media_type(j, "application/vnd.openstack.compute+json;version=2.1");
	json_object_end(j);
}

/* The same API without microversions, for clients that know none. */
static void write_old_version(struct call *c, struct json_out *j, bool media)
{
	json_object_begin(j);
	json_put_str(j, "id", "v2.0");
	json_put_str(j, "status", "SUPPORTED");
	json_put_str(j, "version", "");
	json_put_str(j, "min_version", "");
	json_put_str(j, "updated", "2011-01-21T11:33:21Z");
	json_key(j, "links");
	json_array_begin(j);
	write_link(j, "self", arena_printf(c->arena, "%s/compute/v2/", c->base_url));
	json_array_end(j);
	if (media)
		write_media_type(j, "application/vnd.openstack.compute+json;version=2");
	json_object_end(j);
}

void write_nova_versions(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	json_array_begin(j);
	write_old_version(c, j, false);
	write_version(c, j, false);
	json_array_end(j);
}

void write_nova_version(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	write_version(c, j, true);
}

void write_nova_v2_version(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	write_old_version(c, j, true);
}
