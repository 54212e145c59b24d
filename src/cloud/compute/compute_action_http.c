/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: what is done to servers, and what was done. */
#include <jansson.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_snapshot.h"
#include "door/permission.h"

/* --- the words of actions --- */

/* Nova's "reboot": {"type": "SOFT"}, in any case of letters. */
static enum status read_reboot_type(struct call *c, void *obj, const json_t *value)
{
	struct server_reboot *in = obj;
	const char *word = json_string_value(value);
	in->type = str_case_eq(word ? word : "", "hard");
	if (!in->type && !str_case_eq(word ? word : "", "soft"))
		return fail(c, ST_BAD_INPUT, "type", "a reboot is of type SOFT or HARD");
	return ST_OK;
}

static const char *const reset_states[] = { "active", "error", NULL };

static const struct field server_reboot_wire[] = {
	F_STR(server_reboot, server_id, 255, FROM_PATH),
	F_ANY("type", FIELD_VIEW, 0, 0, .read = read_reboot_type),
	F_END,
};
static const struct field server_lock_wire[] = {
	F_STR(server_lock, server_id, 255, FROM_PATH),
	F_STR(server_lock, locked_reason, 255, OPT, SINCE(2, 73)),
	F_END,
};
static const struct field server_rescue_wire[] = {
	F_STR(server_rescue, server_id, 255, FROM_PATH),
	F_STR_AS("adminPass", server_rescue, admin_pass, 255, OPT | SECRET),
	F_STR_AS("rescue_image_ref", server_rescue, image, 255, OPT),
	F_END,
};
static const struct field server_rescued_wire[] = {
	F_STR_AS("adminPass", server_rescued, admin_pass, 255, OMIT),
	F_END,
};
static const struct field server_reset_wire[] = {
	F_STR(server_reset, server_id, 255, FROM_PATH),
	F_WORD(server_reset, state, reset_states, 0),
	F_END,
};
static const struct field server_resize_wire[] = {
	F_STR(server_resize, server_id, 255, FROM_PATH),
	F_STR(server_resize, flavorRef, 255, 0),
	F_WORD_AS("OS-DCF:diskConfig", server_resize, disk_config, disk_configs, OPT,
		  TELLS(server_resize, disk_config)),
	F_END,
};
static const struct field server_rebuild_wire[] = {
	F_STR(server_rebuild, server_id, 255, FROM_PATH),
	F_STR(server_rebuild, imageRef, 255, 0),
	F_STR(server_rebuild, name, 255, OPT),
	F_STR_AS("adminPass", server_rebuild, admin_pass, 255, OPT | SECRET),
	F_STR_AS("accessIPv4", server_rebuild, access_v4, 45, OPT | EMPTY_OK,
		 TELLS(server_rebuild, access_v4)),
	F_STR_AS("accessIPv6", server_rebuild, access_v6, 45, OPT | EMPTY_OK,
		 TELLS(server_rebuild, access_v6)),
	F_MAP(server_rebuild, metadata, 1024, OPT, TELLS(server_rebuild, metadata)),
	F_BOOL(server_rebuild, preserve_ephemeral, OPT | LOOSE),
	F_WORD_AS("OS-DCF:diskConfig", server_rebuild, disk_config, disk_configs, OPT,
		  TELLS(server_rebuild, disk_config)),
	F_STR(server_rebuild, description, 255, OPT | NULLABLE | EMPTY_OK,
	      TELLS(server_rebuild, description), SINCE(2, 19)),
	F_STR(server_rebuild, key_name, 255, OPT | NULLABLE, TELLS(server_rebuild, key_name),
	      SINCE(2, 54)),
	F_STR(server_rebuild, user_data, 65535, OPT | NULLABLE, TELLS(server_rebuild, user_data),
	      SINCE(2, 57)),
	F_ANY("personality", FIELD_VIEW, 0, OPT, .read = compute_refuse_member, UNTIL(2, 56)),
	F_END,
};
static const struct field server_rebuilt_wire[] = {
	F_STR_AS("Location", server_rebuilt, location, 0, OPT | FROM_HEADER),
	F_OBJECT(server_rebuilt, server, server, server_rebuilt_server_wire, 0),
	F_END,
};

/* --- what was done --- */

static void write_events(struct call *c, struct json_out *j, const void *obj)
{
	const struct action *a = obj;
	char at[TIME_TEXT_SIZE];
	/* One step an action; who is no administrator is shown it since 2.51, without its trace. */
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "event", arena_printf(c->arena, "compute_%s", a->action));
	time_write(a->started_at, TIME_BARE, at);
	json_put_str(j, "start_time", at);
	time_write(a->finished_at, TIME_BARE, at);
	json_put_str(j, "finish_time", a->finished_at ? at : NULL);
	json_put_str(j, "result",
		     a->result == ACTION_OPEN      ? NULL
		     : a->result == ACTION_SUCCESS ? "Success"
						   : "Error");
	if (c->actor.is_admin)
		json_put_str(j, "traceback", NULL);
	if (c->version >= NOVA(2, 62)) {
		json_put_str(j, "hostId", compute_host_mark(c, a->project_id, a->host));
		if (may(c, HOST_READ))
			json_put_str(j, "host", a->host ? a->host : "");
	}
	json_object_end(j);
	json_array_end(j);
}

static void write_updated(struct call *c, struct json_out *j, const void *obj)
{
	const struct action *a = obj;
	char at[TIME_TEXT_SIZE];
	(void)c;
	time_write(a->finished_at ? a->finished_at : a->started_at, TIME_BARE, at);
	json_str(j, at);
}

#define ACTION_FIELDS                                                                              \
	F_STR(action, action, 0, 0), F_STR_AS("instance_uuid", action, server_id, 0, 0),           \
		F_STR(action, request_id, 0, 0), F_STR(action, user_id, 0, 0),                     \
		F_STR(action, project_id, 0, 0),                                                   \
		F_TIME_AS("start_time", action, started_at, TIME_AS_BARE),                         \
		F_STR(action, message, 0, NULLABLE),                                               \
		F_VIEW("updated_at", write_updated, SINCE(2, 58))

static const struct field action_brief_wire[] = { ACTION_FIELDS, F_END };
static const struct field action_wire[] = {
	ACTION_FIELDS,
	F_VIEW("events", write_events, .may = HOST_READ, UNTIL(2, 50)),
	F_VIEW("events", write_events, SINCE(2, 51)),
	F_END,
};
static const struct field action_page_wire[] = {
	F_LIST_AS("instanceActions", action_page, actions, action, action_brief_wire, 0, 0),
	F_NEXT(action_page, next),
	F_END,
};
static const struct field action_key_wire[] = {
	F_STR(action_key, server_id, 255, FROM_PATH),
	F_STR(action_key, request_id, 255, FROM_PATH),
	F_END,
};
static const struct field action_list_wire[] = {
	F_STR(action_list, server_id, 255, FROM_PATH),
	F_INT(action_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(action_list, limit),
	      SINCE(2, 58)),
	F_STR(action_list, marker, 255, OPT | FROM_QUERY, SINCE(2, 58)),
	F_STR_AS("changes-since", action_list, changes_since, 64, OPT | FROM_QUERY, SINCE(2, 58)),
	F_STR_AS("changes-before", action_list, changes_before, 64, OPT | FROM_QUERY, SINCE(2, 66)),
	F_END,
};

/* --- images of it --- */

static const struct field snapshot_ask_wire[] = {
	F_STR(snapshot_ask, server_id, 255, FROM_PATH),
	F_STR(snapshot_ask, name, 255, 0),
	F_MAP(snapshot_ask, metadata, 1024, OPT),
	F_END,
};
static const struct field backup_ask_wire[] = {
	F_STR(backup_ask, server_id, 255, FROM_PATH), F_STR(backup_ask, name, 255, 0),
	F_STR(backup_ask, backup_type, 64, 0),        F_INT(backup_ask, rotation, 0, 1000, LOOSE),
	F_MAP(backup_ask, metadata, 1024, OPT),       F_END,
};
static const struct field snapshot_made_wire[] = {
	F_STR_AS("Location", snapshot_made, location, 0, OPT | FROM_HEADER),
	F_STR(snapshot_made, image_id, 0, OMIT),
	F_END,
};

/* --- what is not offered --- */

struct any {
	const char *server_id, *rest;
};
static const struct field any_wire[] = {
	F_STR(any, server_id, 255, FROM_PATH),
	F_REST(any, rest, 1 << 16),
	F_END,
};

static enum status not_offered(struct call *c, const struct any *in, struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	return fail(c, ST_NOT_OFFERED, NULL, "this is not offered yet");
}

/* --- routes --- */

ACT(server_delete, server_key, nothing)
ACT(server_restore, server_key, nothing)
ACT(server_start, server_key, nothing)
ACT(server_stop, server_key, nothing)
ACT(server_reboot, server_reboot, nothing)
ACT(server_pause, server_key, nothing)
ACT(server_unpause, server_key, nothing)
ACT(server_suspend, server_key, nothing)
ACT(server_resume, server_key, nothing)
ACT(server_lock, server_lock, nothing)
ACT(server_unlock, server_key, nothing)
ACT(server_shelve, server_key, nothing)
ACT(server_offload, server_key, nothing)
ACT(server_unshelve, server_key, nothing)
ACT(server_rescue, server_rescue, server_rescued)
ACT(server_unrescue, server_key, nothing)
ACT(server_reset, server_reset, nothing)
ACT(server_rebuild, server_rebuild, server_rebuilt)
ACT(server_resize, server_resize, nothing)
ACT(server_confirm, server_key, nothing)
ACT(server_revert, server_key, nothing)
ACT(action_show, action_key, action)
ACT(action_list, action_list, action_page)
ACT(not_offered, any, nothing)
ACT(server_snapshot, snapshot_ask, snapshot_made)
ACT(server_backup, backup_ask, snapshot_made)

#define ACTION(word, fn, in_t, out_t, name_, may_, help_, ...)                                     \
	ROUTE("POST", SERVER "/action", may_, SCOPES, fn, in_t, out_t,                             \
	      .name = "compute.server." name_, .success = 202, .action = word, .in_wrap = word,    \
	      .help = help_, ##__VA_ARGS__)
#define SWITCH(word, fn, name_, help_)                                                             \
	ACTION(word, fn, server_key, nothing, name_, SERVER_WRITE, help_)
#define NOT_OFFERED(word)                                                                          \
	ACTION(word, not_offered, any, nothing, word, SERVER_WRITE, "Not offered yet: answers 501")

const struct route compute_action_routes[] = {
	SWITCH("os-start", server_start, "start", "Switch it on"),
	SWITCH("os-stop", server_stop, "stop", "Switch it off"),
	ACTION("reboot", server_reboot, server_reboot, nothing, "reboot", SERVER_WRITE,
	       "Start it again, softly or hard"),
	SWITCH("pause", server_pause, "pause", "Let it stand still in memory"),
	SWITCH("unpause", server_unpause, "unpause", "Let it go on"),
	SWITCH("suspend", server_suspend, "suspend", "Put its memory to disk and switch it off"),
	SWITCH("resume", server_resume, "resume", "Take its memory from disk and go on"),
	ACTION("lock", server_lock, server_lock, nothing, "lock", SERVER_WRITE,
	       "Refuse all that would change or delete it"),
	SWITCH("unlock", server_unlock, "unlock", "Let it be changed again"),
	ACTION("os-resetState", server_reset, server_reset, nothing, "reset", SERVER_RESET,
	       "Say that it is active or in error, whatever is under way"),
	ACTION("rebuild", server_rebuild, server_rebuild, server_rebuilt, "rebuild", SERVER_WRITE,
	       "Begin anew with a fresh disk, under the same id and addresses"),
	ACTION("resize", server_resize, server_resize, nothing, "resize", SERVER_WRITE,
	       "Give it another flavor, which is then to be confirmed"),
	ROUTE("POST", SERVER "/action", SERVER_WRITE, SCOPES, server_confirm, server_key, nothing,
	      .name = "compute.server.confirm_resize", .success = 204, .action = "confirmResize",
	      .in_wrap = "confirmResize", .help = "Keep the new size"),
	SWITCH("revertResize", server_revert, "revert_resize", "Go back to the size before"),
	SWITCH("forceDelete", server_delete, "force_delete", "Delete it, whatever it does"),
	SWITCH("restore", server_restore, "restore", "Bring back a deleted server: none is kept"),
	ACTION("createImage", server_snapshot, snapshot_ask, snapshot_made, "create_image",
	       SERVER_WRITE, "Make an image of its disk, while it goes on"),
	ACTION("createBackup", server_backup, backup_ask, snapshot_made, "create_backup",
	       SERVER_WRITE, "Make an image of its disk, and keep so many of its type"),
	NOT_OFFERED("changePassword"),
	SWITCH("shelve", server_shelve, "shelve", "Keep it as an image, on no host"),
	ACTION("shelveOffload", server_offload, server_key, nothing, "shelve_offload",
	       SERVER_OFFLOAD, "Take a shelved server off its host"),
	SWITCH("unshelve", server_unshelve, "unshelve",
	       "Bring a shelved server back, and start it"),
	ROUTE("POST", SERVER "/action", SERVER_WRITE, SCOPES, server_rescue, server_rescue,
	      server_rescued, .name = "compute.server.rescue", .success = 200, .action = "rescue",
	      .in_wrap = "rescue",
	      .help = "Start it from another image, with its own disk as the second"),
	SWITCH("unrescue", server_unrescue, "unrescue", "Start it from its own disk again"),
	ROUTE("GET", SERVER "/os-instance-actions", SERVER_READ, SCOPES, action_list, action_list,
	      action_page, .name = "compute.server.action.list", .flags = ROUTE_READS,
	      .success = 200, .help = "What was done to it"),
	ROUTE("GET", SERVER "/os-instance-actions/{request_id}", SERVER_READ, SCOPES, action_show,
	      action_key, action, .name = "compute.server.action.show", .flags = ROUTE_READS,
	      .success = 200, .out_wrap = "instanceAction",
	      .help = "One thing that was done to it"),
	{ 0 },
};
