/* SPDX-License-Identifier: Apache-2.0 */
/* Rescuing a server whose system does not start any more: it starts from another image, or from its own as
 * that was, with its disk as the second, so that somebody can mend it; and the way back. */
#include "base/text.h"
#include "cloud/compute/compute_change.h"
#include "cloud/image/image.h"

/* A rescue disk is as large as its image: the flavor's disk does not bound it. */
static enum status take_image(struct call *c, const struct server_rescue *in, struct server *s)
{
	struct flavor flavor = s->flavor;
	struct image image = { 0 };

	if (!in->image)
		return ST_OK;
	flavor.disk = 0;
	enum status st = server_take_image(c, in->image, &flavor, &image);
	if (st && str_eq(c->problem_at, "imageRef"))
		c->problem_at = "rescue_image_ref";
	if (!st)
		st = server_take_bytes(c, &image);
	if (st)
		return st;
	s->next_sha256 = image.sha256;
	s->next_format = image.disk_format;
	return ST_OK;
}

enum status server_rescue(struct call *c, const struct server_rescue *in,
			  struct server_rescued *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_may(c, in->server_id, "rescue",
				    1U << VM_ACTIVE | 1U << VM_STOPPED | 1U << VM_ERROR, &s);
	if (st)
		return st;
	before = s;
	st = take_image(c, in, &s);
	return st ? st : server_begin(c, &before, &s, "rescue", TASK_RESCUING);
}

enum status server_unrescue(struct call *c, const struct server_key *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_may(c, in->server_id, "unrescue", 1U << VM_RESCUED, &s);
	before = s;
	return st ? st : server_begin(c, &before, &s, "unrescue", TASK_UNRESCUING);
}

enum status server_next_over(struct call *c, struct server *s)
{
	enum status st = s->next_sha256 ? file_drop(c, s->next_sha256) : ST_OK;

	if (!st)
		s->next_sha256 = s->next_format = NULL;
	return st;
}

void plan_rescue(struct call *c, const struct plan *p, struct guest *g)
{
	const struct server *s = &p->server;

	g->rescue = s->next_sha256 ? files_path(c, house_of(c)->files, s->next_sha256) : g->base;
	g->rescue_format = s->next_sha256 ? s->next_format : g->base_format;
}
