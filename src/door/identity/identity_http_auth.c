/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of signing in: tokens, what a token may choose from, revocations, versions. */
#include <jansson.h>
#include "door/identity/ec2.h"
#include "door/identity/identity_auth.h"
#include "door/identity/identity_scopes.h"

#define REF_FLAGS (OPT | NULLABLE | EMPTY_OK)

static const struct field domain_ref_wire[] = { F_STR(domain_ref, id, 64, REF_FLAGS),
						F_STR(domain_ref, name, 64, REF_FLAGS), F_END };
static const struct field user_ref_wire[] = { F_STR(user_ref, id, 64, REF_FLAGS),
					      F_STR(user_ref, name, 255, REF_FLAGS),
					      F_OBJECT(user_ref, domain, domain_ref,
						       domain_ref_wire, OPT),
					      F_STR(user_ref, password, 4096, REF_FLAGS | SECRET),
					      F_STR(user_ref, passcode, 16, REF_FLAGS | SECRET),
					      F_END };
static const struct field project_ref_wire[] = {
	F_STR(project_ref, id, 64, REF_FLAGS), F_STR(project_ref, name, 64, REF_FLAGS),
	F_OBJECT(project_ref, domain, domain_ref, domain_ref_wire, OPT), F_END
};
static const struct field auth_user_wire[] = {
	F_OBJECT(auth_user, user, user_ref, user_ref_wire, 0), F_END
};
static const struct field auth_token_ref_wire[] = { F_STR(auth_token_ref, id, 4096, 0), F_END };
static const struct field auth_application_wire[] = {
	F_STR(auth_application, id, 64, REF_FLAGS), F_STR(auth_application, name, 255, REF_FLAGS),
	F_STR(auth_application, secret, 4096, REF_FLAGS | SECRET),
	F_OBJECT(auth_application, user, user_ref, user_ref_wire, OPT), F_END
};
static const struct field auth_identity_wire[] = {
	F_STRS(auth_identity, methods, 8, 0),
	F_OBJECT(auth_identity, password, auth_user, auth_user_wire, OPT,
		 TELLS(auth_identity, password)),
	F_OBJECT(auth_identity, totp, auth_user, auth_user_wire, OPT, TELLS(auth_identity, totp)),
	F_OBJECT(auth_identity, token, auth_token_ref, auth_token_ref_wire, OPT,
		 TELLS(auth_identity, token)),
	F_OBJECT_AS("application_credential", auth_identity, application, auth_application,
		    auth_application_wire, OPT, TELLS(auth_identity, application)),
	F_END
};
static const struct field auth_system_wire[] = { F_BOOL(auth_system, all, 0), F_END };
static const struct field trust_ref_wire[] = { F_STR(id_row, id, 64, 0), F_END };

static enum status read_unscoped(struct call *c, void *obj, const json_t *v)
{
	(void)c, (void)v;
	((struct auth_scope *)obj)->unscoped = true;
	return ST_OK;
}

static const struct field auth_scope_wire[] = {
	F_OBJECT(auth_scope, system, auth_system, auth_system_wire, OPT, TELLS(auth_scope, system)),
	F_OBJECT(auth_scope, domain, domain_ref, domain_ref_wire, OPT, TELLS(auth_scope, domain)),
	F_OBJECT(auth_scope, project, project_ref, project_ref_wire, OPT,
		 TELLS(auth_scope, project)),
	F_OBJECT_AS("OS-TRUST:trust", auth_scope, trust, id_row, trust_ref_wire, OPT,
		    TELLS(auth_scope, trust)),
	F_ANY("unscoped", FIELD_VIEW, 0, OPT, .read = read_unscoped),
	F_END
};

/* "scope" is an object, or the word "unscoped". */
static enum status read_scope(struct call *c, void *obj, const json_t *v)
{
	struct auth_ask *ask = obj;

	ask->scope_given = true;
	if (json_is_string(v) && str_eq(json_string_value(v), "unscoped")) {
		ask->scope.unscoped = true;
		return ST_OK;
	}
	if (!json_is_object(v))
		return fail(c, ST_BAD_INPUT, "scope", "is neither an object nor \"unscoped\"");
	return shape_read_object(c, auth_scope_wire, v, &ask->scope);
}

static const struct field auth_ask_wire[] = {
	F_OBJECT(auth_ask, identity, auth_identity, auth_identity_wire, 0),
	F_ANY("scope", FIELD_VIEW, 0, OPT, .read = read_scope),
	F_STR_AS("Openstack-Auth-Receipt", auth_ask, receipt, 4096, OPT | FROM_HEADER),
	F_STR(auth_ask, nocatalog, 16, OPT | EMPTY_OK | FROM_QUERY, TELLS(auth_ask, nocatalog)),
	F_END
};
static const struct field auth_answer_wire[] = {
	F_STR_AS("X-Subject-Token", auth_answer, token_id, 0, OPT | FROM_HEADER),
	F_STR_AS("Openstack-Auth-Receipt", auth_answer, receipt_id, 0, OPT | FROM_HEADER),
	F_JSON(auth_answer, token, 0, OPT | OMIT),
	F_JSON(auth_answer, receipt, 0, OPT | OMIT),
	F_JSON_AS("required_auth_methods", auth_answer, required, 0, OPT | OMIT),
	F_STATUS(auth_answer, status),
	F_END
};
static const struct field token_key_wire[] = {
	F_STR_AS("X-Subject-Token", token_key, subject, 4096, OPT | FROM_HEADER),
	F_BOOL(token_key, allow_expired, OPT | FROM_QUERY | LOOSE),
	F_STR(token_key, nocatalog, 16, OPT | EMPTY_OK | FROM_QUERY, TELLS(token_key, nocatalog)),
	F_END
};

enum { EC2_PAIRS_MAX = 100 };
static const struct field ec2_request_wire[] = { F_STR(ec2_request, access, 128, 0),
						 F_STR(ec2_request, signature, 128, SECRET),
						 F_STR(ec2_request, verb, 16, 0),
						 F_STR(ec2_request, host, 255, 0),
						 F_STR(ec2_request, path, 2048, 0),
						 F_STR(ec2_request, body_hash, 64, OPT | NULLABLE),
						 F_MAP(ec2_request, params, EC2_PAIRS_MAX, OPT),
						 F_MAP(ec2_request, headers, EC2_PAIRS_MAX, OPT),
						 F_END };

/* --- what a token may choose from --- */

static const struct field choices_projects_wire[] = { F_LIST(project_list, projects, project,
							     project_wire, 0, 0),
						      F_VIEW("links", project_list_links), F_END };
static const struct field choices_domains_wire[] = { F_LIST_AS("domains", project_list, projects,
							       project, domain_wire, 0, 0),
						     F_VIEW("links", domain_list_links), F_END };

static void write_system(struct call *c, struct json_out *j, const void *obj)
{
	const struct system_choice *o = obj;

	(void)c;
	json_array_begin(j);
	if (o->all) {
		json_object_begin(j);
		json_put_bool(j, "all", true);
		json_object_end(j);
	}
	json_array_end(j);
}
LINKS_OF_LIST(system_choice, "auth/system")
static const struct field system_choice_wire[] = { F_VIEW("system", write_system),
						   F_VIEW("links", system_choice_links), F_END };
LINKS_OF_LIST(catalog_text, "auth/catalog")
static const struct field catalog_text_wire[] = { F_JSON(catalog_text, catalog, 0, 0),
						  F_VIEW("links", catalog_text_links), F_END };

/* --- revocations --- */

static void write_event(struct call *c, struct json_out *j, const void *obj)
{
	const struct revocation_list *o = obj;

	(void)c;
	json_array_begin(j);
	for (size_t i = 0; i < o->count; i++)
		json_raw(j, o->events[i].event);
	json_array_end(j);
}
LINKS_OF_LIST(revocation_list, "OS-REVOKE/events")
static const struct field revocation_ask_wire[] = { F_TIME(revocation_ask, since, OPT | FROM_QUERY),
						    F_END };
static const struct field revocation_list_wire[] = { F_VIEW("events", write_event),
						     F_VIEW("links", revocation_list_links),
						     F_END };

static enum status prepare_auth(struct call *c, void *in)
{
	return auth_prepare(c, in);
}

ACT(auth_issue, auth_ask, auth_answer)
ACT(ec2_issue, ec2_request, auth_answer)
ACT(token_validate, token_key, auth_answer)
ACT(token_revoke, token_key, auth_answer)
ACT(auth_projects, nothing, project_list)
ACT(auth_domains, nothing, project_list)
ACT(auth_system, nothing, system_choice)
ACT(auth_catalog, nothing, catalog_text)
ACT(revocation_all, revocation_ask, revocation_list)

const struct route identity_auth_routes[] = {
	ROUTE("POST", "/v3/auth/tokens", MAY_ANYONE, 0, auth_issue, auth_ask, auth_answer,
	      .in_wrap = "auth", .flags = ROUTE_READS, .success = 201, .prepare = prepare_auth,
	      .name = "identity.token.issue", .help = "Signs in and gives a token."),
	ROUTE("GET", "/v3/auth/tokens", MAY_SIGNED_IN, 0, token_validate, token_key, auth_answer,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.token.validate",
	      .help = "Shows what a token stands for."),
	ROUTE("HEAD", "/v3/auth/tokens", MAY_SIGNED_IN, 0, token_validate, token_key, auth_answer,
	      .flags = ROUTE_READS | ROUTE_NO_BODY, .success = 200, .name = "identity.token.check",
	      .help = "Tells whether a token is good."),
	ROUTE("DELETE", "/v3/auth/tokens", MAY_SIGNED_IN, 0, token_revoke, token_key, auth_answer,
	      .success = 204, .name = "identity.token.revoke", .help = "Ends a token."),
	ROUTE_SHAPED("GET", "/v3/auth/projects", MAY_SIGNED_IN, auth_projects, nothing,
		     nothing_wire, project_list, choices_projects_wire, .flags = ROUTE_READS,
		     .success = 200, .name = "identity.auth.projects",
		     .help = "Lists the projects that the asker may choose."),
	ROUTE_SHAPED("GET", "/v3/auth/domains", MAY_SIGNED_IN, auth_domains, nothing, nothing_wire,
		     project_list, choices_domains_wire, .flags = ROUTE_READS, .success = 200,
		     .name = "identity.auth.domains",
		     .help = "Lists the domains that the asker may choose."),
	ROUTE("GET", "/v3/auth/system", MAY_SIGNED_IN, 0, auth_system, nothing, system_choice,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.auth.system",
	      .help = "Tells whether the asker may choose the system."),
	ROUTE("GET", "/v3/auth/catalog", MAY_SIGNED_IN, 0, auth_catalog, nothing, catalog_text,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.auth.catalog",
	      .help = "Lists the services and their addresses."),
	/* Keystone let anybody ask until 2025; whoever saw a signed request then had a token. */
	ROUTE("POST", "/v3/ec2tokens", "identity.token.validate", 0, ec2_issue, ec2_request,
	      auth_answer, .in_wrap = "credentials", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.ec2.token",
	      .help = "Gives a service the token of whoever signed a request with EC2 keys."),
	ROUTE("GET", "/v3/OS-REVOKE/events", "identity.revocation.list", 0, revocation_all,
	      revocation_ask, revocation_list, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.revocation.list", .help = "Lists what was revoked."),
	{ 0 }
};
