/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of policies, limits and departments' options. */
#include <jansson.h>
#include "door/identity/identity_policies.h"

LINKS_OF(policy, id, "policies")
LINKS_OF_LIST(policy_list, "policies")
LINKS_OF(registered_limit, id, "registered_limits")
LINKS_OF_LIST(registered_limits, "registered_limits")
LINKS_OF(limit, id, "limits")
LINKS_OF_LIST(limits, "limits")

/* --- policies --- */

/* A blob is text; some clients send the object that it holds. */
static enum status read_blob(struct call *c, void *obj, const json_t *v)
{
	struct policy *p = obj;
	char *text = json_is_string(v) ? NULL : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);

	p->blob = arena_strdup(c->arena, text ? text : json_string_value(v));
	p->blob_given = true;
	free(text);
	return p->blob ? ST_OK : fail(c, ST_BAD_INPUT, "blob", "must be given");
}

const struct field policy_wire[] = { F_STR(policy, id, 0, 0),          F_STR(policy, type, 0, 0),
				     F_STR(policy, blob, 0, EMPTY_OK), F_VIEW("links", policy_link),
				     F_REST(policy, extra, 0),         F_END };
static const struct field policy_create_wire[] = {
	F_STR(policy, type, 255, 0), F_ANY("blob", FIELD_VIEW, 0, 0, .read = read_blob),
	F_REST(policy, extra, 65536), F_END
};
static const struct field policy_change_wire[] = {
	F_STR(policy, id, 255, FROM_PATH), F_STR(policy, type, 255, OPT, TELLS(policy, type)),
	F_ANY("blob", FIELD_VIEW, 0, OPT, .read = read_blob), F_REST(policy, extra, 65536), F_END
};
static const struct field policy_list_wire[] = { F_LIST(policy_list, policies, policy, policy_wire,
							0, 0),
						 F_VIEW("links", policy_list_links), F_END };
static const struct field policy_ask_wire[] = { F_STR(policy_ask, type, 255, OPT | FROM_QUERY),
						F_END };

/* --- limits --- */

#define MAY_BE_NULL (OPT | NULLABLE | EMPTY_OK)

const struct field registered_limit_wire[] = { F_STR(registered_limit, id, 0, 0),
					       F_STR(registered_limit, service_id, 0, 0),
					       F_STR(registered_limit, region_id, 0, NULLABLE),
					       F_STR(registered_limit, resource_name, 0, 0),
					       F_INT(registered_limit, default_limit, 0, 0, 0),
					       F_STR(registered_limit, description, 0,
						     NULLABLE | EMPTY_OK),
					       F_VIEW("links", registered_limit_link),
					       F_END };
static const struct field registered_new_wire[] = {
	F_STR(registered_limit, service_id, 64, 0),
	F_STR(registered_limit, region_id, 255, OPT | NULLABLE),
	F_STR(registered_limit, resource_name, 255, 0),
	F_INT(registered_limit, default_limit, -1, INT32_MAX, 0),
	F_STR(registered_limit, description, 4096, MAY_BE_NULL),
	F_END
};
static const struct field registered_change_wire[] = {
	F_STR(registered_limit, id, 255, FROM_PATH),
	F_STR(registered_limit, service_id, 64, OPT, TELLS(registered_limit, service_id)),
	F_STR(registered_limit, region_id, 255, OPT | NULLABLE, TELLS(registered_limit, region_id)),
	F_STR(registered_limit, resource_name, 255, OPT, TELLS(registered_limit, resource_name)),
	F_INT(registered_limit, default_limit, -1, INT32_MAX, OPT,
	      TELLS(registered_limit, default_limit)),
	F_STR(registered_limit, description, 4096, MAY_BE_NULL,
	      TELLS(registered_limit, description)),
	F_END
};
static const struct field registered_create_wire[] = {
	F_LIST_AS("registered_limits", registered_limits, list, registered_limit,
		  registered_new_wire, 1000, 0),
	F_END
};
static const struct field registered_limits_wire[] = {
	F_LIST_AS("registered_limits", registered_limits, list, registered_limit,
		  registered_limit_wire, 0, 0),
	F_VIEW("links", registered_limits_links), F_END
};
const struct field limit_wire[] = { F_STR(limit, id, 0, 0),
				    F_STR(limit, project_id, 0, NULLABLE),
				    F_STR(limit, domain_id, 0, NULLABLE),
				    F_STR(limit, service_id, 0, 0),
				    F_STR(limit, region_id, 0, NULLABLE),
				    F_STR(limit, resource_name, 0, 0),
				    F_INT(limit, resource_limit, 0, 0, 0),
				    F_STR(limit, description, 0, NULLABLE | EMPTY_OK),
				    F_VIEW("links", limit_link),
				    F_END };
static const struct field limit_new_wire[] = { F_STR(limit, project_id, 64, OPT | NULLABLE),
					       F_STR(limit, domain_id, 64, OPT | NULLABLE),
					       F_STR(limit, service_id, 64, 0),
					       F_STR(limit, region_id, 255, OPT | NULLABLE),
					       F_STR(limit, resource_name, 255, 0),
					       F_INT(limit, resource_limit, -1, INT32_MAX, 0),
					       F_STR(limit, description, 4096, MAY_BE_NULL),
					       F_END };
static const struct field limit_change_wire[] = {
	F_STR(limit, id, 255, FROM_PATH),
	F_INT(limit, resource_limit, -1, INT32_MAX, OPT, TELLS(limit, resource_limit)),
	F_STR(limit, description, 4096, MAY_BE_NULL, TELLS(limit, description)), F_END
};
static const struct field limit_create_wire[] = {
	F_LIST_AS("limits", limits, list, limit, limit_new_wire, 1000, 0), F_END
};
static const struct field limits_wire[] = { F_LIST_AS("limits", limits, list, limit, limit_wire, 0,
						      0),
					    F_VIEW("links", limits_links), F_END };

#define ASKED (OPT | FROM_QUERY)
static const struct field limit_ask_wire[] = {
	F_STR(limit_ask, service_id, 255, ASKED),    F_STR(limit_ask, region_id, 255, ASKED),
	F_STR(limit_ask, resource_name, 255, ASKED), F_STR(limit_ask, project_id, 255, ASKED),
	F_STR(limit_ask, domain_id, 255, ASKED),     F_END
};

static void write_model(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_object_begin(j);
	json_put_str(j, "name", "flat");
	json_put_str(j, "description",
		     "A limit holds for its project or domain alone; those above and below are not "
		     "looked at.");
	json_object_end(j);
}
static const struct field model_wire[] = { F_VIEW("model", write_model), F_END };

/* --- departments' options --- */

static const struct field config_in_wire[] = { F_STR(domain_config, domain_id, 255, FROM_PATH),
					       F_STR(domain_config, section, 255, OPT | FROM_PATH),
					       F_STR(domain_config, option, 255, OPT | FROM_PATH),
					       F_JSON(domain_config, config, 65536, 0), F_END };
static const struct field domain_config_wire[] = { F_JSON(domain_config, config, 0, 0),
						   F_STATUS(domain_config, status), F_END };

ACT(policy_create, policy, policy)
ACT(policy_change, policy, policy)
ACT(policy_delete, key, nothing)
ACT(policy_show, key, policy)
ACT(policy_all, policy_ask, policy_list)
ACT(association_put, key, nothing)
ACT(association_check, key, nothing)
ACT(association_drop, key, nothing)
ACT(endpoint_policy, key, policy)
ACT(policy_endpoints, key, endpoint_list)
ACT(registered_create, registered_limits, registered_limits)
ACT(registered_change, registered_limit, registered_limit)
ACT(registered_delete, key, nothing)
ACT(registered_show, key, registered_limit)
ACT(registered_all, limit_ask, registered_limits)
ACT(limit_create, limits, limits)
ACT(limit_change, limit, limit)
ACT(limit_delete, key, nothing)
ACT(limit_show, key, limit)
ACT(limit_all, limit_ask, limits)
ACT(config_put, domain_config, domain_config)
ACT(config_change, domain_config, domain_config)
ACT(config_show, key, domain_config)
ACT(config_delete, key, nothing)
ACT(config_preset, key, domain_config)

#define MANAGE "identity.policy.manage"
#define LIST "identity.policy.list"
#define ASSOCIATION "/v3/policies/{id}/OS-ENDPOINT-POLICY/"

/* The same four for each kind of place that a policy may stand for. */
#define ASSOCIATION_ROUTES(at)                                                                     \
	ROUTE("PUT", at, MANAGE, 0, association_put, key, nothing, .success = 204,                 \
	      .name = "identity.policy.associate", .help = "Lets a policy stand for a place."),    \
		ROUTE("GET", at, LIST, 0, association_check, key, nothing, .flags = ROUTE_READS,   \
		      .success = 204, .name = "identity.policy.associated",                        \
		      .help = "Tells whether a policy stands for a place."),                       \
		ROUTE("HEAD", at, LIST, 0, association_check, key, nothing, .flags = ROUTE_READS,  \
		      .success = 204, .name = "identity.policy.associated",                        \
		      .help = "Tells whether a policy stands for a place."),                       \
		ROUTE("DELETE", at, MANAGE, 0, association_drop, key, nothing, .success = 204,     \
		      .name = "identity.policy.dissociate",                                        \
		      .help = "Ends that a policy stands for a place.")

const struct route identity_policy_routes[] = {
	ROUTE_SHAPED("POST", "/v3/policies", MANAGE, policy_create, policy, policy_create_wire,
		     policy, policy_wire, .in_wrap = "policy", .out_wrap = "policy", .success = 201,
		     .name = "identity.policy.create", .help = "Keeps a policy document."),
	ROUTE("GET", "/v3/policies", LIST, 0, policy_all, policy_ask, policy_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.policy.list",
	      .help = "Lists policy documents."),
	ROUTE("GET", "/v3/policies/{id}", LIST, 0, policy_show, key, policy, .out_wrap = "policy",
	      .flags = ROUTE_READS, .success = 200, .name = "identity.policy.show",
	      .help = "Shows a policy document."),
	ROUTE_SHAPED("PATCH", "/v3/policies/{id}", MANAGE, policy_change, policy,
		     policy_change_wire, policy, policy_wire, .in_wrap = "policy",
		     .out_wrap = "policy", .success = 200, .name = "identity.policy.change",
		     .help = "Changes a policy document."),
	ROUTE("DELETE", "/v3/policies/{id}", MANAGE, 0, policy_delete, key, nothing, .success = 204,
	      .name = "identity.policy.delete", .help = "Removes a policy document."),
	ASSOCIATION_ROUTES(ASSOCIATION "endpoints/{endpoint_id}"),
	ASSOCIATION_ROUTES(ASSOCIATION "services/{service_id}"),
	ASSOCIATION_ROUTES(ASSOCIATION "services/{service_id}/regions/{region_id}"),
	ROUTE("GET", ASSOCIATION "endpoints", LIST, 0, policy_endpoints, key, endpoint_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.policy.endpoints",
	      .help = "Lists the endpoints that have a policy."),
	ROUTE("GET", "/v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy", LIST, 0,
	      endpoint_policy, key, policy, .out_wrap = "policy", .flags = ROUTE_READS,
	      .success = 200, .name = "identity.endpoint.policy",
	      .help = "Shows the policy of an endpoint."),
	{ 0 }
};

#define LIMITS "identity.limit.manage"

const struct route identity_limit_routes[] = {
	ROUTE_SHAPED("POST", "/v3/registered_limits", LIMITS, registered_create, registered_limits,
		     registered_create_wire, registered_limits, registered_limits_wire,
		     .success = 201, .name = "identity.registered_limit.create",
		     .help = "Registers default limits."),
	ROUTE("GET", "/v3/registered_limits", MAY_SIGNED_IN, 0, registered_all, limit_ask,
	      registered_limits, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.registered_limit.list", .help = "Lists default limits."),
	ROUTE("GET", "/v3/registered_limits/{id}", MAY_SIGNED_IN, 0, registered_show, key,
	      registered_limit, .out_wrap = "registered_limit", .flags = ROUTE_READS,
	      .success = 200, .name = "identity.registered_limit.show",
	      .help = "Shows a default limit."),
	ROUTE_SHAPED(
		"PATCH", "/v3/registered_limits/{id}", LIMITS, registered_change, registered_limit,
		registered_change_wire, registered_limit, registered_limit_wire,
		.in_wrap = "registered_limit", .out_wrap = "registered_limit", .success = 200,
		.name = "identity.registered_limit.change", .help = "Changes a default limit."),
	ROUTE("DELETE", "/v3/registered_limits/{id}", LIMITS, 0, registered_delete, key, nothing,
	      .success = 204, .name = "identity.registered_limit.delete",
	      .help = "Removes a default limit."),
	{ .method = "GET",
	  .path = "/v3/limits/model",
	  .may = MAY_SIGNED_IN,
	  .in = nothing_wire,
	  .in_size = sizeof(struct nothing),
	  .out = model_wire,
	  .out_size = sizeof(struct nothing),
	  .flags = ROUTE_READS,
	  .success = 200,
	  .name = "identity.limit.model",
	  .help = "Shows how limits of a tree hang together." },
	ROUTE_SHAPED("POST", "/v3/limits", LIMITS, limit_create, limits, limit_create_wire, limits,
		     limits_wire, .success = 201, .name = "identity.limit.create",
		     .help = "Gives departments or VDCs limits of their own."),
	ROUTE("GET", "/v3/limits", MAY_SIGNED_IN, 0, limit_all, limit_ask, limits,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.limit.list",
	      .help = "Lists limits."),
	ROUTE("GET", "/v3/limits/{id}", MAY_SIGNED_IN, 0, limit_show, key, limit,
	      .out_wrap = "limit", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.limit.show", .help = "Shows a limit."),
	ROUTE_SHAPED("PATCH", "/v3/limits/{id}", LIMITS, limit_change, limit, limit_change_wire,
		     limit, limit_wire, .in_wrap = "limit", .out_wrap = "limit", .success = 200,
		     .name = "identity.limit.change", .help = "Changes a limit."),
	ROUTE("DELETE", "/v3/limits/{id}", LIMITS, 0, limit_delete, key, nothing, .success = 204,
	      .name = "identity.limit.delete", .help = "Removes a limit."),
	{ 0 }
};

#define CONFIG "identity.domain_config.manage"
#define AT "/v3/domains/{domain_id}/config"
#define CHANGE_ROUTES(at)                                                                          \
	ROUTE("GET", at, CONFIG, 0, config_show, key, domain_config, .flags = ROUTE_READS,         \
	      .success = 200, .name = "identity.domain_config.show",                               \
	      .help = "Shows a department's options."),                                            \
		ROUTE("HEAD", at, CONFIG, 0, config_show, key, domain_config,                      \
		      .flags = ROUTE_READS | ROUTE_NO_BODY, .success = 200,                        \
		      .name = "identity.domain_config.check",                                      \
		      .help = "Tells whether a department has options."),                          \
		ROUTE_SHAPED("PATCH", at, CONFIG, config_change, domain_config, config_in_wire,    \
			     domain_config, domain_config_wire, .success = 200,                    \
			     .name = "identity.domain_config.change",                              \
			     .help = "Changes a department's options."),                           \
		ROUTE("DELETE", at, CONFIG, 0, config_delete, key, nothing, .success = 204,        \
		      .name = "identity.domain_config.delete",                                     \
		      .help = "Removes a department's options.")
#define PRESET_ROUTE(at)                                                                           \
	ROUTE("GET", at, CONFIG, 0, config_preset, key, domain_config, .flags = ROUTE_READS,       \
	      .success = 200, .name = "identity.domain_config.default",                            \
	      .help = "Shows the defaults of departments' options.")

const struct route identity_config_routes[] = {
	PRESET_ROUTE("/v3/domains/config/default"),
	PRESET_ROUTE("/v3/domains/config/{section}/default"),
	PRESET_ROUTE("/v3/domains/config/{section}/{option}/default"),
	ROUTE_SHAPED("PUT", AT, CONFIG, config_put, domain_config, config_in_wire, domain_config,
		     domain_config_wire, .success = 200, .name = "identity.domain_config.set",
		     .help = "Sets a department's options."),
	CHANGE_ROUTES(AT),
	CHANGE_ROUTES(AT "/{section}"),
	CHANGE_ROUTES(AT "/{section}/{option}"),
	{ 0 }
};
