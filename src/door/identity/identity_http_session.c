/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of portal sessions, in the house's own dialect. */
#include "door/identity/identity_session.h"

static void write_user(struct call *c, struct json_out *j, const void *obj)
{
	const struct session *o = obj;

	(void)c;
	json_object_begin(j);
	json_put_str(j, "id", o->user_id);
	json_put_str(j, "name", o->user_name);
	json_put_str(j, "domain_id", o->domain_id);
	json_put_str(j, "domain_name", o->domain_name);
	json_object_end(j);
}

static void write_project(struct call *c, struct json_out *j, const void *obj)
{
	const struct session *o = obj;

	(void)c;
	if (!o->project.id) {
		json_nil(j);
		return;
	}
	json_object_begin(j);
	json_put_str(j, "id", o->project.id);
	json_put_str(j, "name", o->project.name);
	json_object_end(j);
}

static const struct field place_wire[] = { F_STR(session_place, id, 0, 0),
					   F_STR(session_place, name, 0, 0),
					   F_STR(session_place, domain_id, 0, 0),
					   F_STR(session_place, domain_name, 0, 0), F_END };
static const struct field session_ask_wire[] = {
	F_STR(session_ask, domain, 255, OPT | EMPTY_OK), F_STR(session_ask, user, 255, 0),
	F_STR(session_ask, password, 1024, SECRET),
	F_STR(session_ask, passcode, 16, OPT | NULLABLE | EMPTY_OK | SECRET), F_END
};
static const struct field session_wire[] = {
	F_STR_AS("Set-Cookie", session, set_cookie, 0, OPT | FROM_HEADER),
	F_VIEW("user", write_user),
	F_STR(session, csrf, 0, SECRET),
	F_BOOL_AS("must_change_password", session, must_change, 0),
	F_STR(session, profile, 0, 0),
	F_TIME(session, expires_at, 0),
	F_STRS(session, roles, 0, 0),
	F_VIEW("project", write_project),
	F_LIST(session, projects, session_place, place_wire, 0, 0),
	F_END
};
static const struct field session_project_wire[] = {
	F_STR(session_project, project_id, 64, NULLABLE), F_END
};
static const struct field session_password_wire[] = {
	F_STR(session_password, original_password, 1024, SECRET),
	F_STR(session_password, password, 1024, SECRET), F_END
};

static enum status prepare_session(struct call *c, void *in)
{
	return session_prepare(c, in);
}

static enum status prepare_password(struct call *c, void *in)
{
	return session_password_prepare(c, in);
}

ACT(session_begin, session_ask, session)
ACT(session_show, nothing, session)
ACT(session_choose, session_project, session)
ACT(session_end, nothing, session)
ACT(session_password, session_password, nothing)

const struct route identity_session_routes[] = {
	/* sign_in() writes the entry of a sign-in itself, of a refused one too. */
	ROUTE("POST", "/v1/session", MAY_ANYONE, 0, session_begin, session_ask, session,
	      .flags = ROUTE_QUIET, .success = 201, .prepare = prepare_session,
	      .name = "identity.session.begin", .help = "Signs in to the portal."),
	ROUTE("GET", "/v1/session", MAY_SIGNED_IN, 0, session_show, nothing, session,
	      .flags = ROUTE_READS | ROUTE_UNFORCED, .success = 200,
	      .name = "identity.session.show", .help = "Shows who is signed in and where."),
	ROUTE("PUT", "/v1/session/project", MAY_SIGNED_IN, 0, session_choose, session_project,
	      session, .flags = ROUTE_QUIET, .success = 200, .name = "identity.session.choose",
	      .help = "Chooses the VDC that is worked in; null for none."),
	ROUTE("DELETE", "/v1/session", MAY_SIGNED_IN, 0, session_end, nothing, session,
	      .flags = ROUTE_UNFORCED, .success = 204, .name = "identity.session.end",
	      .help = "Signs out."),
	ROUTE("POST", "/v1/session/password", MAY_SIGNED_IN, 0, session_password, session_password,
	      nothing, .flags = ROUTE_UNFORCED, .success = 204, .prepare = prepare_password,
	      .name = "identity.session.password", .help = "Changes one's own password."),
	{ 0 }
};
