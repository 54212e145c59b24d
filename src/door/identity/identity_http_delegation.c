/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of trusts, application credentials and access rules. */
#include "door/identity/identity_delegation.h"
#include "door/identity/identity_roles.h"

LINKS_OF(trust, id, "OS-TRUST/trusts")
LINKS_OF_LIST(trust_list, "OS-TRUST/trusts")

static void role_ref_link(struct call *c, struct json_out *j, const void *obj)
{
	write_self_link(c, j, "roles", ((const struct role_ref *)obj)->id);
}

static void trust_roles_links(struct call *c, struct json_out *j, const void *obj)
{
	const struct trust *t = obj;

	write_list_links(c, j, arena_printf(c->arena, "OS-TRUST/trusts/%s/roles", t->id));
}

static const struct field role_ref_wire[] = { F_STR(role_ref, id, 0, OPT),
					      F_STR(role_ref, name, 0, OPT),
					      F_VIEW("links", role_ref_link), F_END };
static const struct field plain_role_wire[] = { F_STR(role_ref, id, 64, OPT | NULLABLE),
						F_STR(role_ref, name, 255, OPT | NULLABLE), F_END };

/* Uses without end are null. */
#define F_USES(flags_)                                                                             \
	F_ANY("remaining_uses", FIELD_INT, FIELD_AT(trust, remaining_uses, int64_t), flags_)

const struct field trust_wire[] = { F_STR(trust, id, 0, 0),
				    F_STR(trust, trustor_user_id, 0, 0),
				    F_STR(trust, trustee_user_id, 0, 0),
				    F_STR(trust, project_id, 0, NULLABLE),
				    F_BOOL(trust, impersonation, 0),
				    F_TIME(trust, expires_at, NULLABLE),
				    F_USES(NULLABLE),
				    F_STR(trust, redelegated_trust_id, 0, NULLABLE),
				    F_INT(trust, redelegation_count, 0, 0, 0),
				    F_LIST(trust, roles, role_ref, role_ref_wire, 0, 0),
				    F_VIEW("roles_links", trust_roles_links),
				    F_VIEW("links", trust_link),
				    F_END };
/* Of a list: without the roles. */
static const struct field trust_brief_wire[] = { F_STR(trust, id, 0, 0),
						 F_STR(trust, trustor_user_id, 0, 0),
						 F_STR(trust, trustee_user_id, 0, 0),
						 F_STR(trust, project_id, 0, NULLABLE),
						 F_BOOL(trust, impersonation, 0),
						 F_TIME(trust, expires_at, NULLABLE),
						 F_USES(NULLABLE),
						 F_VIEW("links", trust_link),
						 F_END };
static const struct field trust_create_wire[] = {
	F_STR(trust, trustor_user_id, 64, 0),
	F_STR(trust, trustee_user_id, 64, 0),
	F_STR(trust, project_id, 64, OPT | NULLABLE),
	F_BOOL(trust, impersonation, 0),
	F_TIME(trust, expires_at, OPT | NULLABLE),
	F_INT(trust, remaining_uses, 1, INT32_MAX, OPT | NULLABLE),
	F_STR(trust, redelegated_trust_id, 64, OPT | NULLABLE),
	F_INT(trust, redelegation_count, 0, 100, OPT | NULLABLE, TELLS(trust, redelegation_count)),
	F_BOOL(trust, allow_redelegation, OPT),
	F_LIST(trust, roles, role_ref, plain_role_wire, 100, OPT),
	F_END
};
static const struct field trust_ask_wire[] = {
	F_STR(trust_ask, trustor_user_id, 64, OPT | FROM_QUERY),
	F_STR(trust_ask, trustee_user_id, 64, OPT | FROM_QUERY), F_END
};
static const struct field trust_list_wire[] = { F_LIST(trust_list, trusts, trust, trust_brief_wire,
						       0, 0),
						F_VIEW("links", trust_list_links), F_END };

static void trust_role_links(struct call *c, struct json_out *j, const void *obj)
{
	const struct trust_roles *o = obj;

	write_list_links(c, j, arena_printf(c->arena, "OS-TRUST/trusts/%s/roles", o->trust_id));
}
static const struct field trust_roles_wire[] = { F_LIST(trust_roles, roles, role_ref, role_ref_wire,
							0, 0),
						 F_VIEW("links", trust_role_links), F_END };

/* --- application credentials --- */

static void application_link(struct call *c, struct json_out *j, const void *obj)
{
	const struct application_credential *o = obj;

	write_self_link(c, j,
			arena_printf(c->arena, "users/%s/application_credentials", o->user_id),
			o->id);
}

static void application_links(struct call *c, struct json_out *j, const void *obj)
{
	const struct application_list *o = obj;

	write_list_links(c, j,
			 arena_printf(c->arena, "users/%s/application_credentials", o->user_id));
}

static void access_rule_links(struct call *c, struct json_out *j, const void *obj)
{
	const struct access_rule_list *o = obj;

	write_list_links(c, j, arena_printf(c->arena, "users/%s/access_rules", o->user_id));
}

static const struct field named_role_wire[] = { F_STR(role_ref, id, 0, 0),
						F_STR(role_ref, name, 0, 0), F_END };
static const struct field access_rule_wire[] = { F_STR(access_rule, id, 0, 0),
						 F_STR(access_rule, service, 0, 0),
						 F_STR(access_rule, method, 0, 0),
						 F_STR(access_rule, path, 0, 0), F_END };
static const struct field access_rule_ask_wire[] = { F_STR(access_rule, id, 64, OPT | NULLABLE),
						     F_STR(access_rule, service, 64, OPT),
						     F_STR(access_rule, method, 16, OPT),
						     F_STR(access_rule, path, 128, OPT), F_END };
const struct field application_wire[] = {
	F_STR(application_credential, id, 0, 0),
	F_STR(application_credential, name, 0, 0),
	F_STR(application_credential, description, 0, NULLABLE | EMPTY_OK),
	F_STR(application_credential, user_id, 0, 0),
	F_STR(application_credential, project_id, 0, 0),
	F_STR(application_credential, system, 0, NULLABLE),
	F_TIME(application_credential, expires_at, NULLABLE | TIME_AS_BARE),
	F_BOOL(application_credential, unrestricted, 0),
	F_STR(application_credential, secret, 0, OMIT | SECRET),
	F_LIST(application_credential, roles, role_ref, named_role_wire, 0, 0),
	F_LIST(application_credential, access_rules, access_rule, access_rule_wire, 0, OMIT),
	F_VIEW("links", application_link),
	F_END
};
static const struct field application_create_wire[] = {
	F_STR(application_credential, user_id, 64, FROM_PATH),
	F_STR(application_credential, name, 255, 0),
	F_STR(application_credential, description, 4096, OPT | NULLABLE | EMPTY_OK),
	F_STR(application_credential, secret, 1024, OPT | NULLABLE | SECRET),
	F_TIME(application_credential, expires_at, OPT | NULLABLE),
	F_BOOL(application_credential, unrestricted, OPT | NULLABLE),
	F_LIST(application_credential, roles, role_ref, plain_role_wire, 100, OPT),
	F_LIST(application_credential, access_rules, access_rule, access_rule_ask_wire, 100, OPT),
	F_END
};
static const struct field application_ask_wire[] = {
	F_STR(application_ask, user_id, 64, FROM_PATH),
	F_STR(application_ask, name, 255, OPT | FROM_QUERY, TELLS(application_ask, name)), F_END
};
static const struct field application_list_wire[] = {
	F_LIST_AS("application_credentials", application_list, list, application_credential,
		  application_wire, 0, 0),
	F_VIEW("links", application_links), F_END
};
static const struct field access_rule_list_wire[] = { F_LIST(access_rule_list, access_rules,
							     access_rule, access_rule_wire, 0, 0),
						      F_VIEW("links", access_rule_links), F_END };

static enum status prepare_application(struct call *c, void *in)
{
	return application_prepare(c, in);
}

ACT(trust_create, trust, trust)
ACT(trust_show, key, trust)
ACT(trust_delete, key, nothing)
ACT(trust_all, trust_ask, trust_list)
ACT(trust_role_list, key, trust_roles)
ACT(trust_role_show, key, role_row)
ACT(application_create, application_credential, application_credential)
ACT(application_show, key, application_credential)
ACT(application_delete, key, nothing)
ACT(application_all, application_ask, application_list)
ACT(access_rule_all, key, access_rule_list)
ACT(access_rule_show, key, access_rule)
ACT(access_rule_delete, key, nothing)

const struct route identity_trust_routes[] = {
	ROUTE_SHAPED("POST", "/v3/OS-TRUST/trusts", MAY_SIGNED_IN, trust_create, trust,
		     trust_create_wire, trust, trust_wire, .in_wrap = "trust", .out_wrap = "trust",
		     .success = 201, .name = "identity.trust.create",
		     .help = "Lets another user act with some of one's roles."),
	ROUTE("GET", "/v3/OS-TRUST/trusts", MAY_SIGNED_IN, 0, trust_all, trust_ask, trust_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.trust.list",
	      .help = "Lists trusts."),
	ROUTE("GET", "/v3/OS-TRUST/trusts/{id}", MAY_SIGNED_IN, 0, trust_show, key, trust,
	      .out_wrap = "trust", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.trust.show", .help = "Shows a trust."),
	ROUTE("DELETE", "/v3/OS-TRUST/trusts/{id}", MAY_SIGNED_IN, 0, trust_delete, key, nothing,
	      .success = 204, .name = "identity.trust.delete", .help = "Ends a trust."),
	ROUTE("GET", "/v3/OS-TRUST/trusts/{id}/roles", MAY_SIGNED_IN, 0, trust_role_list, key,
	      trust_roles, .flags = ROUTE_READS, .success = 200, .name = "identity.trust.roles",
	      .help = "Lists the roles of a trust."),
	ROUTE_SHAPED("GET", "/v3/OS-TRUST/trusts/{id}/roles/{role_id}", MAY_SIGNED_IN,
		     trust_role_show, key, key_wire, role_row, role_wire, .out_wrap = "role",
		     .flags = ROUTE_READS, .success = 200, .name = "identity.trust.role.show",
		     .help = "Shows a role of a trust."),
	ROUTE_SHAPED("HEAD", "/v3/OS-TRUST/trusts/{id}/roles/{role_id}", MAY_SIGNED_IN,
		     trust_role_show, key, key_wire, role_row, role_wire,
		     .flags = ROUTE_READS | ROUTE_NO_BODY, .success = 200,
		     .name = "identity.trust.role.check",
		     .help = "Tells whether a trust has a role."),
	{ 0 }
};

const struct route identity_application_routes[] = {
	ROUTE_SHAPED("POST", "/v3/users/{user_id}/application_credentials", MAY_SIGNED_IN,
		     application_create, application_credential, application_create_wire,
		     application_credential, application_wire, .in_wrap = "application_credential",
		     .out_wrap = "application_credential", .success = 201,
		     .prepare = prepare_application, .name = "identity.application.create",
		     .help = "Makes an application credential."),
	ROUTE("GET", "/v3/users/{user_id}/application_credentials", MAY_SIGNED_IN, 0,
	      application_all, application_ask, application_list, .flags = ROUTE_READS,
	      .success = 200, .name = "identity.application.list",
	      .help = "Lists a user's application credentials."),
	ROUTE_SHAPED("GET", "/v3/users/{user_id}/application_credentials/{id}", MAY_SIGNED_IN,
		     application_show, key, key_wire, application_credential, application_wire,
		     .out_wrap = "application_credential", .flags = ROUTE_READS, .success = 200,
		     .name = "identity.application.show",
		     .help = "Shows an application credential."),
	ROUTE("DELETE", "/v3/users/{user_id}/application_credentials/{id}", MAY_SIGNED_IN, 0,
	      application_delete, key, nothing, .success = 204,
	      .name = "identity.application.delete", .help = "Ends an application credential."),
	ROUTE("GET", "/v3/users/{user_id}/access_rules", MAY_SIGNED_IN, 0, access_rule_all, key,
	      access_rule_list, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.access_rule.list", .help = "Lists a user's access rules."),
	ROUTE("GET", "/v3/users/{user_id}/access_rules/{id}", MAY_SIGNED_IN, 0, access_rule_show,
	      key, access_rule, .out_wrap = "access_rule", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.access_rule.show", .help = "Shows an access rule."),
	ROUTE("DELETE", "/v3/users/{user_id}/access_rules/{id}", MAY_SIGNED_IN, 0,
	      access_rule_delete, key, nothing, .success = 204,
	      .name = "identity.access_rule.delete", .help = "Removes an access rule."),
	{ 0 }
};
