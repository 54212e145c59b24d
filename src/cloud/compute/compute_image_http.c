/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: images in the words from before Glance v2 (until 2.35, their metadata until 2.38). The
 * images are the image room's. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/image/image.h"

/* --- how they are shown --- */

/* What says of an image that it was made of a server. */
#define OF_SERVER "instance_uuid"
#define KIND "image_type"

static struct map properties_of(struct call *c, const struct image *i)
{
	struct map m = { 0 };
	if (map_from_json(c, i->properties, &m))
		call_forgive(c);
	return m;
}

static const char *status_of(const struct image *i)
{
	return i->status == IMAGE_ACTIVE   ? "ACTIVE"
	       : i->status == IMAGE_QUEUED ? "SAVING"
					   : "UNKNOWN";
}

static void put_map(struct call *c, struct json_out *j, const char *name, const struct map *m)
{
	json_key(j, name);
	json_raw(j, map_to_json(c->arena, m));
}

static void put_image(struct call *c, struct json_out *j, const struct image *i, bool whole)
{
	const struct map m = properties_of(c, i);
	const char *server = map_get(&m, OF_SERVER);
	json_object_begin(j);
	json_put_str(j, "id", i->id);
	json_put_str(j, "name", i->name);
	json_key(j, "links");
	compute_write_image_links(c, j, i->id);
	if (whole) {
		json_put_str(j, "status", status_of(i));
		json_put_int(j, "progress", i->status == IMAGE_ACTIVE ? 100 : 25);
		json_put_int(j, "minDisk", i->min_disk);
		json_put_int(j, "minRam", i->min_ram);
		compute_put_time(j, "created", i->created_at, TIME_Z);
		compute_put_time(j, "updated", i->updated_at, TIME_Z);
		json_key(j, "OS-EXT-IMG-SIZE:size");
		json_int(j, i->size == INT_NULL ? 0 : i->size);
		put_map(c, j, "metadata", &m);
	}
	if (whole && server) {
		json_key(j, "server");
		json_object_begin(j);
		json_put_str(j, "id", server);
		json_key(j, "links");
		compute_write_links(c, j, "servers", server);
		json_object_end(j);
	}
	json_object_end(j);
}

struct image_page {
	struct image *images;
	size_t images_count;
	const char *next;
};

static void put_page(struct call *c, struct json_out *j, const struct image_page *p, bool whole)
{
	json_array_begin(j);
	for (size_t i = 0; i < p->images_count; i++)
		put_image(c, j, &p->images[i], whole);
	json_array_end(j);
}

static void write_names(struct call *c, struct json_out *j, const void *obj)
{
	put_page(c, j, obj, false);
}

static void write_images(struct call *c, struct json_out *j, const void *obj)
{
	put_page(c, j, obj, true);
}

static void write_one(struct call *c, struct json_out *j, const void *obj)
{
	put_image(c, j, obj, true);
}

static const struct field names_wire[] = { F_VIEW("images", write_names), F_NEXT(image_page, next),
					   F_END };
static const struct field images_wire[] = { F_VIEW("images", write_images),
					    F_NEXT(image_page, next), F_END };
static const struct field image_wire[] = { F_VIEW("image", write_one), F_END };

/* --- what is asked --- */

struct image_key {
	const char *image_id;
};
struct image_list {
	const char *name, *status, *server, *type, *changes_since, *marker;
	int64_t limit, min_ram, min_disk;
	bool limit_given;
	struct map rest;
};
struct image_notes {
	const char *image_id;
	struct map metadata;
};
struct image_note {
	const char *image_id, *key;
	struct map meta;
};

static const struct field image_key_wire[] = { F_STR(image_key, image_id, 255, FROM_PATH), F_END };
static const struct field image_list_wire[] = {
	F_STR(image_list, name, 255, OPT | FROM_QUERY),
	F_STR(image_list, status, 64, OPT | FROM_QUERY),
	F_STR(image_list, server, 255, OPT | FROM_QUERY),
	F_STR(image_list, type, 64, OPT | FROM_QUERY),
	F_STR_AS("changes-since", image_list, changes_since, 64, OPT | FROM_QUERY),
	F_STR(image_list, marker, 255, OPT | FROM_QUERY),
	F_INT(image_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(image_list, limit)),
	F_INT_AS("minRam", image_list, min_ram, 0, INT64_MAX, OPT | FROM_QUERY),
	F_INT_AS("minDisk", image_list, min_disk, 0, INT64_MAX, OPT | FROM_QUERY),
	F_QUERY_REST(image_list, rest),
	F_END,
};
static const struct field image_notes_wire[] = {
	F_STR(image_notes, image_id, 255, FROM_PATH | WRITE_ONLY),
	F_MAP(image_notes, metadata, 1024, 0),
	F_END,
};
static const struct field image_note_wire[] = {
	F_STR(image_note, image_id, 255, FROM_PATH | WRITE_ONLY),
	F_STR(image_note, key, 255, FROM_PATH | WRITE_ONLY),
	F_MAP(image_note, meta, 1, OPT),
	F_END,
};

/* --- acts --- */

/* A server is named by its id or by its whole address. */
static bool is_of(struct call *c, const struct image *i, const struct image_list *in)
{
	const struct map m = properties_of(c, i);
	const char *slash = in->server ? strrchr(in->server, '/') : NULL;
	const char *server = slash ? slash + 1 : in->server;
	const char *kind = map_get(&m, KIND);
	return (!server || str_eq(map_get(&m, OF_SERVER), server)) &&
	       (!in->type || str_case_eq(kind ? kind : "base", in->type));
}

static bool wanted(struct call *c, const struct image *i, const struct image_list *in,
		   int64_t since)
{
	return (!in->name || str_eq(in->name, i->name)) &&
	       (!in->status || str_case_eq(in->status, status_of(i))) && i->updated_at >= since &&
	       i->min_ram >= in->min_ram && i->min_disk >= in->min_disk && is_of(c, i, in);
}

enum { PAGE_MAX = 1000 };

static enum status image_list(struct call *c, const struct image_list *in, struct image_page *out)
{
	struct image *list;
	size_t n = 0, kept = 0, first = 0;
	int64_t since = 0;
	if (in->changes_since && !time_read(in->changes_since, &since))
		return fail(c, ST_BAD_INPUT, "changes-since", "'%.40s' is not a time",
			    in->changes_since);
	enum status st = image_listed(c, &list, &n);
	if (st)
		return st;
	for (size_t i = 0; i < n; i++)
		if (wanted(c, &list[i], in, since))
			list[kept++] = list[i];
	while (in->marker && first < kept && !str_eq(list[first].id, in->marker))
		first++;
	if (in->marker && first++ == kept)
		return fail(c, ST_BAD_INPUT, "marker", "marker [%.80s] not found", in->marker);
	size_t limit = in->limit_given && in->limit < PAGE_MAX ? (size_t)in->limit : PAGE_MAX;
	out->images = list + first;
	out->images_count = kept - first < limit ? kept - first : limit;
	if (kept - first > limit && limit)
		out->next = list[first + limit - 1].id;
	return ST_OK;
}

static enum status find(struct call *c, const char *id, struct image *out)
{
	return image_visible(c, id, "image_id", out);
}

static enum status image_show(struct call *c, const struct image_key *in, struct image *out)
{
	return find(c, in->image_id, out);
}

static enum status image_drop(struct call *c, const struct image_key *in, struct nothing *out)
{
	struct image i;
	(void)out;
	enum status st = find(c, in->image_id, &i);
	return st ? st : image_remove(c, i.id);
}

static enum status notes_show(struct call *c, const struct image_key *in, struct image_notes *out)
{
	struct image i;
	enum status st = find(c, in->image_id, &i);
	if (!st)
		out->metadata = properties_of(c, &i);
	return st;
}

static enum status put_notes(struct call *c, const char *id, const struct map *m, struct map *out)
{
	struct image i;
	enum status st = server_check_metadata(c, m);
	if (!st)
		st = image_set_properties(c, id, m, &i);
	if (!st)
		*out = properties_of(c, &i);
	return st;
}

static enum status notes_replace(struct call *c, const struct image_notes *in,
				 struct image_notes *out)
{
	struct image i;
	enum status st = find(c, in->image_id, &i);
	return st ? st : put_notes(c, i.id, &in->metadata, &out->metadata);
}

static enum status notes_add(struct call *c, const struct image_notes *in, struct image_notes *out)
{
	struct image i;
	enum status st = find(c, in->image_id, &i);
	if (st)
		return st;
	const struct map old = properties_of(c, &i);
	const struct map all = server_notes_with(c->arena, &old, &in->metadata);
	return put_notes(c, i.id, &all, &out->metadata);
}

static enum status note_absent(struct call *c, const char *key)
{
	return fail(c, ST_NOT_FOUND, "key", "Metadata item %.255s was not found", key);
}

static enum status note_show(struct call *c, const struct image_note *in, struct image_note *out)
{
	struct image i;
	enum status st = find(c, in->image_id, &i);
	if (st)
		return st;
	const struct map m = properties_of(c, &i);
	const char *value = map_get(&m, in->key);
	if (!value)
		return note_absent(c, in->key);
	out->meta = (struct map){ arena_array(c->arena, 1, sizeof(*out->meta.list)), 1 };
	out->meta.list[0] = (struct map_pair){ in->key, value };
	return ST_OK;
}

static enum status note_put(struct call *c, const struct image_note *in, struct image_note *out)
{
	struct image i;
	struct map now;
	if (in->meta.count != 1 || !str_eq(in->meta.list[0].name, in->key))
		return fail(c, ST_BAD_INPUT, "meta", "meta has the one key of the address");
	enum status st = find(c, in->image_id, &i);
	if (st)
		return st;
	const struct map old = properties_of(c, &i);
	const struct map all = server_notes_with(c->arena, &old, &in->meta);
	out->meta = in->meta;
	return put_notes(c, i.id, &all, &now);
}

static enum status note_drop(struct call *c, const struct image_note *in, struct nothing *out)
{
	struct image i;
	struct map now;
	size_t kept = 0;
	(void)out;
	enum status st = find(c, in->image_id, &i);
	if (st)
		return st;
	struct map m = properties_of(c, &i);
	for (size_t k = 0; k < m.count; k++)
		if (!str_eq(m.list[k].name, in->key))
			m.list[kept++] = m.list[k];
	if (kept == m.count)
		return note_absent(c, in->key);
	m.count = kept;
	return put_notes(c, i.id, &m, &now);
}

/* --- routes --- */

ACT(image_list, image_list, image_page)
ACT(image_show, image_key, image)
ACT(image_drop, image_key, nothing)
ACT(notes_show, image_key, image_notes)
ACT(notes_add, image_notes, image_notes)
ACT(notes_replace, image_notes, image_notes)
ACT(note_show, image_note, image_note)
ACT(note_put, image_note, image_note)
ACT(note_drop, image_note, nothing)

#define IMAGES "/v2.1/images"
#define IMAGE IMAGES "/{image_id}"
#define NOTES IMAGE "/metadata"
#define LAST .until = NOVA(2, 35)
#define NOTES_LAST .until = NOVA(2, 38)
#define MAY_READ "image.image.read"
#define MAY_WRITE "image.image.write"

const struct route compute_image_routes[] = {
	SHOW(IMAGES, MAY_READ, SCOPES, image_list, image_list, image_page, names_wire,
	     "compute.image.list", "The images that one sees, by name", LAST),
	SHOW(IMAGES "/detail", MAY_READ, SCOPES, image_list, image_list, image_page, images_wire,
	     "compute.image.detail", "The images that one sees", LAST),
	SHOW(IMAGE, MAY_READ, SCOPES, image_show, image_key, image, image_wire,
	     "compute.image.show", "One image", LAST),
	ROUTE("DELETE", IMAGE, MAY_WRITE, SCOPES, image_drop, image_key, nothing,
	      .name = "compute.image.delete", .success = 204, LAST, .help = "Delete an image"),
	ROUTE("GET", NOTES, MAY_READ, SCOPES, notes_show, image_key, image_notes,
	      .name = "compute.image.metadata.show", .flags = ROUTE_READS, .success = 200,
	      NOTES_LAST, .help = "An image's properties"),
	ROUTE("POST", NOTES, MAY_WRITE, SCOPES, notes_add, image_notes, image_notes,
	      .name = "compute.image.metadata.add", .success = 200, NOTES_LAST,
	      .help = "Add to an image's properties"),
	ROUTE("PUT", NOTES, MAY_WRITE, SCOPES, notes_replace, image_notes, image_notes,
	      .name = "compute.image.metadata.replace", .success = 200, NOTES_LAST,
	      .help = "Replace an image's properties"),
	ROUTE("GET", NOTES "/{key}", MAY_READ, SCOPES, note_show, image_note, image_note,
	      .name = "compute.image.metadata.key.show", .flags = ROUTE_READS, .success = 200,
	      NOTES_LAST, .help = "One of an image's properties"),
	ROUTE("PUT", NOTES "/{key}", MAY_WRITE, SCOPES, note_put, image_note, image_note,
	      .name = "compute.image.metadata.key.put", .success = 200, NOTES_LAST,
	      .help = "Set one of an image's properties"),
	ROUTE("DELETE", NOTES "/{key}", MAY_WRITE, SCOPES, note_drop, image_note, nothing,
	      .name = "compute.image.metadata.key.drop", .success = 204, NOTES_LAST,
	      .help = "Remove one of an image's properties"),
	{ 0 },
};
