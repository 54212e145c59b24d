/* SPDX-License-Identifier: Apache-2.0 */
/* The list of assignments, as given or in effect. In effect means: groups taken apart into their members,
 * inherited grants brought down to the VDCs below, implied roles added. */
#include "door/identity/identity_roles.h"
#include "door/identity/identity_scopes.h"

static void add(struct call *c, struct assignment_list *list, const struct assignment *a)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct assignment *more = arena_array(c->arena, room, sizeof *more);
		if (list->count)
			memcpy(more, list->list, list->count * sizeof *more);
		list->list = more;
		list->room = room;
	}
	list->list[list->count++] = *a;
}

/* The places that the asker named: one, with 'below' what stands under it too. */
static bool place_fits(const struct assignment_ask *in, const struct assignment *a)
{
	const char *id = in->project_id ? in->project_id : in->domain_id;

	if (in->system)
		return !a->project_id;
	if (!id)
		return true;
	if (str_eq(a->project_id, id))
		return true;
	return in->include_subtree_given && a->path && path_holds(a->path, id);
}

static bool fits(const struct assignment_ask *in, const struct assignment *a)
{
	return place_fits(in, a) && (!in->user_id || str_eq(in->user_id, a->user_id)) &&
	       (!in->group_id || str_eq(in->group_id, a->group_id)) &&
	       (!in->role_id || str_eq(in->role_id, a->role_id)) &&
	       (!in->inherited_to || a->inherited);
}

static bool visible(struct call *c, const struct assignment *a)
{
	struct project p = { .id = a->project_id,
			     .is_domain = a->is_domain,
			     .domain_id = a->target_domain_id,
			     .path = a->path };

	return reach_all(c) || (a->project_id && reach_project(c, &p));
}

/* --- in effect --- */

/* The asker's question, and what each step hands to the next. */
struct expansion {
	const struct assignment_ask *ask;
	const struct known *known;
	struct assignment_list *out;
};

static void with_implied(struct call *c, struct expansion *x, struct assignment a)
{
	const struct known_role *r = known_role(x->known, a.role_id);

	for (size_t i = 0; r && i < r->reach_count; i++) {
		const struct known_role *each = &x->known->roles[r->reach[i]];
		struct assignment one = a;
		/* As in tokens, a domain's own role shows by what it implies. */
		if (each->domain_id)
			continue;
		one.role_id = each->id;
		one.role_name = each->name;
		one.role_domain_id = NULL;
		one.from_role_id = each == r ? NULL : r->id;
		if (fits(x->ask, &one) && visible(c, &one))
			add(c, x->out, &one);
	}
}

static enum status with_places(struct call *c, struct expansion *x, struct assignment a)
{
	struct project *below;
	size_t n = 0;
	enum status st;

	if (!a.inherited) {
		with_implied(c, x, a);
		return ST_OK;
	}
	st = project_subtree(c, a.project_id, &below, &n);
	a.from_target = a.project_id;
	a.target_domain_name = a.target_domain_name ? a.target_domain_name : a.target_name;
	for (size_t i = 0; !st && i < n; i++) {
		a.project_id = below[i].id;
		a.is_domain = false;
		a.path = below[i].path;
		a.target_name = below[i].name;
		a.target_domain_id = below[i].domain_id;
		with_implied(c, x, a);
	}
	return st;
}

static enum status with_members(struct call *c, struct expansion *x, struct assignment a)
{
	struct member_row *members;
	size_t n = 0;
	enum status st;

	if (a.user_id)
		return with_places(c, x, a);
	st = members_of(c, a.group_id, &members, &n);
	a.from_group_id = a.group_id;
	a.group_id = NULL;
	for (size_t i = 0; !st && i < n; i++) {
		a.user_id = members[i].user_id;
		a.actor_name = members[i].name;
		a.actor_domain_id = members[i].domain_id;
		a.actor_domain_name = members[i].domain_name;
		if (!x->ask->user_id || str_eq(x->ask->user_id, a.user_id))
			st = with_places(c, x, a);
	}
	return st;
}

/* --- which rows to begin with --- */

/* In effect, a place's assignments may stand on any of its ancestors. */
static enum status read_place(struct call *c, const char *id, bool effective,
			      struct assignment **out, size_t *count)
{
	struct project p;
	struct assignment_list all = { 0 };
	enum status st;

	if (!effective)
		return assignments_by_target(c, id, out, count);
	st = project_get(c, id, &p);
	struct words ids = st ? (struct words){ 0 } : words_split(c->arena, p.path, '/');
	for (size_t i = 0; !st && i < ids.count; i++) {
		struct assignment *some;
		size_t n;
		st = assignments_by_target(c, ids.list[i], &some, &n);
		for (size_t k = 0; !st && k < n; k++)
			add(c, &all, &some[k]);
	}
	*out = all.list;
	*count = all.count;
	return st;
}

static enum status read_rows(struct call *c, const struct assignment_ask *in,
			     struct assignment **out, size_t *count)
{
	const char *place = in->project_id ? in->project_id : in->domain_id;

	if (in->user_id)
		return in->effective_given ? assignments_by_user(c, in->user_id, out, count)
					   : assignments_by_actor(c, in->user_id, out, count);
	if (in->group_id)
		return assignments_by_actor(c, in->group_id, out, count);
	if (in->system)
		return assignments_by_target(c, "system", out, count);
	if (place && !in->include_subtree_given)
		return read_place(c, place, in->effective_given, out, count);
	return assignments_every(c, out, count);
}

/* "effective" alone, or with any value but a no, is a yes. */
static bool is_yes(const char *value)
{
	return !(str_eq(value, "0") || str_case_eq(value, "false") || str_case_eq(value, "no"));
}

static enum status check_ask(struct call *c, const struct assignment_ask *in)
{
	if ((in->user_id && in->group_id) || !!in->project_id + !!in->domain_id + !!in->system > 1)
		return fail(c, ST_BAD_INPUT, NULL, "ask for one actor and one scope at most");
	if (in->effective_given && in->group_id)
		return fail(c, ST_BAD_INPUT, "group.id", "no group is left in effect");
	if (in->include_subtree_given && !in->project_id)
		return fail(c, ST_BAD_INPUT, "include_subtree", "needs scope.project.id");
	return ST_OK;
}

enum status assignment_all(struct call *c, const struct assignment_ask *asked,
			   struct assignment_list *out)
{
	struct assignment_ask in = *asked;
	struct expansion x = { .ask = &in, .out = out };
	struct assignment *rows;
	size_t n = 0;
	enum status st;

	in.effective_given = asked->effective_given && is_yes(asked->effective);
	in.include_names_given = asked->include_names_given && is_yes(asked->include_names);
	in.include_subtree_given = asked->include_subtree_given && is_yes(asked->include_subtree);
	out->names = in.include_names_given;
	out->effective = in.effective_given;
	st = check_ask(c, &in);
	if (!st)
		st = known_take(c, &x.known);
	if (!st)
		st = read_rows(c, &in, &rows, &n);
	for (size_t i = 0; !st && i < n; i++) {
		if (in.effective_given)
			st = with_members(c, &x, rows[i]);
		else if (fits(&in, &rows[i]) && visible(c, &rows[i]))
			add(c, out, &rows[i]);
	}
	return st;
}
