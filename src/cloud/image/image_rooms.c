/* SPDX-License-Identifier: Apache-2.0 */
/* What the rooms behind this one do with images: they delete and describe them as their owners do, and
 * make new ones of servers' disks. */
#include "base/id.h"
#include "cloud/image/image_private.h"

enum status image_remove(struct call *c, const char *id)
{
	struct nothing none;

	return image_delete(c, &(struct image_key){ id }, &none);
}

enum status image_set_properties(struct call *c, const char *id, const struct map *properties,
				 struct image *out)
{
	struct image now, next;
	enum status st = image_changeable(c, id, &now);

	if (st)
		return st;
	next = now;
	next.properties = map_to_json(c->arena, properties);
	st = image_properties_allowed(c, next.properties);
	if (!st)
		st = image_save(c, &now, &next, "image.image.updated");
	if (!st)
		*out = next;
	return st;
}

static int place_of(const char *const *words, const char *word)
{
	int i = 0;

	while (words[i] && !str_eq(words[i], word))
		i++;
	return i;
}

enum status image_begin(struct call *c, const struct image_new *in, struct image *out)
{
	const struct image_create ask = {
		.name = in->name,
		.visibility = IMAGE_PRIVATE,
		.disk_format = place_of(image_disk_formats, in->disk_format),
		.container_format = place_of(image_container_formats, "bare"),
		.owner = in->project_id,
		.min_disk = in->min_disk,
		.min_ram = in->min_ram,
		.properties = map_to_json(c->arena, &in->properties)
	};

	return image_create(c, &ask, out);
}

enum status image_finish(struct call *c, const char *id, const struct file_facts *facts,
			 int64_t virtual_size)
{
	struct image now;
	enum status st = image_row_read(c, id, &now);

	if (st == ST_NOT_FOUND)
		return fail(c, st, "image_id", "No image found with ID %s", id);
	if (!st && now.status != IMAGE_QUEUED)
		return fail(c, ST_CONFLICT, NULL, "image %s has its bytes already", id);
	return st ? st : image_fill(c, &now, facts, virtual_size);
}

enum status image_abandon(struct call *c, const char *id)
{
	struct image now;
	enum status st = image_row_read(c, id, &now);

	if (st == ST_NOT_FOUND || (!st && now.status != IMAGE_QUEUED))
		return ST_OK;
	return st ? st : image_row_delete(c, id);
}

static bool has_all(struct call *c, const struct image *i, const struct map *wanted)
{
	struct map have;

	if (map_from_json(c, i->properties, &have))
		return false;
	for (size_t n = 0; n < wanted->count; n++)
		if (!str_eq(map_get(&have, wanted->list[n].name), wanted->list[n].value))
			return false;
	return true;
}

enum status image_keep_newest(struct call *c, const char *project_id, const struct map *properties,
			      int64_t keep)
{
	struct image *list;
	size_t n;
	int64_t seen = 0;
	/* The rows come newest first. */
	enum status st = image_rows(c, project_id, &list, &n);

	for (size_t i = 0; !st && i < n; i++) {
		const struct image *image = &list[i];
		if (!str_eq(image->owner, project_id) || image->status != IMAGE_ACTIVE ||
		    !has_all(c, image, properties) || ++seen <= keep || image->protected)
			continue;
		st = image_expel(c, image);
	}
	return st;
}
