/* SPDX-License-Identifier: Apache-2.0 */
/* The first rows of a house: domain, roles, catalogue, and the first people with passwords that are
 * printed once and kept nowhere. All in one transaction. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/identity/identity_init.h"
#include "door/identity/identity_people.h"
#include "door/identity/identity_roles.h"
#include "door/identity/identity_scopes.h"
#include "door/identity/password.h"

#define REGION "RegionOne"

static const struct {
	const char *name;
	unsigned built_in;
	const char *implies; /* or NULL */
	const char *description;
} first_roles[] = {
	{ "reader", ROLE_READER, NULL, "Sees what stands in a VDC." },
	{ "member", ROLE_MEMBER, "reader", "Uses a VDC." },
	{ "vdc_admin", ROLE_VDC_ADMIN, "member", "VDC 管理员: manages a VDC and who works in it." },
	{ "department_admin", ROLE_DEPARTMENT_ADMIN, NULL,
	  "单位管理员: manages a department's people and VDCs." },
	{ "data_steward", ROLE_DATA_STEWARD, NULL,
	  "数据管理员: writes and reviews a department's data catalogue." },
	{ "item_editor", ROLE_ITEM_EDITOR, NULL,
	  "事项管理员: writes and submits a department's service items." },
	{ "item_approver", ROLE_ITEM_APPROVER, NULL,
	  "事项审核员: publishes, suspends and withdraws what others of the department submitted." },
	{ "window_clerk", ROLE_WINDOW_CLERK, NULL,
	  "窗口人员: enters applications for the people who come to the window." },
	{ "case_clerk", ROLE_CASE_CLERK, NULL,
	  "受理人员: receives the applications to the department's service items." },
	{ "service", ROLE_SERVICE, NULL, "A program of the cloud." },
	{ "system_admin", ROLE_SYSTEM_ADMIN, NULL, "系统管理员: one of three." },
	{ "security_admin", ROLE_SECURITY_ADMIN, NULL, "安全管理员: one of three." },
	{ "audit_admin", ROLE_AUDIT_ADMIN, NULL, "审计管理员: one of three." },
	{ "admin", ROLE_ADMIN, "member", "OpenStack's administrator: may do everything." },
};

static const struct {
	const char *type, *name, *url;
} first_services[] = {
	{ "identity", "keystone", "$(base)s/identity" },
	{ "compute", "nova", "$(base)s/compute/v2.1" },
	{ "image", "glance", "$(base)s/image" },
	{ "network", "neutron", "$(base)s/network" },
};

static const struct {
	const char *name, *role;
} trio[] = { { "sysadmin", "system_admin" },
	     { "secadmin", "security_admin" },
	     { "auditadmin", "audit_admin" } };

enum { PEOPLE_MAX = 3 };

struct first {
	const char *profile;
	bool openstack;
	const char *passwords[PEOPLE_MAX], *hashes[PEOPLE_MAX];
};

static enum status make_roles(struct call *c, bool openstack)
{
	struct role_row made[sizeof first_roles / sizeof *first_roles];
	size_t n = sizeof first_roles / sizeof *first_roles;

	for (size_t i = 0; i < n; i++) {
		if (first_roles[i].built_in == ROLE_ADMIN && !openstack)
			continue;
		const struct role_row role = { .name = first_roles[i].name,
					       .description = first_roles[i].description,
					       .built_in = first_roles[i].built_in };
		enum status st = role_make(c, &role, &made[i]);
		for (size_t k = 0; !st && first_roles[i].implies && k < i; k++)
			if (str_eq(first_roles[k].name, first_roles[i].implies))
				st = inference_make(c, made[i].id, made[k].id);
		if (st)
			return st;
	}
	return ST_OK;
}

static enum status make_catalog(struct call *c)
{
	static const char *const interfaces[] = { "public", "internal", "admin" };
	enum status st = first_region_put(c, REGION);

	for (size_t i = 0; !st && i < sizeof first_services / sizeof *first_services; i++) {
		const char *id = id_new_hex(c->arena);
		st = first_service_put(c, id, first_services[i].type, first_services[i].name);
		for (size_t k = 0; !st && k < 3; k++)
			st = first_endpoint_put(c, id, REGION, interfaces[k],
						first_services[i].url);
	}
	return st ? st : known_stale(c);
}

static enum status give(struct call *c, const char *user_id, const char *role,
			const char *project_id)
{
	const struct known *k;
	enum status st = known_take(c, &k);

	if (st)
		return st;
	const struct grant g = { .actor = user_id,
				 .user_id = user_id,
				 .target = project_id ? project_id : "system",
				 .project_id = project_id,
				 .role_id = known_role_named(k, role)->id };
	return grant_write(c, &g);
}

static enum status make_trio(struct call *c, const struct first *f)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < 3; i++) {
		const struct user asked = { .name = trio[i].name,
					    .domain_id = "default",
					    .password = f->passwords[i],
					    .password_hash = f->hashes[i] };
		struct user made;
		st = user_make(c, &asked, &made);
		if (!st)
			st = give(c, made.id, trio[i].role, NULL);
	}
	return st ? st : trio_keep(c, NULL, NULL);
}

static enum status make_admin(struct call *c, const struct first *f)
{
	const struct project asked = { .name = "admin",
				       .domain_id = "default",
				       .description = "The cloud's own project." };
	const struct project service = { .name = "service", .domain_id = "default" };
	struct user user = { .name = "admin",
			     .domain_id = "default",
			     .password = f->passwords[0],
			     .password_hash = f->hashes[0] };
	struct project project, other;
	struct user made;
	enum status st = project_make(c, &asked, &project);

	if (!st)
		st = project_make(c, &service, &other);
	user.default_project_id = project.id;
	if (!st)
		st = user_make(c, &user, &made);
	if (!st)
		st = give(c, made.id, "admin", project.id);
	if (!st)
		st = give(c, made.id, "admin", "default");
	return st ? st : give(c, made.id, "admin", NULL);
}

static enum status make_house(struct call *c, const void *first, void *out)
{
	const struct first *f = first;
	const struct project domain = { .id = "default",
					.name = "Default",
					.description = "The default domain" };
	struct project made;

	(void)out;
	audit_begin(c);
	enum status st = house_put(c, f->profile);
	if (st == ST_CONFLICT)
		return fail(c, st, NULL, "there is a house in this database already");
	if (!st)
		st = domain_make(c, &domain, &made);
	if (!st)
		st = make_roles(c, f->openstack);
	if (!st)
		st = make_catalog(c);
	if (!st)
		st = f->openstack ? make_admin(c, f) : make_trio(c, f);
	audit_subject(c, "house", f->profile);
	return st ? st : audit_write(c, "identity.init");
}

static enum status make_passwords(struct call *c, struct first *f, const char *password, size_t n)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < n; i++) {
		f->passwords[i] = password ? password : password_random(c);
		st = password_hash(c, f->passwords[i], &f->hashes[i]);
	}
	return st;
}

enum status identity_init(struct call *c, struct house *h, const char *profile,
			  const char *password, struct buf *passwords)
{
	struct first f = { .profile = profile, .openstack = str_eq(profile, "openstack") };
	bool opened = !identity.tokens;
	char none;
	enum status st = opened ? identity_open(c, h, true) : ST_OK;

	if (!st)
		st = make_passwords(c, &f, f.openstack ? password : NULL, f.openstack ? 1 : 3);
	if (!st)
		st = db_write(c, h->db, make_house, &f, &none, sizeof none);
	if (opened)
		identity_close();
	for (size_t i = 0; !st && i < (f.openstack ? 1 : 3); i++)
		buf_printf(passwords, "%s %s\n", f.openstack ? "admin" : trio[i].name,
			   f.passwords[i]);
	return st;
}

enum status identity_rotate_keys(struct call *c, struct house *h)
{
	/* Three keys: one to come, one in use, one whose tokens are still about. A token's life is
	 * shorter than the time between two rotations, or it ends early. */
	return fernet_rotate(c, arena_printf(c->arena, "%s/keys/fernet", h->config->server.data),
			     3);
}
