/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of users' keys. */
#include <jansson.h>
#include "door/identity/identity_credentials.h"

LINKS_OF(credential, id, "credentials")
LINKS_OF_LIST(credential_list, "credentials")

static void ec2_link(struct call *c, struct json_out *j, const void *obj)
{
	const struct ec2_credential *o = obj;

	write_self_link(c, j, arena_printf(c->arena, "users/%s/credentials/OS-EC2", o->user_id),
			o->access);
}

static void ec2_links(struct call *c, struct json_out *j, const void *obj)
{
	const struct ec2_list *o = obj;

	write_list_links(c, j, arena_printf(c->arena, "users/%s/credentials/OS-EC2", o->user_id));
}

/* A blob is text; some clients send the object that it holds. */
static enum status read_blob(struct call *c, void *obj, const json_t *v)
{
	struct credential *k = obj;
	char *text = json_is_string(v) ? NULL : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);

	k->blob = arena_strdup(c->arena, text ? text : json_string_value(v));
	k->blob_given = true;
	free(text);
	if (!k->blob || strlen(k->blob) > 16384)
		return fail(c, ST_BAD_INPUT, "blob", "is too long");
	return ST_OK;
}

static void write_blob(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	json_str(j, ((const struct credential *)obj)->blob);
}

const struct field credential_wire[] = { F_STR(credential, id, 0, 0),
					 F_STR(credential, user_id, 0, 0),
					 F_STR(credential, project_id, 0, NULLABLE),
					 F_STR(credential, type, 0, 0),
					 F_ANY("blob", FIELD_VIEW, 0, OPT | SECRET,
					       .write = write_blob),
					 F_VIEW("links", credential_link),
					 F_REST(credential, extra, 0),
					 F_END };
static const struct field credential_create_wire[] = {
	F_STR(credential, user_id, 64, OPT | NULLABLE),
	F_STR(credential, project_id, 64, OPT | NULLABLE),
	F_STR(credential, type, 255, 0),
	F_ANY("blob", FIELD_VIEW, 0, SECRET, .read = read_blob),
	F_REST(credential, extra, 65536),
	F_END
};
static const struct field credential_change_wire[] = {
	F_STR(credential, id, 255, FROM_PATH),
	F_STR(credential, user_id, 64, OPT, TELLS(credential, user_id)),
	F_STR(credential, project_id, 64, OPT | NULLABLE, TELLS(credential, project_id)),
	F_STR(credential, type, 255, OPT, TELLS(credential, type)),
	F_ANY("blob", FIELD_VIEW, 0, OPT | SECRET, .read = read_blob),
	F_REST(credential, extra, 65536),
	F_END
};
static const struct field credential_ask_wire[] = {
	F_STR(credential_ask, user_id, 255, OPT | FROM_QUERY),
	F_STR(credential_ask, type, 255, OPT | FROM_QUERY), F_END
};
static const struct field credential_list_wire[] = {
	F_LIST(credential_list, credentials, credential, credential_wire, 0, 0),
	F_VIEW("links", credential_list_links), F_END
};
static const struct field ec2_credential_wire[] = { F_STR(ec2_credential, user_id, 0, 0),
						    F_STR(ec2_credential, tenant_id, 0, 0),
						    F_STR(ec2_credential, access, 0, 0),
						    F_STR(ec2_credential, secret, 0, SECRET),
						    F_STR(ec2_credential, trust_id, 0, NULLABLE),
						    F_VIEW("links", ec2_link),
						    F_END };
static const struct field ec2_create_wire[] = { F_STR(ec2_credential, user_id, 64, FROM_PATH),
						F_STR(ec2_credential, tenant_id, 64, 0), F_END };
static const struct field ec2_list_wire[] = { F_LIST(ec2_list, credentials, ec2_credential,
						     ec2_credential_wire, 0, 0),
					      F_VIEW("links", ec2_links), F_END };

ACT(credential_create, credential, credential)
ACT(credential_change, credential, credential)
ACT(credential_delete, key, nothing)
ACT(credential_show, key, credential)
ACT(credential_all, credential_ask, credential_list)
ACT(ec2_create, ec2_credential, ec2_credential)
ACT(ec2_show, key, ec2_credential)
ACT(ec2_delete, key, nothing)
ACT(ec2_all, key, ec2_list)

#define EC2 "/v3/users/{user_id}/credentials/OS-EC2"

const struct route identity_credential_routes[] = {
	ROUTE_SHAPED("POST", "/v3/credentials", MAY_SIGNED_IN, credential_create, credential,
		     credential_create_wire, credential, credential_wire, .in_wrap = "credential",
		     .out_wrap = "credential", .success = 201, .name = "identity.credential.create",
		     .help = "Keeps a user's key."),
	ROUTE("GET", "/v3/credentials", MAY_SIGNED_IN, 0, credential_all, credential_ask,
	      credential_list, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.credential.list", .help = "Lists users' keys."),
	ROUTE("GET", "/v3/credentials/{id}", MAY_SIGNED_IN, 0, credential_show, key, credential,
	      .out_wrap = "credential", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.credential.show", .help = "Shows a user's key."),
	ROUTE_SHAPED("PATCH", "/v3/credentials/{id}", MAY_SIGNED_IN, credential_change, credential,
		     credential_change_wire, credential, credential_wire, .in_wrap = "credential",
		     .out_wrap = "credential", .success = 200, .name = "identity.credential.change",
		     .help = "Changes a user's key."),
	ROUTE("DELETE", "/v3/credentials/{id}", MAY_SIGNED_IN, 0, credential_delete, key, nothing,
	      .success = 204, .name = "identity.credential.delete",
	      .help = "Removes a user's key."),
	ROUTE_SHAPED("POST", EC2, MAY_SIGNED_IN, ec2_create, ec2_credential, ec2_create_wire,
		     ec2_credential, ec2_credential_wire, .out_wrap = "credential", .success = 201,
		     .name = "identity.ec2.create", .help = "Makes a pair of EC2 keys."),
	ROUTE("GET", EC2, MAY_SIGNED_IN, 0, ec2_all, key, ec2_list, .flags = ROUTE_READS,
	      .success = 200, .name = "identity.ec2.list", .help = "Lists a user's EC2 keys."),
	ROUTE("GET", EC2 "/{id}", MAY_SIGNED_IN, 0, ec2_show, key, ec2_credential,
	      .out_wrap = "credential", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.ec2.show", .help = "Shows a pair of EC2 keys."),
	ROUTE("DELETE", EC2 "/{id}", MAY_SIGNED_IN, 0, ec2_delete, key, nothing, .success = 204,
	      .name = "identity.ec2.delete", .help = "Removes a pair of EC2 keys."),
	{ 0 }
};
