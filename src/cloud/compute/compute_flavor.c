/* SPDX-License-Identifier: Apache-2.0 */
/* Flavors 规格: the rules. A flavor that is not public may be used by the VDCs that it was given to. */
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_private.h"
#include "door/audit/audit.h"
#include "door/permission.h"

/* As Nova bounds the names of specs. */
static bool spec_named(const char *key)
{
	size_t n = strlen(key);
	return n > 0 && n <= 255 &&
	       strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.: ") ==
		       n;
}

enum { PAGE_MAX = 1000, SPECS_MAX = 128 };

static enum status absent(struct call *c, const char *id)
{
	return fail(c, ST_NOT_FOUND, "flavor_id", "Flavor %s could not be found.", id);
}

static bool given_to(const struct flavor_access *list, size_t count, const char *flavor,
		     const char *project)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].flavor_id, flavor) && str_eq(list[i].tenant_id, project))
			return true;
	return false;
}

enum status flavor_find(struct call *c, const char *id, struct flavor *out)
{
	struct flavor f = { 0 };
	struct flavor_access *list = NULL;
	size_t count = 0;
	enum status st = flavor_read(c, id, &f);
	if (st == ST_NOT_FOUND)
		return absent(c, id);
	if (!st && !f.is_public && !c->actor.is_admin)
		st = flavor_access_rows(c, id, &list, &count);
	if (st)
		return st;
	bool open = f.is_public || c->actor.is_admin ||
		    given_to(list, count, f.id, c->actor.project_id);
	if (!open)
		return absent(c, id);
	*out = f;
	return ST_OK;
}

enum status flavor_show(struct call *c, const struct flavor_key *in, struct flavor *out)
{
	return flavor_find(c, in->flavor_id, out);
}

/* Nova's words for a name or an id: printable, and no space at either end. */
static bool well_named(const char *s)
{
	size_t n = strlen(s);
	return n && s[0] != ' ' && s[n - 1] != ' ';
}

int64_t flavor_room(const struct flavor *f)
{
	return f->disk + f->ephemeral + (f->swap + 1023) / 1024;
}

enum status flavor_create(struct call *c, const struct flavor_create *in, struct flavor *out)
{
	if (in->rxtx_factor_given && !(in->rxtx_factor > 0 && in->rxtx_factor <= 3.4e38))
		return fail(c, ST_BAD_INPUT, "rxtx_factor", "rxtx_factor is more than 0");
	if (!well_named(in->name) || (in->id && !well_named(in->id)))
		return fail(c, ST_BAD_INPUT, "name",
			    "a name begins and ends with something else than a space");
	struct flavor f = {
		.id = in->id && !str_eq(in->id, "auto") ? in->id : id_new(c->arena),
		.name = in->name,
		.description = in->description,
		.vcpus = in->vcpus,
		.ram = in->ram,
		.disk = in->disk,
		.ephemeral = in->ephemeral,
		.swap = in->swap,
		.rxtx_factor = in->rxtx_factor_given ? in->rxtx_factor : 1.0,
		.is_public = in->is_public_given ? in->is_public : true,
		.created_at = c->now_at,
	};
	audit_subject(c, "flavor", f.id);
	enum status st = flavor_insert(c, &f);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Flavor with name %s or ID %s already exists.", f.name,
			    f.id);
	if (!st)
		*out = f;
	return st;
}

/* Which flavors an administrator wants to see. */
enum wanted { WANT_PUBLIC, WANT_PRIVATE, WANT_ALL };

/* Nova takes all of these words for yes and no, and "none" for both. */
static enum status wanted_of(struct call *c, const char *said, enum wanted *out)
{
	static const char *const yes[] = { "1", "t", "true", "on", "y", "yes", NULL };
	static const char *const no[] = { "0", "f", "false", "off", "n", "no", NULL };
	*out = WANT_PUBLIC;
	for (int i = 0; said && yes[i]; i++)
		if (str_case_eq(said, yes[i]))
			return ST_OK;
	*out = WANT_PRIVATE;
	for (int i = 0; said && no[i]; i++)
		if (str_case_eq(said, no[i]))
			return ST_OK;
	*out = said ? WANT_ALL : WANT_PUBLIC;
	if (said && !str_case_eq(said, "none"))
		return fail(c, ST_BAD_INPUT, "is_public", "Invalid is_public filter [%.20s]", said);
	return ST_OK;
}

static bool listed(const struct call *c, const struct flavor_list *in, enum wanted wanted,
		   const struct flavor *f, const struct flavor_access *list, size_t count)
{
	if (f->disk < in->minDisk || f->ram < in->minRam)
		return false;
	if (c->actor.is_admin)
		return wanted == WANT_ALL || f->is_public == (wanted == WANT_PUBLIC);
	return f->is_public || given_to(list, count, f->id, c->actor.project_id);
}

enum status flavor_list(struct call *c, const struct flavor_list *in, struct flavor_page *out)
{
	struct flavor *list;
	struct flavor_access *given;
	size_t count, given_count, kept = 0, first = 0;
	size_t limit = in->limit_given && in->limit < PAGE_MAX ? (size_t)in->limit : PAGE_MAX;
	enum wanted wanted;
	enum status st = wanted_of(c, in->is_public, &wanted);
	if (!st)
		st = flavor_rows(c, &list, &count);
	if (!st)
		st = flavor_access_rows(c, NULL, &given, &given_count);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++)
		if (listed(c, in, wanted, &list[i], given, given_count))
			list[kept++] = list[i];
	if (in->marker) {
		while (first < kept && !str_eq(list[first].id, in->marker))
			first++;
		if (first++ == kept)
			return fail(c, ST_BAD_INPUT, "marker", "marker [%.80s] not found",
				    in->marker);
	}
	out->flavors = list + first;
	out->flavors_count = kept - first < limit ? kept - first : limit;
	if (kept - first > limit && limit)
		out->next = list[first + limit - 1].id;
	return ST_OK;
}

enum status flavor_delete(struct call *c, const struct flavor_key *in, void *out)
{
	struct flavor f = { 0 };
	(void)out;
	enum status st = flavor_find(c, in->flavor_id, &f);
	audit_subject(c, "flavor", in->flavor_id);
	/* Servers keep what they were made with: they hold a copy. */
	return st ? st : flavor_remove(c, f.id);
}

enum status flavor_describe(struct call *c, const struct flavor_describe *in, struct flavor *out)
{
	struct flavor f = { 0 };
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (st)
		return st;
	f.description = in->description;
	st = flavor_save(c, &f);
	if (!st)
		*out = f;
	return st;
}

/* --- extra specs --- */

enum status flavor_specs_show(struct call *c, const struct flavor_key *in, struct flavor_specs *out)
{
	struct flavor f = { 0 };
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (!st)
		out->extra_specs = f.extra_specs;
	return st;
}

static void map_put(struct arena *a, struct map *m, const char *name, const char *value)
{
	for (size_t i = 0; i < m->count; i++)
		if (str_eq(m->list[i].name, name)) {
			m->list[i].value = value;
			return;
		}
	struct map_pair *list = arena_array(a, m->count + 1, sizeof(*list));
	if (m->count)
		memcpy(list, m->list, m->count * sizeof(*list));
	list[m->count] = (struct map_pair){ name, value };
	*m = (struct map){ list, m->count + 1 };
}

enum status flavor_specs_add(struct call *c, const struct flavor_specs *in,
			     struct flavor_specs *out)
{
	struct flavor f = { 0 };
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (st)
		return st;
	for (size_t i = 0; i < in->extra_specs.count; i++)
		if (!spec_named(in->extra_specs.list[i].name))
			return fail(c, ST_BAD_INPUT, "extra_specs",
				    "a spec's name has letters, digits, spaces and _-.:");
	for (size_t i = 0; i < in->extra_specs.count; i++)
		map_put(c->arena, &f.extra_specs, in->extra_specs.list[i].name,
			in->extra_specs.list[i].value);
	if (f.extra_specs.count > SPECS_MAX)
		return fail(c, ST_BAD_INPUT, "extra_specs", "a flavor has at most %d extra specs",
			    SPECS_MAX);
	audit_subject(c, "flavor", f.id);
	st = flavor_save(c, &f);
	out->extra_specs = in->extra_specs;
	return st;
}

enum status flavor_spec_show(struct call *c, const struct flavor_spec *in, struct map_pair *out)
{
	struct flavor f = { 0 };
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (st)
		return st;
	for (size_t i = 0; i < f.extra_specs.count; i++)
		if (str_eq(f.extra_specs.list[i].name, in->key)) {
			*out = f.extra_specs.list[i];
			return ST_OK;
		}
	return fail(c, ST_NOT_FOUND, "key", "Flavor %s has no extra specs with key %s.", f.id,
		    in->key);
}

enum status flavor_spec_drop(struct call *c, const struct flavor_spec *in, void *out)
{
	struct flavor f = { 0 };
	(void)out;
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (st)
		return st;
	for (size_t i = 0; i < f.extra_specs.count; i++)
		if (str_eq(f.extra_specs.list[i].name, in->key)) {
			f.extra_specs.list[i] = f.extra_specs.list[--f.extra_specs.count];
			audit_subject(c, "flavor", f.id);
			return flavor_save(c, &f);
		}
	return fail(c, ST_NOT_FOUND, "key", "Flavor %s has no extra specs with key %s.", f.id,
		    in->key);
}

/* --- who may use it --- */

enum status flavor_access_show(struct call *c, const struct flavor_key *in,
			       struct flavor_accesses *out)
{
	struct flavor f = { 0 };
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (st)
		return st;
	if (f.is_public)
		return fail(c, ST_NOT_FOUND, "flavor_id",
			    "Access list not available for public flavors.");
	return flavor_access_rows(c, f.id, &out->flavor_access, &out->flavor_access_count);
}

enum status flavor_grant(struct call *c, const struct flavor_grant *in, struct flavor_accesses *out)
{
	struct flavor f = { 0 };
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (!st && f.is_public && c->version >= NOVA(2, 7))
		return fail(c, ST_CONFLICT, NULL, "Can not add access to a public flavor.");
	if (!st)
		st = flavor_access_insert(c, f.id, in->tenant);
	if (st == ST_CONFLICT)
		return fail(c, st, "tenant",
			    "Flavor access already exists for flavor %s and project %s.", f.id,
			    in->tenant);
	return st ? st
		  : flavor_access_rows(c, f.id, &out->flavor_access, &out->flavor_access_count);
}

enum status flavor_revoke(struct call *c, const struct flavor_grant *in,
			  struct flavor_accesses *out)
{
	struct flavor f = { 0 };
	int64_t n = 0;
	enum status st = flavor_find(c, in->flavor_id, &f);
	if (!st)
		st = flavor_access_remove(c, f.id, in->tenant, &n);
	if (!st && !n)
		return fail(c, ST_NOT_FOUND, "tenant",
			    "Flavor access not found for flavor %s and project %s.", f.id,
			    in->tenant);
	return st ? st
		  : flavor_access_rows(c, f.id, &out->flavor_access, &out->flavor_access_count);
}
