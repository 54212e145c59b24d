/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to servers that exist: changes, sizes, network cards, groups, consoles, and the account of
 * it all. */
#ifndef CLOUD_COMPUTE_COMPUTE_CHANGE_H
#define CLOUD_COMPUTE_COMPUTE_CHANGE_H

#include "cloud/compute/compute_private.h"

/* --- servers: changes (compute_change.c, compute_resize.c) --- */

struct server_update {
	const char *server_id, *name, *description, *access_v4, *access_v6;
	int disk_config;
	bool name_given, description_given, access_v4_given, access_v6_given, disk_config_given;
};
struct server_reboot {
	const char *server_id;
	int type; /* 0 soft, 1 hard */
};
struct server_lock {
	const char *server_id, *locked_reason;
};
struct server_reset {
	const char *server_id;
	int state; /* 0 active, 1 error */
};
struct server_resize {
	const char *server_id, *flavorRef;
	int disk_config;
	bool disk_config_given;
};
struct server_rebuild {
	const char *server_id, *imageRef, *name, *description, *key_name, *user_data, *access_v4,
		*access_v6, *admin_pass;
	struct map metadata;
	int disk_config;
	bool preserve_ephemeral;
	bool description_given, metadata_given, key_name_given, user_data_given, disk_config_given,
		access_v4_given, access_v6_given;
};
struct server_rebuilt {
	struct server server;
	const char *location;
};
enum status server_update(struct call *c, const struct server_update *in,
			  struct server *out) MUST_USE;
enum status server_delete(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_restore(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_start(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_stop(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_reboot(struct call *c, const struct server_reboot *in, void *out) MUST_USE;
enum status server_pause(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_unpause(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_suspend(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_resume(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_lock(struct call *c, const struct server_lock *in, void *out) MUST_USE;
enum status server_unlock(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_reset(struct call *c, const struct server_reset *in, void *out) MUST_USE;
enum status server_rebuild(struct call *c, const struct server_rebuild *in,
			   struct server_rebuilt *out) MUST_USE;
enum status server_resize(struct call *c, const struct server_resize *in, void *out) MUST_USE;
enum status server_confirm(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_revert(struct call *c, const struct server_key *in, void *out) MUST_USE;
/* --- rescued servers (compute_rescue.c) --- */

struct server_rescue {
	const char *server_id, *admin_pass;
	const char *image; /* that it starts from; NULL: its own */
};
/* Nova answers with the new system's password; nobody sets one here, so none is told. */
struct server_rescued {
	const char *admin_pass;
};
enum status server_rescue(struct call *c, const struct server_rescue *in,
			  struct server_rescued *out) MUST_USE;
enum status server_unrescue(struct call *c, const struct server_key *in, void *out) MUST_USE;
/* Lets go of the bytes that it was to stand on next, if there are any, and changes '*s' so. */
enum status server_next_over(struct call *c, struct server *s) MUST_USE;
/* --- shelved servers (compute_shelve.c) --- */

enum status server_shelve(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_offload(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_unshelve(struct call *c, const struct server_key *in, void *out) MUST_USE;
/* Its disk is in the file store: it waits to leave its host. In the transaction that records it. */
struct file_facts;
enum status server_shelved(struct call *c, struct server *s, const struct file_facts *disk,
			   const char *format) MUST_USE;
/* Deletes the images that it was shelved as, unless somebody has protected them. */
enum status server_drop_shelf(struct call *c, const struct server *s) MUST_USE;
#define JOB_OFFLOAD "compute.server.offload"
enum status compute_offload(struct call *c, const struct job *j) MUST_USE;
enum status compute_offload_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;

/* What a guest that is rescued starts from. */
void plan_rescue(struct call *c, const struct plan *p, struct guest *g);

/* ST_CONFLICT: it is locked, and the asker is no administrator. */
enum status server_check_open(struct call *c, const struct server *s) MUST_USE;
/* Reads it into '*s', and it is not locked for the asker. */
enum status server_find_open(struct call *c, const char *id, struct server *s) MUST_USE;
/* Something was done to it that has no job of its own: its trail and its actions have it. */
enum status server_acted(struct call *c, const struct server *s, const char *action) MUST_USE;
enum { IN_ANY_STATE = -1 };
/* Reads the server into '*s', which may be asked to 'verb' in the vm_states of the mask 'states', and
 * only when nothing else is done to it. */
enum status server_may(struct call *c, const char *id, const char *verb, unsigned states,
		       struct server *s) MUST_USE;
/* The same, also of one that is on no host. */
enum status server_may_be(struct call *c, const char *id, const char *verb, unsigned states,
			  struct server *s) MUST_USE;
/* Begins the task: row, action, audit entry against 'before', job. */
enum status server_begin(struct call *c, const struct server *before, struct server *s,
			 const char *action, enum server_task task) MUST_USE;
/* The old size again, with what was promised and counted. */
enum status server_shrink_back(struct call *c, struct server *s) MUST_USE;

/* --- its network cards (compute_interface.c) --- */

struct interface_key {
	const char *server_id, *port_id;
};
struct interface_ip {
	const char *ip_address;
};
struct interface_make {
	const char *server_id, *net_id, *port_id, *tag;
	struct interface_ip *fixed_ips;
	size_t fixed_ips_count;
};
struct interface_page {
	struct network_interface *list;
	size_t list_count;
};
enum status interface_list(struct call *c, const struct server_key *in,
			   struct interface_page *out) MUST_USE;
enum status interface_show(struct call *c, const struct interface_key *in,
			   struct network_interface *out) MUST_USE;
enum status interface_make(struct call *c, const struct interface_make *in,
			   struct network_interface *out) MUST_USE;
enum status interface_drop(struct call *c, const struct interface_key *in, void *out) MUST_USE;
#define JOB_NICS "compute.server.nics"
enum status compute_nics(struct call *c, const struct job *j) MUST_USE;
enum status compute_nics_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;

/* --- what was done to a server (compute_action.c) --- */

struct action {
	const char *request_id, *server_id, *action, *user_id, *project_id, *host;
	int64_t started_at, finished_at;
	int result; /* enum action_result */
	const char *message;
};
enum action_result { ACTION_OPEN = -1, ACTION_SUCCESS, ACTION_ERROR };
struct action_key {
	const char *server_id, *request_id;
};
struct action_list {
	const char *server_id, *marker, *changes_since, *changes_before;
	int64_t limit;
	bool limit_given;
};
struct action_page {
	struct action *actions;
	size_t actions_count;
	const char *next;
};
enum status action_begin(struct call *c, const struct server *s, const char *action) MUST_USE;
/* All that is under way for the server has ended as its state says. */
enum status action_end(struct call *c, const struct server *s) MUST_USE;
enum status action_show(struct call *c, const struct action_key *in, struct action *out) MUST_USE;
enum status action_list(struct call *c, const struct action_list *in,
			struct action_page *out) MUST_USE;
enum status action_insert(struct call *c, const struct action *in) MUST_USE;
enum status action_close(struct call *c, const char *server_id, int result,
			 const char *message) MUST_USE;
enum status action_rows(struct call *c, const char *server_id, struct action **list,
			size_t *count) MUST_USE;
/* Resizes, and what became of them; of one server after another, oldest first. */
enum status action_resize_rows(struct call *c, struct action **list, size_t *count) MUST_USE;

/* --- server groups (compute_group.c) --- */

extern const struct field server_group_wire[];

enum server_group_policy { POLICY_AFFINITY, POLICY_ANTI, POLICY_SOFT_AFFINITY, POLICY_SOFT_ANTI };
extern const char *const server_group_policies[];
struct server_group {
	const char *id, *name, *project_id, *user_id;
	int policy;   /* enum server_group_policy */
	int64_t most; /* servers of it on one host, for anti-affinity; 0: one */
	int64_t created_at;
	struct words members; /* not in the row */
};
struct server_group_key {
	const char *group_id;
};
struct server_group_create {
	const char *name;
	struct words policies;
	int policy;
	bool policies_given, policy_given;
	int64_t most;
	bool most_given;
};
struct server_group_list {
	const char *all_projects;
	int64_t limit, offset;
	bool limit_given;
};
struct server_group_page {
	struct server_group *groups;
	size_t groups_count;
};
enum status server_group_create(struct call *c, const struct server_group_create *in,
				struct server_group *out) MUST_USE;
enum status server_group_show(struct call *c, const struct server_group_key *in,
			      struct server_group *out) MUST_USE;
enum status server_group_list(struct call *c, const struct server_group_list *in,
			      struct server_group_page *out) MUST_USE;
enum status server_group_delete(struct call *c, const struct server_group_key *in,
				void *out) MUST_USE;
/* 's' joins the group, with 'count' alike. ST_BAD_INPUT: no such group; ST_LIMIT: it is full. */
enum status server_group_join(struct call *c, const char *group_id, int64_t count,
			      struct server *s) MUST_USE;
/* Adds to 'ask' what the group wants; NULL: nothing. */
enum status server_group_wish(struct call *c, const char *group_id, struct pool_ask *ask) MUST_USE;
enum status server_group_insert(struct call *c, const struct server_group *in) MUST_USE;
enum status server_group_read(struct call *c, const char *id, struct server_group *out) MUST_USE;
enum status server_group_remove(struct call *c, const char *id) MUST_USE;
/* NULL 'project': of all. */
enum status server_group_rows(struct call *c, const char *project, struct server_group **list,
			      size_t *count) MUST_USE;
struct server_group_member {
	const char *id, *group_id, *host_id;
};
/* NULL 'group': of all groups. Oldest first. */
enum status server_group_member_rows(struct call *c, const char *group,
				     struct server_group_member **list, size_t *count) MUST_USE;
enum status server_group_leave(struct call *c, const char *id) MUST_USE;

/* --- moving (compute_move.c) --- */

struct server_move {
	const char *server_id, *host, *rest;
	bool on_shared_storage, force;
};
/* ST_BAD_INPUT: no such host, the same host, or no other that is valid. */
enum status server_migrate(struct call *c, const struct server_move *in, void *out) MUST_USE;
enum status server_migrate_live(struct call *c, const struct server_move *in, void *out) MUST_USE;
/* ST_BAD_INPUT also: the host that it stands on is not lost. */
enum status server_evacuate(struct call *c, const struct server_move *in, void *out) MUST_USE;

/* --- the console: its log, and its screen by a token that is good once (compute_console.c) --- */

struct server_place {
	struct server server;
	struct pool_host host;
};
/* An act for questions to engines: 'out' is a struct server_place. ST_CONFLICT: it is on no host. */
enum status server_find_place(struct call *c, const void *id, void *out) MUST_USE;
struct console_token {
	const char *hash; /* SHA-256 of the token, in hexadecimal */
	const char *server_id, *user_id, *project_id, *domain_id;
	int64_t expires_at;
};
struct console_log {
	const char *server_id;
	int64_t length;   /* lines from the end; 0: all that is kept */
	const char *text; /* filled before the act */
};
struct console_output {
	const char *output;
};
struct console_open {
	const char *server_id, *protocol, *type;
	const char *token, *hash; /* filled before the act */
};
struct console_opened {
	const char *protocol, *type, *url;
};
struct console_enter {
	const char *token;
	const char *address; /* filled before the act */
};
struct console_entered {
	const char *address; /* of the screen, for nginx */
};
/* Each has a part that runs before the transaction and asks the engine. */
enum status console_log_prepare(struct call *c, void *in) MUST_USE;
enum status console_log(struct call *c, const struct console_log *in,
			struct console_output *out) MUST_USE;
enum status console_open_prepare(struct call *c, void *in) MUST_USE;
enum status console_open(struct call *c, const struct console_open *in,
			 struct console_opened *out) MUST_USE;
/* ST_FORBIDDEN for whatever is wrong: the token is unknown, used, too old, its server is not there or
 * does not run. */
enum status console_enter_prepare(struct call *c, void *in) MUST_USE;
enum status console_enter(struct call *c, const struct console_enter *in,
			  struct console_entered *out) MUST_USE;
enum status console_insert(struct call *c, const struct console_token *in) MUST_USE;
enum status console_read(struct call *c, const char *hash, struct console_token *out) MUST_USE;
/* ST_NOT_FOUND: it is not there or was taken. */
enum status console_take(struct call *c, const char *hash, struct console_token *out) MUST_USE;
enum status console_forget(struct call *c, int64_t before) MUST_USE;

#endif
