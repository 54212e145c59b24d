/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of departments (domains) and VDCs (projects). */
#include "door/identity/identity_scopes.h"

static void project_link(struct call *c, struct json_out *j, const void *obj)
{
	write_self_link(c, j, "projects", ((const struct project *)obj)->id);
}

static void domain_link(struct call *c, struct json_out *j, const void *obj)
{
	write_self_link(c, j, "domains", ((const struct project *)obj)->id);
}

void project_list_links(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	write_list_links(c, j, "projects");
}

void domain_list_links(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	write_list_links(c, j, "domains");
}

#define TEXT_MAX 4096
#define OPTIONS_MAX 16384
#define EXTRA_MAX 65536

const struct field project_wire[] = { F_STR(project, id, 0, 0),
				      F_STR(project, name, 0, 0),
				      F_STR(project, domain_id, 0, NULLABLE),
				      F_STR(project, description, 0, EMPTY_OK),
				      F_BOOL(project, enabled, 0),
				      F_STR(project, parent_id, 0, NULLABLE),
				      F_BOOL(project, is_domain, 0),
				      F_STRS(project, tags, 0, 0),
				      F_JSON(project, options, 0, 0),
				      F_VIEW("links", project_link),
				      F_REST(project, extra, 0),
				      F_END };
const struct field domain_wire[] = { F_STR(project, id, 0, 0),
				     F_STR(project, name, 0, 0),
				     F_STR(project, description, 0, EMPTY_OK),
				     F_BOOL(project, enabled, 0),
				     F_STRS(project, tags, 0, 0),
				     F_JSON(project, options, 0, 0),
				     F_VIEW("links", domain_link),
				     F_REST(project, extra, 0),
				     F_END };

static const struct field project_create_wire[] = {
	F_STR(project, name, NAME_MAX_PROJECT, 0),
	F_STR(project, domain_id, 64, OPT | NULLABLE),
	F_STR(project, parent_id, 64, OPT | NULLABLE),
	F_STR(project, description, TEXT_MAX, OPT | NULLABLE | EMPTY_OK),
	F_BOOL(project, enabled, OPT, TELLS(project, enabled)),
	F_BOOL(project, is_domain, OPT),
	F_STRS(project, tags, 0, OPT),
	F_JSON(project, options, OPTIONS_MAX, OPT),
	F_REST(project, extra, EXTRA_MAX),
	F_END
};
static const struct field project_change_wire[] = {
	F_STR(project, id, 255, FROM_PATH),
	F_STR(project, name, NAME_MAX_PROJECT, OPT, TELLS(project, name)),
	F_STR(project, domain_id, 64, OPT | NULLABLE, TELLS(project, domain_id)),
	F_STR(project, parent_id, 64, OPT | NULLABLE, TELLS(project, parent_id)),
	F_STR(project, description, TEXT_MAX, OPT | NULLABLE | EMPTY_OK,
	      TELLS(project, description)),
	F_BOOL(project, enabled, OPT, TELLS(project, enabled)),
	F_BOOL(project, is_domain, OPT, TELLS(project, is_domain)),
	F_STRS(project, tags, 0, OPT, TELLS(project, tags)),
	F_JSON(project, options, OPTIONS_MAX, OPT, TELLS(project, options)),
	F_REST(project, extra, EXTRA_MAX),
	F_END
};
static const struct field domain_create_wire[] = {
	F_STR(project, name, NAME_MAX_PROJECT, 0),
	F_STR(project, description, TEXT_MAX, OPT | NULLABLE | EMPTY_OK),
	F_BOOL(project, enabled, OPT, TELLS(project, enabled)),
	F_STRS(project, tags, 0, OPT),
	F_JSON(project, options, OPTIONS_MAX, OPT),
	F_REST(project, extra, EXTRA_MAX),
	F_END
};
static const struct field domain_change_wire[] = {
	F_STR(project, id, 255, FROM_PATH),
	F_STR(project, name, NAME_MAX_PROJECT, OPT, TELLS(project, name)),
	F_STR(project, description, TEXT_MAX, OPT | NULLABLE | EMPTY_OK,
	      TELLS(project, description)),
	F_BOOL(project, enabled, OPT, TELLS(project, enabled)),
	F_STRS(project, tags, 0, OPT, TELLS(project, tags)),
	F_JSON(project, options, OPTIONS_MAX, OPT, TELLS(project, options)),
	F_REST(project, extra, EXTRA_MAX),
	F_END
};

#define ASKED (OPT | FROM_QUERY)
static const struct field project_ask_wire[] = {
	F_STR(project_ask, user_id, 255, OPT | FROM_PATH),
	F_STR(project_ask, domain_id, 255, ASKED, TELLS(project_ask, domain_id)),
	F_STR(project_ask, name, 255, ASKED | EMPTY_OK, TELLS(project_ask, name)),
	F_STR(project_ask, parent_id, 255, ASKED, TELLS(project_ask, parent_id)),
	F_BOOL(project_ask, enabled, ASKED | LOOSE, TELLS(project_ask, enabled)),
	F_BOOL(project_ask, is_domain, ASKED | LOOSE, TELLS(project_ask, is_domain)),
	F_STRS(project_ask, tags, 0, ASKED),
	F_STRS_AS("tags-any", project_ask, tags_any, 0, ASKED),
	F_STRS_AS("not-tags", project_ask, not_tags, 0, ASKED),
	F_STRS_AS("not-tags-any", project_ask, not_tags_any, 0, ASKED),
	F_END
};
const struct field project_list_wire[] = { F_LIST(project_list, projects, project, project_wire, 0,
						  0),
					   F_VIEW("links", project_list_links), F_END };
static const struct field domain_list_wire[] = { F_LIST_AS("domains", project_list, projects,
							   project, domain_wire, 0, 0),
						 F_VIEW("links", domain_list_links), F_END };

/* --- one project, with its ancestors and what stands below --- */

static void write_projects(struct call *c, struct json_out *j, const struct project *list, size_t n)
{
	json_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(j);
		json_key(j, "project");
		shape_write_json(c, project_wire, j, &list[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

/* {"parent": {"its parent": null}}, nearest first. */
static void write_parent_ids(struct json_out *j, const struct project *list, size_t n)
{
	if (!n) {
		json_nil(j);
		return;
	}
	json_object_begin(j);
	json_key(j, list[0].id);
	write_parent_ids(j, list + 1, n - 1);
	json_object_end(j);
}

static void write_subtree_ids(struct json_out *j, const char *id, const struct project *list,
			      size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(list[i].parent_id, id))
			continue;
		if (!any)
			json_object_begin(j);
		any = true;
		json_key(j, list[i].id);
		write_subtree_ids(j, list[i].id, list, n);
	}
	if (any)
		json_object_end(j);
	else
		json_nil(j);
}

static void write_shown(struct call *c, struct json_out *j, const void *obj)
{
	const struct project_shown *o = obj;

	json_object_begin(j);
	shape_write_members(c, project_wire, j, &o->project);
	if (o->parents_list || o->parents_ids) {
		json_key(j, "parents");
		if (o->parents_list)
			write_projects(c, j, o->parents, o->parents_count);
		else
			write_parent_ids(j, o->parents, o->parents_count);
	}
	if (o->subtree_list || o->subtree_ids) {
		json_key(j, "subtree");
		if (o->subtree_list)
			write_projects(c, j, o->subtree, o->subtree_count);
		else
			write_subtree_ids(j, o->project.id, o->subtree, o->subtree_count);
	}
	json_object_end(j);
}
static const struct field project_shown_wire[] = { F_VIEW("project", write_shown), F_END };
static const struct field project_show_wire[] = {
	F_STR(project_show, id, 255, FROM_PATH),
	F_STR(project_show, parents_as_list, 8, ASKED | EMPTY_OK,
	      TELLS(project_show, parents_as_list)),
	F_STR(project_show, parents_as_ids, 8, ASKED | EMPTY_OK,
	      TELLS(project_show, parents_as_ids)),
	F_STR(project_show, subtree_as_list, 8, ASKED | EMPTY_OK,
	      TELLS(project_show, subtree_as_list)),
	F_STR(project_show, subtree_as_ids, 8, ASKED | EMPTY_OK,
	      TELLS(project_show, subtree_as_ids)),
	F_END
};

/* --- tags --- */

static void tag_links(struct call *c, struct json_out *j, const void *obj)
{
	const struct tag_list *o = obj;

	write_list_links(c, j, arena_printf(c->arena, "projects/%s/tags", o->id));
}
static const struct field tags_set_wire[] = { F_STR(tag_list, id, 255, FROM_PATH),
					      F_STRS(tag_list, tags, 0, 0), F_END };
static const struct field tag_list_wire[] = { F_STRS(tag_list, tags, 0, 0),
					      F_VIEW("links", tag_links), F_END };

ACT(project_create, project, project)
ACT(project_change, project, project)
ACT(project_delete, key, nothing)
ACT(project_show, project_show, project_shown)
ACT(project_all, project_ask, project_list)
ACT(user_projects, project_ask, project_list)
ACT(tags_show, key, tag_list)
ACT(tags_set, tag_list, tag_list)
ACT(tags_clear, key, nothing)
ACT(tag_add, key, nothing)
ACT(tag_check, key, nothing)
ACT(tag_remove, key, nothing)
ACT(domain_create, project, project)
ACT(domain_change, project, project)
ACT(domain_delete, key, nothing)
ACT(domain_show, key, project)
ACT(domain_all, project_ask, project_list)

#define MANAGE "identity.project.manage"

const struct route identity_project_routes[] = {
	ROUTE_SHAPED("POST", "/v3/domains", "identity.domain.manage", domain_create, project,
		     domain_create_wire, project, domain_wire, .in_wrap = "domain",
		     .out_wrap = "domain", .success = 201, .name = "identity.domain.create",
		     .help = "Makes a department."),
	ROUTE_SHAPED("GET", "/v3/domains", "identity.domain.list", domain_all, project_ask,
		     project_ask_wire, project_list, domain_list_wire, .flags = ROUTE_READS,
		     .success = 200, .name = "identity.domain.list", .help = "Lists departments."),
	ROUTE_SHAPED("GET", "/v3/domains/{id}", MAY_SIGNED_IN, domain_show, key, key_wire, project,
		     domain_wire, .out_wrap = "domain", .flags = ROUTE_READS, .success = 200,
		     .name = "identity.domain.show", .help = "Shows a department."),
	ROUTE_SHAPED("PATCH", "/v3/domains/{id}", "identity.domain.manage", domain_change, project,
		     domain_change_wire, project, domain_wire, .in_wrap = "domain",
		     .out_wrap = "domain", .success = 200, .name = "identity.domain.change",
		     .help = "Changes a department."),
	ROUTE("DELETE", "/v3/domains/{id}", "identity.domain.manage", 0, domain_delete, key,
	      nothing, .success = 204, .name = "identity.domain.delete",
	      .help = "Removes a disabled department with all that it owns."),
	ROUTE_SHAPED("POST", "/v3/projects", MANAGE, project_create, project, project_create_wire,
		     project, project_wire, .in_wrap = "project", .out_wrap = "project",
		     .success = 201, .name = "identity.project.create", .help = "Makes a VDC."),
	ROUTE("GET", "/v3/projects", "identity.project.list", 0, project_all, project_ask,
	      project_list, .flags = ROUTE_READS, .success = 200, .name = "identity.project.list",
	      .help = "Lists VDCs."),
	ROUTE("GET", "/v3/projects/{id}", MAY_SIGNED_IN, 0, project_show, project_show,
	      project_shown, .flags = ROUTE_READS, .success = 200, .name = "identity.project.show",
	      .help = "Shows a VDC."),
	ROUTE_SHAPED("PATCH", "/v3/projects/{id}", MANAGE, project_change, project,
		     project_change_wire, project, project_wire, .in_wrap = "project",
		     .out_wrap = "project", .success = 200, .name = "identity.project.change",
		     .help = "Changes a VDC."),
	ROUTE("DELETE", "/v3/projects/{id}", MANAGE, 0, project_delete, key, nothing,
	      .success = 204, .name = "identity.project.delete", .help = "Removes a VDC."),
	ROUTE("GET", "/v3/users/{user_id}/projects", MAY_SIGNED_IN, 0, user_projects, project_ask,
	      project_list, .flags = ROUTE_READS, .success = 200, .name = "identity.user.projects",
	      .help = "Lists the VDCs where a user holds a role."),
	ROUTE("GET", "/v3/projects/{id}/tags", "identity.project.list", 0, tags_show, key, tag_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.project.tags",
	      .help = "Lists a VDC's tags."),
	ROUTE_SHAPED("PUT", "/v3/projects/{id}/tags", MANAGE, tags_set, tag_list, tags_set_wire,
		     tag_list, tag_list_wire, .success = 200, .name = "identity.project.tags.set",
		     .help = "Sets all tags of a VDC."),
	ROUTE("DELETE", "/v3/projects/{id}/tags", MANAGE, 0, tags_clear, key, nothing,
	      .success = 204, .name = "identity.project.tags.clear",
	      .help = "Takes all tags off a VDC."),
	ROUTE("PUT", "/v3/projects/{id}/tags/{tag}", MANAGE, 0, tag_add, key, nothing,
	      .success = 201, .name = "identity.project.tag.add", .help = "Puts a tag on a VDC."),
	ROUTE("GET", "/v3/projects/{id}/tags/{tag}", "identity.project.list", 0, tag_check, key,
	      nothing, .flags = ROUTE_READS, .success = 204, .name = "identity.project.tag.check",
	      .help = "Tells whether a VDC has a tag."),
	ROUTE("HEAD", "/v3/projects/{id}/tags/{tag}", "identity.project.list", 0, tag_check, key,
	      nothing, .flags = ROUTE_READS, .success = 204, .name = "identity.project.tag.head",
	      .help = "Tells whether a VDC has a tag."),
	ROUTE("DELETE", "/v3/projects/{id}/tags/{tag}", MANAGE, 0, tag_remove, key, nothing,
	      .success = 204, .name = "identity.project.tag.remove",
	      .help = "Takes a tag off a VDC."),
	{ 0 }
};
