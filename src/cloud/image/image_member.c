/* SPDX-License-Identifier: Apache-2.0 */
/* Members: the VDCs that a shared image is shared with. The owner says who; each of them says whether it
 * wants to see the image in its lists. */
#include "cloud/image/image_private.h"
#include "door/audit/audit.h"
#include "door/jobs/events.h"

enum { MEMBERS_MAX = 128 };

const char *const image_member_words[] = { "pending", "accepted", "rejected", NULL };

/* Tells the other VDC, whose lists change. */
static enum status tell_member(struct call *c, const struct image_member *m)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "subject", "image");
	json_put_str(&j, "id", m->image_id);
	json_put_str(&j, "member_status", image_member_words[m->status]);
	json_object_end(&j);
	return event_post(c, "image.member.changed", m->image_id, NULL, m->member_id, buf_text(&b));
}

static enum status no_member(struct call *c, const char *image_id, const char *member_id)
{
	call_forgive(c);
	return fail(c, ST_NOT_FOUND, "member_id", "image %s is not shared with %s", image_id,
		    member_id);
}

static enum status changed(struct call *c, const struct image_member *before,
			   const struct image_member *after)
{
	audit_subject(c, "image", (before ? before : after)->image_id);
	audit_change(c, image_member_row, before, after);
	return tell_member(c, after ? after : before);
}

enum status image_member_add(struct call *c, const struct image_member_ask *in,
			     struct image_member *out)
{
	struct image image;
	struct image_member *all;
	size_t n = 0;
	struct image_member m = {
		.member_id = in->member,
		.status = IMAGE_MEMBER_PENDING,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	enum status st = image_changeable(c, in->image_id, &image);

	if (!st && image.visibility != IMAGE_SHARED)
		st = fail(c, ST_FORBIDDEN, "visibility", "Only shared images have members.");
	if (!st && str_eq(image.owner, in->member))
		st = fail(c, ST_CONFLICT, "member", "the image is this VDC's own");
	if (!st)
		st = image_member_rows(c, in->image_id, &all, &n);
	if (!st && n >= MEMBERS_MAX)
		st = fail(c, ST_TOO_LARGE, "member", "an image has at most %d members",
			  MEMBERS_MAX);
	if (st)
		return st;
	m.image_id = image.id;
	st = image_member_insert(c, &m);
	if (st == ST_CONFLICT)
		return fail(c, st, "member", "image %s is shared with %s already", image.id,
			    in->member);
	if (!st)
		st = changed(c, NULL, &m);
	*out = m;
	return st;
}

enum status image_member_list(struct call *c, const struct image_key *in,
			      struct image_member_list *out)
{
	struct image image;
	size_t n = 0, kept = 0;
	enum status st = image_seen(c, in->image_id, &image);

	if (!st)
		st = image_member_rows(c, image.id, &out->members, &n);
	if (st)
		return st;
	bool owner = image_owned(c, &image);
	for (size_t i = 0; i < n; i++)
		if (owner || str_eq(out->members[i].member_id, c->actor.project_id))
			out->members[kept++] = out->members[i];
	out->members_count = kept;
	if (!owner && !kept)
		return fail(c, ST_FORBIDDEN, NULL, "only the owner sees the members of image %s",
			    image.id);
	return ST_OK;
}

static enum status found(struct call *c, const struct image_member_key *in, struct image *image,
			 struct image_member *out)
{
	enum status st = image_seen(c, in->image_id, image);

	if (!st && !image_owned(c, image) && !str_eq(in->member_id, c->actor.project_id))
		return no_member(c, in->image_id, in->member_id);
	if (!st)
		st = image_member_read(c, in->image_id, in->member_id, out);
	return st == ST_NOT_FOUND && !*c->problem ? no_member(c, in->image_id, in->member_id) : st;
}

enum status image_member_show(struct call *c, const struct image_member_key *in,
			      struct image_member *out)
{
	struct image image;

	return found(c, in, &image, out);
}

enum status image_member_answer(struct call *c, const struct image_member_answer *in,
				struct image_member *out)
{
	const struct image_member_key key = { in->image_id, in->member_id };
	struct image image;
	struct image_member now = { 0 }, next;
	enum status st = found(c, &key, &image, &now);

	/* Who shares cannot accept in the place of who is to receive. */
	if (!st && !c->actor.is_admin && !str_eq(now.member_id, c->actor.project_id))
		st = fail(c, ST_FORBIDDEN, "member_id",
			  "only VDC %s itself accepts or rejects the image", now.member_id);
	if (st)
		return st;
	next = now;
	next.status = in->status;
	next.updated_at = c->now_at;
	st = image_member_update(c, &next);
	if (!st)
		st = changed(c, &now, &next);
	*out = next;
	return st;
}

enum status image_member_drop(struct call *c, const struct image_member_key *in,
			      struct nothing *out)
{
	struct image image = { 0 };
	struct image_member now = { 0 };
	enum status st = image_changeable(c, in->image_id, &image);

	(void)out;
	if (!st)
		st = found(c, in, &image, &now);
	if (!st)
		st = image_member_delete(c, now.image_id, now.member_id);
	return st ? st : changed(c, &now, NULL);
}
