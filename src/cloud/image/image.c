/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of images: who sees and changes one, and its life from queued to gone. */
#include "base/clock.h"
#include "base/id.h"
#include "cloud/image/image_private.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/jobs/events.h"
#include "door/permission.h"

/* A disk that a guest would see larger than this is refused: a few kilobytes can promise exabytes. */
#define VIRTUAL_MAX (INT64_C(16) << 40)

/* --- who --- */

bool image_owned(const struct call *c, const struct image *i)
{
	return c->actor.is_admin || (i->owner && str_eq(i->owner, c->actor.project_id));
}

static enum status not_found(struct call *c, const char *id)
{
	return fail(c, ST_NOT_FOUND, "image_id", "No image found with ID %s", id);
}

enum status image_seen(struct call *c, const char *id, struct image *out)
{
	enum status st = image_row_read(c, id, out);

	if (st == ST_NOT_FOUND)
		return not_found(c, id);
	if (st)
		return st;
	if (image_owned(c, out) || out->visibility == IMAGE_PUBLIC ||
	    out->visibility == IMAGE_COMMUNITY)
		return ST_OK;
	/* Another VDC's private image does not exist for the asker; a shared one does, also before it
	 * is accepted, so that it can be. */
	if (out->visibility != IMAGE_SHARED || !c->actor.project_id)
		return not_found(c, id);
	struct image_member m;
	st = image_member_read(c, id, c->actor.project_id, &m);
	return st == ST_NOT_FOUND ? not_found(c, id) : st;
}

enum status image_changeable(struct call *c, const char *id, struct image *out)
{
	enum status st = image_seen(c, id, out);

	if (!st && !image_owned(c, out))
		return fail(c, ST_FORBIDDEN, NULL, "image %s belongs to another VDC", id);
	return st;
}

enum status image_visible(struct call *c, const char *id, const char *at, struct image *out)
{
	enum status st = image_seen(c, id, out);

	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, st, at, "Image %s could not be found.", id);
	}
	return st;
}

static enum status may_publish(struct call *c, int visibility)
{
	if (visibility == IMAGE_PUBLIC && !may(c, "image.image.publicize"))
		return fail(c, ST_FORBIDDEN, "visibility",
			    "only the cloud's administrators make an image public");
	return ST_OK;
}

/* Only who administers the cloud makes an image somebody else's. */
static enum status may_give(struct call *c, const char *owner)
{
	if (owner && !c->actor.is_admin && !str_eq(owner, c->actor.project_id))
		return fail(c, ST_FORBIDDEN, "owner",
			    "You are not permitted to create images owned by '%.64s'.", owner);
	return ST_OK;
}

/* --- its life --- */

/* Tells those who watch (the portal), and rooms that listen. */
static enum status tell(struct call *c, const char *type, const struct image *i)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "subject", "image");
	json_put_str(&j, "id", i->id);
	json_put_str(&j, "state", image_status_words[i->status]);
	json_object_end(&j);
	return event_post(c, type, i->id, NULL, i->owner, buf_text(&b));
}

enum status image_save(struct call *c, const struct image *now, struct image *next,
		       const char *event)
{
	next->updated_at = c->now_at;
	enum status st = image_row_update(c, next);

	if (!st)
		st = tell(c, event, next);
	if (st)
		return st;
	audit_subject(c, "image", now->id);
	audit_change(c, image_row, now, next);
	return ST_OK;
}

enum status image_fill(struct call *c, const struct image *now, const struct file_facts *facts,
		       int64_t virtual_size)
{
	struct image next = *now;
	enum status st = file_ref(c, facts);

	if (st)
		return st;
	next.status = IMAGE_ACTIVE;
	next.size = facts->size;
	next.virtual_size = virtual_size;
	next.checksum = facts->md5;
	next.sha256 = facts->sha256;
	next.os_hash_value = facts->sha512;
	return image_save(c, now, &next, "image.image.active");
}

enum status image_expel(struct call *c, const struct image *i)
{
	enum status st = image_row_delete(c, i->id);

	if (!st && i->sha256)
		st = file_drop(c, i->sha256);
	return st ? st : tell(c, "image.image.deleted", i);
}

static const char *word_or_null(const char *const *words, int n)
{
	return n < 0 ? NULL : words[n];
}

enum status image_create(struct call *c, const struct image_create *in, struct image *out)
{
	struct image new = {
		.id = in->id ? in->id : id_new(c->arena),
		.name = in->name,
		.status = IMAGE_QUEUED,
		.visibility = in->visibility < 0 ? IMAGE_SHARED : in->visibility,
		.owner = in->owner ? in->owner : c->actor.project_id,
		.disk_format = word_or_null(image_disk_formats, in->disk_format),
		.container_format = word_or_null(image_container_formats, in->container_format),
		.min_disk = in->min_disk,
		.min_ram = in->min_ram,
		.protected = in->protected,
		.os_hidden = in->os_hidden,
		.size = INT_NULL,
		.virtual_size = INT_NULL,
		.tags = in->tags,
		.properties = in->properties ? in->properties : "{}",
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	enum status st = may_publish(c, new.visibility);

	if (!st)
		st = may_give(c, in->owner);
	if (!st)
		st = image_properties_allowed(c, new.properties);
	if (!st)
		st = image_row_insert(c, &new);
	if (st == ST_CONFLICT)
		return fail(c, st, "id", "Image ID %s already exists!", new.id);
	if (!st)
		st = tell(c, "image.image.created", &new);
	if (st)
		return st;
	audit_subject(c, "image", new.id);
	audit_change(c, image_row, NULL, &new);
	*out = new;
	return ST_OK;
}

enum status image_show(struct call *c, const struct image_key *in, struct image *out)
{
	return image_seen(c, in->image_id, out);
}

enum status image_update(struct call *c, const struct image_patch *in, struct image *out)
{
	struct image now, next;
	enum status st;

	if (!str_starts(in->media_type ? in->media_type : "", "application/openstack-images-v2."))
		return fail(c, ST_WRONG_MEDIA, "Content-Type",
			    "a change is sent as application/openstack-images-v2.1-json-patch");
	st = image_changeable(c, in->image_id, &now);
	if (st)
		return st;
	next = now;
	st = image_patch_apply(c, in->body, &next);
	if (!st && next.visibility != now.visibility)
		st = may_publish(c, next.visibility);
	if (!st && !str_eq(next.owner, now.owner))
		st = may_give(c, next.owner);
	if (!st && now.status != IMAGE_QUEUED &&
	    !(str_eq(now.disk_format, next.disk_format) &&
	      str_eq(now.container_format, next.container_format)))
		st = fail(c, ST_FORBIDDEN, "disk_format",
			  "the formats are those of the bytes that were uploaded");
	if (!st)
		st = image_save(c, &now, &next, "image.image.updated");
	if (!st)
		*out = next;
	return st;
}

enum status image_delete(struct call *c, const struct image_key *in, struct nothing *out)
{
	struct image now;
	enum status st = image_changeable(c, in->image_id, &now);

	(void)out;
	if (!st && now.protected)
		st = fail(c, ST_FORBIDDEN, "protected",
			  "Image %s is protected and cannot be deleted.", now.id);
	if (!st)
		st = image_expel(c, &now);
	if (st)
		return st;
	audit_subject(c, "image", now.id);
	audit_change(c, image_row, &now, NULL);
	return ST_OK;
}

/* --- its bytes --- */

static enum status uploadable(struct call *c, const char *id, struct image *out)
{
	enum status st = image_changeable(c, id, out);

	if (!st && out->status != IMAGE_QUEUED)
		return fail(c, ST_CONFLICT, NULL, "image %s has its bytes already", id);
	if (!st && (!out->disk_format || !out->container_format))
		return fail(c, ST_BAD_INPUT, "disk_format",
			    "disk_format and container_format must be said before the upload");
	return st;
}

enum status image_admit_upload(struct call *c, const void *in_)
{
	const struct image_upload *in = in_;
	struct image image;

	if (in->upload.media_type && !str_starts(in->upload.media_type, "application/octet-stream"))
		return fail(c, ST_WRONG_MEDIA, "Content-Type",
			    "the bytes of an image are sent as application/octet-stream");
	return uploadable(c, in->image_id, &image);
}

static enum status read_image(struct call *c, const void *in, void *out)
{
	const struct image_upload *up = in;

	return uploadable(c, up->image_id, out);
}

enum status image_prepare_upload(struct call *c, void *in_)
{
	struct house *h = house_of(c);
	struct image_upload *in = in_;
	struct image image;
	enum status st = db_read(c, h->db, read_image, in, &image, sizeof image);

	if (st)
		return st;
	if (!in->upload.path)
		in->upload.path = files_temporary(c, h->files);
	/* Only disks that servers start from are looked into; other formats are kept, not used. */
	in->virtual_size = INT_NULL;
	if (str_eq(image.container_format, "bare"))
		st = image_inspect(c, in->upload.path, image.disk_format, VIRTUAL_MAX,
				   &in->virtual_size);
	if (st)
		return st;
	return files_take(c, h->files, in->upload.path, h->config->http.upload_max, &in->facts);
}

enum status image_upload(struct call *c, const struct image_upload *in, struct nothing *out)
{
	struct image now;
	enum status st = uploadable(c, in->image_id, &now);

	(void)out;
	return st ? st : image_fill(c, &now, &in->facts, in->virtual_size);
}

enum status image_download(struct call *c, const struct image_key *in, struct image_download *out)
{
	struct image now;
	enum status st = image_seen(c, in->image_id, &now);

	if (st)
		return st;
	if (now.status == IMAGE_DEACTIVATED && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, NULL, "image %s is deactivated", now.id);
	if (now.status == IMAGE_QUEUED) {
		out->status = 204;
		return ST_OK;
	}
	out->location = arena_printf(c->arena, "/-files/%.2s/%s", now.sha256, now.sha256);
	out->media_type = "application/octet-stream";
	out->checksum = now.checksum;
	return ST_OK;
}

/* --- tags, and taking an image out of use --- */

static size_t tag_at(const struct image *i, const char *tag)
{
	size_t n = 0;

	while (n < i->tags.count && !str_eq(i->tags.list[n], tag))
		n++;
	return n;
}

enum status image_tag_add(struct call *c, const struct image_tag *in, struct nothing *out)
{
	struct image now, next;
	enum status st = image_changeable(c, in->image_id, &now);

	(void)out;
	if (st || tag_at(&now, in->tag) < now.tags.count)
		return st;
	if (now.tags.count >= 128)
		return fail(c, ST_TOO_LARGE, "tag", "an image has at most 128 tags");
	next = now;
	next.tags.list = arena_array(c->arena, now.tags.count + 1, sizeof *next.tags.list);
	for (size_t i = 0; i < now.tags.count; i++)
		next.tags.list[i] = now.tags.list[i];
	next.tags.list[next.tags.count++] = in->tag;
	return image_save(c, &now, &next, "image.image.updated");
}

enum status image_tag_drop(struct call *c, const struct image_tag *in, struct nothing *out)
{
	struct image now, next;
	enum status st = image_changeable(c, in->image_id, &now);
	size_t at;

	(void)out;
	if (st)
		return st;
	at = tag_at(&now, in->tag);
	if (at == now.tags.count)
		return fail(c, ST_NOT_FOUND, "tag", "image %s has no tag '%s'", now.id, in->tag);
	next = now;
	next.tags.list = arena_array(c->arena, now.tags.count, sizeof *next.tags.list);
	next.tags.count = 0;
	for (size_t i = 0; i < now.tags.count; i++)
		if (i != at)
			next.tags.list[next.tags.count++] = now.tags.list[i];
	return image_save(c, &now, &next, "image.image.updated");
}

static enum status set_active(struct call *c, const char *id, bool active)
{
	const int from = active ? IMAGE_DEACTIVATED : IMAGE_ACTIVE;
	const int to = active ? IMAGE_ACTIVE : IMAGE_DEACTIVATED;
	struct image now, next;
	enum status st = image_changeable(c, id, &now);

	if (st || now.status == to)
		return st;
	if (now.status != from)
		return fail(c, ST_FORBIDDEN, "status", "image %s is %s", id,
			    image_status_words[now.status]);
	next = now;
	next.status = to;
	return image_save(c, &now, &next, "image.image.updated");
}

enum status image_deactivate(struct call *c, const struct image_key *in, struct nothing *out)
{
	(void)out;
	return set_active(c, in->image_id, false);
}

enum status image_reactivate(struct call *c, const struct image_key *in, struct nothing *out)
{
	(void)out;
	return set_active(c, in->image_id, true);
}
