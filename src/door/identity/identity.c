/* SPDX-License-Identifier: Apache-2.0 */
/* The room: its keys, permissions, routes, what it tidies up and what must hold of its rows. */
#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "door/house.h"
#include "door/identity/identity_init.h"
#include "door/identity/identity_known.h"
#include "door/identity/identity_session.h"
#include "door/module.h"

struct identity identity;

static enum status make_folder(struct call *c, const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		return fail(c, ST_INTERNAL, NULL, "cannot make the folder %s: %s", path,
			    strerror(errno));
	return ST_OK;
}

enum status identity_open(struct call *c, struct house *h, bool make)
{
	const char *keys = arena_printf(c->arena, "%s/keys", h->config->server.data);
	char why[512] = "";
	enum status st = make ? make_folder(c, keys) : ST_OK;

	if (st)
		return st;
	if (sodium_init() < 0)
		return fail(c, ST_INTERNAL, NULL, "libsodium does not start");
	identity.config = h->config;
	identity.tokens = fernet_open(arena_printf(c->arena, "%s/fernet", keys), make, why);
	if (identity.tokens)
		identity.secrets =
			fernet_open(arena_printf(c->arena, "%s/credential", keys), make, why);
	if (!identity.secrets) {
		identity_close();
		return fail(c, ST_INTERNAL, NULL,
			    "the keys do not open: %s; run yongyun init first", why);
	}
	return ST_OK;
}

void identity_close(void)
{
	known_forget();
	fernet_close(identity.tokens);
	fernet_close(identity.secrets);
	identity = (struct identity){ 0 };
}

static enum status start(struct call *c, struct house *h)
{
	return identity_open(c, h, false);
}

static void stop(struct house *h)
{
	(void)h;
	identity_close();
}

/* --- tidying up --- */

static enum status tidy_act(struct call *c, const void *in, void *out)
{
	const struct config *k = in;

	(void)out;
	return leftovers_remove(c, c->now_at - k->identity.session_idle,
				c->now_at - k->identity.token_life);
}

static enum status tidy(struct call *c)
{
	char none;

	return db_write(c, house_of(c)->db, tidy_act, house_of(c)->config, &none, sizeof none);
}

static const struct timer timers[] = { { "identity.tidy", 600 * CLOCK_SECOND, tidy }, { 0 } };

/* --- what must hold --- */

static enum status trio_act(struct call *c, const void *in, void *out)
{
	(void)in;
	(void)out;
	return trio_keep(c, NULL, NULL);
}

static enum status check(struct call *c, struct house *h, bool deep, struct buf *report,
			 int64_t *bad)
{
	char none;
	enum status st = check_breaches(c, h, breaches_read, report, bad);

	(void)deep;
	if (!st)
		st = db_read(c, h->db, trio_act, NULL, &none, sizeof none);
	if (st != ST_CONFLICT)
		return st;
	buf_printf(report, "%s\n", c->problem);
	call_forgive(c);
	(*bad)++;
	return ST_OK;
}

/* --- the module --- */

#define TENANTS (ROLE_DEPARTMENT_ADMIN | ROLE_VDC_ADMIN)
#define OFFICES (ROLE_SYSTEM_ADMIN | ROLE_SECURITY_ADMIN)

static const struct permission permissions[] = {
	{ "identity.domain.manage", ROLE_SYSTEM_ADMIN, "make, change and remove departments" },
	{ "identity.domain.list", OFFICES | ROLE_AUDIT_ADMIN | ROLE_DEPARTMENT_ADMIN,
	  "see departments" },
	{ "identity.project.manage", ROLE_SYSTEM_ADMIN | TENANTS, "make, change and remove VDCs" },
	{ "identity.project.list", OFFICES | ROLE_AUDIT_ADMIN | TENANTS, "see VDCs" },
	{ "identity.user.manage", ROLE_SECURITY_ADMIN | ROLE_DEPARTMENT_ADMIN,
	  "make, change and remove users and groups" },
	{ "identity.user.list", OFFICES | ROLE_AUDIT_ADMIN | TENANTS, "see users and groups" },
	{ "identity.role.manage", ROLE_SECURITY_ADMIN, "make, change and remove roles" },
	{ "identity.role.list", OFFICES | ROLE_AUDIT_ADMIN | TENANTS, "see roles" },
	{ "identity.assignment.manage", ROLE_SECURITY_ADMIN | TENANTS,
	  "give roles and take them back" },
	{ "identity.assignment.list", OFFICES | ROLE_AUDIT_ADMIN | TENANTS,
	  "see who holds which role" },
	{ "identity.catalog.manage", ROLE_SYSTEM_ADMIN, "change regions, services, endpoints" },
	{ "identity.catalog.list", OFFICES | ROLE_AUDIT_ADMIN | TENANTS | ROLE_SERVICE,
	  "see services and endpoints" },
	{ "identity.limit.manage", ROLE_SYSTEM_ADMIN, "change limits" },
	{ "identity.policy.manage", ROLE_SECURITY_ADMIN, "change policy documents" },
	{ "identity.policy.list", ROLE_SECURITY_ADMIN | ROLE_AUDIT_ADMIN | ROLE_SERVICE,
	  "see policy documents" },
	{ "identity.credential.manage", ROLE_SECURITY_ADMIN, "change other users' credentials" },
	{ "identity.credential.list", ROLE_SECURITY_ADMIN, "see other users' credentials" },
	{ "identity.trust.list", ROLE_SECURITY_ADMIN | ROLE_AUDIT_ADMIN, "see all trusts" },
	{ "identity.domain_config.manage", ROLE_SECURITY_ADMIN, "change departments' options" },
	{ "identity.revocation.list", ROLE_SECURITY_ADMIN | ROLE_SERVICE, "see what was revoked" },
	{ "identity.token.validate", ROLE_SECURITY_ADMIN | ROLE_SERVICE, "look at others' tokens" },
	{ 0 }
};

static const struct route_group routes[] = { { &keystone_dialect, identity_version_routes },
					     { &keystone_dialect, identity_auth_routes },
					     { &keystone_dialect, identity_project_routes },
					     { &keystone_dialect, identity_user_routes },
					     { &keystone_dialect, identity_role_routes },
					     { &keystone_dialect, identity_assignment_routes },
					     { &keystone_dialect, identity_trust_routes },
					     { &keystone_dialect, identity_application_routes },
					     { &keystone_dialect, identity_catalog_routes },
					     { &keystone_dialect, identity_filter_routes },
					     { &keystone_dialect, identity_credential_routes },
					     { &keystone_dialect, identity_policy_routes },
					     { &keystone_dialect, identity_limit_routes },
					     { &keystone_dialect, identity_config_routes },
					     { &own_dialect, identity_session_routes },
					     { 0 } };

const struct module identity_module = {
	.name = "identity",
	.permissions = permissions,
	.routes = routes,
	.timers = timers,
	.start = start,
	.stop = stop,
	.check = check,
};
