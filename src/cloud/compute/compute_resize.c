/* SPDX-License-Identifier: Apache-2.0 */
/* Another size for a server, on the host where it stands, and the way back. Until it is confirmed the
 * host promises the larger of both sizes, and the guest's disk can be put back as it was. */
#include "base/text.h"
#include "cloud/compute/compute_change.h"
#include "door/audit/audit.h"

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static enum status check_flavor(struct call *c, const struct server *s, const struct flavor *f)
{
	if (str_eq(f->id, s->flavor.id))
		return fail(c, ST_BAD_INPUT, "flavorRef",
			    "When resizing, instances must change flavor!");
	if (f->disk < s->flavor.disk || (!s->flavor.disk && f->disk))
		return fail(c, ST_BAD_INPUT, "flavorRef",
			    "Resize error: the disk of flavor %s has %lld GB; a disk is not made "
			    "smaller than it is (%lld GB)",
			    f->name, (long long)f->disk, (long long)s->flavor.disk);
	if (f->ephemeral < s->flavor.ephemeral || f->swap < s->flavor.swap)
		return fail(c, ST_BAD_INPUT, "flavorRef",
			    "Resize error: the ephemeral or swap disk of flavor %s is smaller than "
			    "the server's; a disk is not made smaller than it is",
			    f->name);
	return ST_OK;
}

/* Quota and promise for the new size. */
static enum status take_room(struct call *c, const struct server *s, const struct flavor *f)
{
	const struct flavor *old = &s->flavor;
	const char *why = NULL;
	enum status st = quota_use(c, s, 0, f->vcpus - old->vcpus, f->ram - old->ram);
	if (!st)
		st = pool_change(c, s->id, larger(f->vcpus, old->vcpus), larger(f->ram, old->ram),
				 larger(flavor_room(f), flavor_room(old)), &why);
	if (!st && why)
		return fail(c, ST_BAD_INPUT, "flavorRef", "%s", why);
	return st;
}

enum status server_resize(struct call *c, const struct server_resize *in, void *out)
{
	struct server s, before;
	struct flavor f = { 0 };
	(void)out;
	enum status st =
		server_may(c, in->server_id, "resize", 1U << VM_ACTIVE | 1U << VM_STOPPED, &s);
	if (st)
		return st;
	st = flavor_find(c, in->flavorRef, &f);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, ST_BAD_INPUT, "flavorRef", "Flavor %s could not be found.",
			    in->flavorRef);
	}
	if (!st)
		st = check_flavor(c, &s, &f);
	if (!st)
		st = take_room(c, &s, &f);
	if (st)
		return st;
	before = s;
	s.old_flavor = s.flavor;
	s.flavor = f;
	s.disk_config = in->disk_config_given ? in->disk_config : s.disk_config;
	return server_begin(c, &before, &s, "resize", TASK_RESIZING);
}

enum status server_confirm(struct call *c, const struct server_key *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_may(c, in->server_id, "confirmResize", 1U << VM_RESIZED, &s);
	before = s;
	return st ? st : server_begin(c, &before, &s, "confirmResize", TASK_CONFIRMING);
}

enum status server_revert(struct call *c, const struct server_key *in, void *out)
{
	struct server s, before;
	(void)out;
	enum status st = server_may(c, in->server_id, "revertResize", 1U << VM_RESIZED, &s);
	before = s;
	return st ? st : server_begin(c, &before, &s, "revertResize", TASK_REVERTING);
}

enum status server_shrink_back(struct call *c, struct server *s)
{
	const struct flavor now = s->flavor, old = s->old_flavor;
	const char *why = NULL;
	if (!old.id)
		return ST_OK;
	/* Going back never fails for a quota that was lowered in the meantime. */
	const struct quota less = { 0, old.vcpus - now.vcpus, old.ram - now.ram };
	enum status st = usage_add(c, s->project_id, &less);
	if (!st)
		st = pool_change(c, s->id, old.vcpus, old.ram, flavor_room(&old), &why);
	if (!st && why)
		return fail(c, ST_INTERNAL, NULL, "%s", why);
	s->flavor = old;
	s->old_flavor = (struct flavor){ 0 };
	return st;
}
