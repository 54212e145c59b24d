/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the compute room share: servers, flavors, keys, quotas, and their statements. */
#ifndef CLOUD_COMPUTE_COMPUTE_PRIVATE_H
#define CLOUD_COMPUTE_COMPUTE_PRIVATE_H

#include "cloud/compute/compute.h"
#include "cloud/compute/compute_driver.h"
#include "cloud/network/network.h"
#include "cloud/pool/pool.h"
#include "db/db.h"
#include "db/files.h"
#include "door/house.h"
#include "door/jobs/jobs.h"

/* --- what the tables hold --- */

struct flavor {
	const char *id, *name, *description;
	int64_t vcpus, ram, disk; /* MiB, GiB */
	int64_t ephemeral, swap;  /* GiB, MiB of further disks; 0: none */
	double rxtx_factor;
	bool is_public;
	struct map extra_specs;
	int64_t created_at;
};

struct keypair {
	const char *user_id, *name, *type, *public_key, *fingerprint;
	const char *private_key; /* told once, when it was made here; kept nowhere */
	int64_t created_at;
};

enum server_state {
	VM_BUILDING,
	VM_ACTIVE,
	VM_PAUSED,
	VM_SUSPENDED,
	VM_STOPPED,
	VM_RESIZED,   /* it runs in its new size, and can still go back */
	VM_RESCUED,   /* it runs from another image, with its own disk as the second */
	VM_SHELVED,   /* it is off, its disk is an image too, and it waits to leave its host */
	VM_OFFLOADED, /* it is on no host: its disk is an image */
	VM_ERROR,
	VM_DELETED
};
extern const char *const server_states[]; /* Nova's vm_state */
enum server_task {
	TASK_NONE = -1,
	TASK_SCHEDULING,
	TASK_SPAWNING,
	TASK_POWERING_OFF,
	TASK_POWERING_ON,
	TASK_REBOOTING,
	TASK_REBOOTING_HARD,
	TASK_PAUSING,
	TASK_UNPAUSING,
	TASK_SUSPENDING,
	TASK_RESUMING,
	TASK_REBUILDING,
	TASK_RESIZING,
	TASK_CONFIRMING,
	TASK_REVERTING,
	TASK_SNAPSHOTTING,
	TASK_BACKING_UP,
	TASK_RESCUING,
	TASK_UNRESCUING,
	TASK_SHELVING,
	TASK_OFFLOADING,
	TASK_UNSHELVING,
	TASK_DELETING
};
extern const char *const server_tasks[]; /* Nova's task_state */
/* Nova's numbers for what the hypervisor says. */
enum server_power {
	SERVER_NOSTATE = 0,
	SERVER_RUNNING = 1,
	SERVER_PAUSED = 3,
	SERVER_SHUTDOWN = 4,
	SERVER_CRASHED = 6,
	SERVER_SUSPENDED = 7
};

enum server_locker { LOCK_NONE = -1, LOCK_OWNER, LOCK_ADMIN };
enum disk_config { DISK_AUTO, DISK_MANUAL };
extern const char *const disk_configs[];

/* Why a server is in error, for its owner; all zero when it is not. */
struct server_fault {
	int64_t code; /* HTTP's, as Nova has it */
	const char *message;
	int64_t at;
};

struct server {
	const char *id, *name, *description, *hostname;
	const char *project_id, *domain_id, *user_id;
	const char *image_id, *image_sha256, *image_format;
	struct flavor flavor; /* as it was when the server was made */
	int state;            /* enum server_state */
	int task;             /* enum server_task */
	int64_t power;        /* enum server_power */
	const char *host_id;  /* NULL: none was found */
	const char *zone;
	const char *key_name, *key_public;
	const char *user_data; /* base64 */
	bool config_drive;
	struct map metadata;
	struct words tags;
	const char *reservation_id;
	int64_t launch_index;
	struct server_fault fault;
	int64_t created_at, updated_at, launched_at, deleted_at;
	int locked; /* enum server_locker */
	const char *locked_reason;
	struct flavor old_flavor; /* .id NULL: no resize waits to be confirmed */
	const char *group_id;
	int disk_config; /* enum disk_config */
	const char *access_v4, *access_v6;
	/* What it is to stand on next, held until it does: the image that rescues it (NULL: its own), or its
	 * disk as it was when it was shelved. */
	const char *next_sha256, *next_format;
	/* Not in the row: read beside it for answers. */
	const char *host_name;
	bool host_down; /* nobody knows what its guest does now */
	struct network_interface *nics;
	size_t nics_count;
	struct network_group *groups; /* security groups of its ports */
	size_t groups_count;
};

struct quota {
	int64_t instances, cores, ram; /* what is had */
};

/* --- servers: rules (compute.c) --- */

struct server_key {
	const char *server_id;
};
struct server_network {
	const char *uuid, *port, *fixed_ip, *tag;
};
enum server_networks { NETWORKS_LISTED, NETWORKS_AUTO, NETWORKS_NONE };
struct server_create {
	const char *name, *description;
	const char *imageRef, *flavorRef;
	const char *key_name, *user_data, *availability_zone;
	bool config_drive;
	struct map metadata;
	struct words tags;
	int64_t min_count, max_count;
	int networks_kind; /* enum server_networks */
	struct server_network *networks;
	size_t networks_count;
	bool networks_given;
	struct words security_groups; /* names or ids, for the ports that are made */
	bool return_reservation_id;
	int disk_config; /* enum disk_config */
	bool disk_config_given;
	const char *access_v4, *access_v6;
	const char *group; /* the scheduler hint: id of a server group */
	const char *admin_pass;
	const char *host, *hypervisor_hostname; /* the one host that it may stand on */
};
struct created_server {
	const char *id;
	int disk_config;
};
struct server_created {
	struct created_server server; /* the first; empty when the asker wants the reservation */
	const char *reservation_id;
	const char *location;
};
enum status server_create(struct call *c, const struct server_create *in,
			  struct server_created *out) MUST_USE;
enum status server_show(struct call *c, const struct server_key *in, struct server *out) MUST_USE;
/* The server if the asker may see it; else ST_NOT_FOUND, worded as Nova does. */
enum status server_find(struct call *c, const char *id, struct server *out) MUST_USE;
/* Adds ports, security groups and host name to servers, with the same number of statements for any count. */
enum status servers_dress(struct call *c, struct server *list, size_t count) MUST_USE;

/* What making and rebuilding share: the image for a server of that flavor, the asker's key, the user data,
 * and one more hold on the image's bytes. */
struct image;
enum status server_take_image(struct call *c, const char *ref, const struct flavor *f,
			      struct image *out) MUST_USE;
enum status server_take_key(struct call *c, const char *name, struct server *s) MUST_USE;
enum status server_check_user_data(struct call *c, const char *text) MUST_USE;
enum status server_take_bytes(struct call *c, const struct image *image) MUST_USE;
/* Names without spaces around them; ST_BAD_INPUT when nothing is left. */
enum status server_take_name(struct call *c, const char *given, const char **out) MUST_USE;
/* ST_BAD_INPUT: a name or value is too long or empty; ST_LIMIT: too many. */
enum status server_check_metadata(struct call *c, const struct map *m) MUST_USE;
/* An address in its usual form, or "". 'family' is AF_INET or AF_INET6. */
enum status server_take_address(struct call *c, const char *at, const char *given, int family,
				const char **out) MUST_USE;
/* Whether there is a zone of that name; NULL is. */
enum status zone_known(struct call *c, const char *zone, bool *known) MUST_USE;
/* What the audit trail tells of a server. */
extern const struct field server_audit[];

/* --- servers: a change of state, with its event (compute_state.c) --- */

/* Writes state, task, power, fault and times of 's' and posts compute.server.state. */
enum status server_moved(struct call *c, struct server *s) MUST_USE;
/* It is in error, for a reason that its owner shall read. */
enum status server_failed(struct call *c, struct server *s, int64_t code, const char *why) MUST_USE;
/* It has gone: ports, promise, bytes and usage are given back. */
enum status server_gone(struct call *c, struct server *s) MUST_USE;
/* Nova's word for state and task: "BUILD", "ACTIVE"… */
const char *server_status(const struct server *s);
/* Whether its guest is to run (paused counts). */
bool server_runs(const struct server *s);

/* --- servers: lists (compute_list.c) --- */

struct server_list {
	const char *name, *status, *flavor, *image, *host, *project_id, *tenant_id, *user_id;
	const char *all_tenants, *changes_since, *changes_before, *marker, *sort_key, *sort_dir,
		*vm_state, *reservation_id;
	const char *ip, *tags;
	int64_t limit;
	bool limit_given;
	struct map rest;
};
struct server_page {
	struct server *servers;
	size_t servers_count;
	const char *next;
};
enum status server_list(struct call *c, const struct server_list *in,
			struct server_page *out) MUST_USE;

/* --- flavors (compute_flavor.c) --- */

struct flavor_key {
	const char *flavor_id;
};
struct flavor_create {
	const char *id, *name, *description;
	int64_t vcpus, ram, disk, ephemeral, swap;
	double rxtx_factor;
	bool is_public, is_public_given, rxtx_factor_given;
};
struct flavor_list {
	const char *is_public, *marker, *sort_key, *sort_dir;
	int64_t minDisk, minRam, limit;
	bool limit_given;
};
struct flavor_page {
	struct flavor *flavors;
	size_t flavors_count;
	const char *next;
};
struct flavor_specs {
	const char *flavor_id;
	struct map extra_specs;
};
struct flavor_spec {
	const char *flavor_id, *key, *value;
	const char *body_text; /* {key: value} */
};
struct flavor_describe {
	const char *flavor_id, *description;
};
struct flavor_grant {
	const char *flavor_id, *tenant;
};
struct flavor_access {
	const char *flavor_id, *tenant_id;
};
struct flavor_accesses {
	struct flavor_access *flavor_access;
	size_t flavor_access_count;
};
/* GiB of a host's disks that a server of it may fill. */
int64_t flavor_room(const struct flavor *f);
enum status flavor_create(struct call *c, const struct flavor_create *in,
			  struct flavor *out) MUST_USE;
enum status flavor_show(struct call *c, const struct flavor_key *in, struct flavor *out) MUST_USE;
enum status flavor_list(struct call *c, const struct flavor_list *in,
			struct flavor_page *out) MUST_USE;
enum status flavor_delete(struct call *c, const struct flavor_key *in, void *out) MUST_USE;
enum status flavor_describe(struct call *c, const struct flavor_describe *in,
			    struct flavor *out) MUST_USE;
enum status flavor_specs_show(struct call *c, const struct flavor_key *in,
			      struct flavor_specs *out) MUST_USE;
enum status flavor_specs_add(struct call *c, const struct flavor_specs *in,
			     struct flavor_specs *out) MUST_USE;
enum status flavor_spec_show(struct call *c, const struct flavor_spec *in,
			     struct map_pair *out) MUST_USE;
enum status flavor_spec_drop(struct call *c, const struct flavor_spec *in, void *out) MUST_USE;
enum status flavor_grant(struct call *c, const struct flavor_grant *in,
			 struct flavor_accesses *out) MUST_USE;
enum status flavor_revoke(struct call *c, const struct flavor_grant *in,
			  struct flavor_accesses *out) MUST_USE;
enum status flavor_access_show(struct call *c, const struct flavor_key *in,
			       struct flavor_accesses *out) MUST_USE;
/* The flavor if the asker may use it; ST_NOT_FOUND worded as Nova does. */
enum status flavor_find(struct call *c, const char *id, struct flavor *out) MUST_USE;

/* --- quotas (compute_quota.c) --- */

/* Nova's words for what is counted. */
enum quota_name {
	QUOTA_INSTANCES,
	QUOTA_CORES,
	QUOTA_RAM,
	QUOTA_KEY_PAIRS, /* of one person */
	QUOTA_METADATA,  /* of one server, of one image */
	QUOTA_GROUPS,    /* server groups of a VDC */
	QUOTA_GROUP_MEMBERS,
	/* Kept and shown, as Nova does; nothing here is counted by them. */
	QUOTA_FILES,
	QUOTA_FILE_BYTES,
	QUOTA_FILE_PATH,
	QUOTA_FIXED_IPS,
	QUOTA_FLOATING_IPS,
	QUOTA_SECURITY_GROUPS,
	QUOTA_SECURITY_RULES,
	QUOTAS
};
extern const char *const quota_names[];
struct quota_bounds {
	int64_t at[QUOTAS]; /* -1: no bound; when bounds are set INT_NULL: as it is */
};
/* What holds for a person in a VDC; 'user_id' NULL: for the VDC. Both NULL: for all. */
enum status quota_bounds_of(struct call *c, const char *project_id, const char *user_id,
			    struct quota_bounds *out) MUST_USE;
/* One of them for the asker. */
enum status quota_bound(struct call *c, enum quota_name what, int64_t *out) MUST_USE;
/* Counts servers in or, with negative numbers, out. ST_LIMIT: it would be more than the VDC, or its
 * person, may have; the problem says of what. */
enum status quota_use(struct call *c, const struct server *s, int64_t instances, int64_t cores,
		      int64_t ram) MUST_USE;

/* --- metadata and tags of a server (compute_notes.c) --- */

struct server_notes {
	const char *server_id;
	struct map metadata;
};
struct server_note {
	const char *server_id, *key;
	struct map meta;
};
struct server_tags {
	const char *server_id;
	struct words tags;
};
struct server_tag {
	const char *server_id, *tag;
};
struct tag_created {
	int status;
	const char *location;
};
enum status server_notes_show(struct call *c, const struct server_key *in,
			      struct server_notes *out) MUST_USE;
enum status server_notes_add(struct call *c, const struct server_notes *in,
			     struct server_notes *out) MUST_USE;
enum status server_notes_replace(struct call *c, const struct server_notes *in,
				 struct server_notes *out) MUST_USE;
enum status server_note_show(struct call *c, const struct server_note *in,
			     struct server_note *out) MUST_USE;
enum status server_note_put(struct call *c, const struct server_note *in,
			    struct server_note *out) MUST_USE;
enum status server_note_drop(struct call *c, const struct server_note *in, void *out) MUST_USE;
enum status server_tags_show(struct call *c, const struct server_key *in,
			     struct server_tags *out) MUST_USE;
enum status server_tags_replace(struct call *c, const struct server_tags *in,
				struct server_tags *out) MUST_USE;
enum status server_tags_clear(struct call *c, const struct server_key *in, void *out) MUST_USE;
enum status server_tag_show(struct call *c, const struct server_tag *in, void *out) MUST_USE;
enum status server_tag_add(struct call *c, const struct server_tag *in,
			   struct tag_created *out) MUST_USE;
enum status server_tag_drop(struct call *c, const struct server_tag *in, void *out) MUST_USE;
/* 'old' with the names of 'more' set. */
struct map server_notes_with(struct arena *a, const struct map *old, const struct map *more);
enum { TAGS_MAX = 50 };

/* --- keys (compute_key.c) --- */

struct keypair_key {
	const char *name, *user_id;
};
struct keypair_create {
	const char *name, *public_key, *type, *user_id;
	const char *private_key; /* of a pair that keypair_prepare() has made */
};
struct keypair_list {
	const char *user_id, *marker;
	int64_t limit;
	bool limit_given;
};
struct keypair_page {
	struct keypair *keypairs;
	size_t keypairs_count;
	const char *next;
};
/* Outside of the transaction: makes the pair when no public key is brought. */
enum status keypair_prepare(struct call *c, void *in) MUST_USE;
/* A pair of the type "ssh" or "x509" (compute_key_make.c). ST_BAD_INPUT: 'user' is no id. */
enum status keypair_make(struct call *c, const char *type, const char *user,
			 const char **public_key, const char **private_key) MUST_USE;
/* SHA-1 of a certificate in PEM, as pairs of digits; NULL: it is none. */
const char *keypair_certificate_mark(struct call *c, const char *text);
enum status keypair_create(struct call *c, const struct keypair_create *in,
			   struct keypair *out) MUST_USE;
enum status keypair_show(struct call *c, const struct keypair_key *in,
			 struct keypair *out) MUST_USE;
enum status keypair_list(struct call *c, const struct keypair_list *in,
			 struct keypair_page *out) MUST_USE;
enum status keypair_delete(struct call *c, const struct keypair_key *in, void *out) MUST_USE;

/* --- work (compute_build.c, compute_task.c, compute_reconcile.c) --- */

#define JOB_BUILD "compute.server.build"
#define JOB_DELETE "compute.server.delete"
#define JOB_POWER "compute.server.power"
#define JOB_SNAPSHOT "compute.server.snapshot"
enum status compute_build(struct call *c, const struct job *j) MUST_USE;
enum status compute_build_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;
struct plan {
	struct server server; /* .id NULL: it is gone */
	struct pool_host host;
};
enum status plan_read(struct call *c, const void *id, void *plan) MUST_USE;
/* In the transaction that records: the server as it is now; .id NULL: it is gone. */
enum status plan_reread(struct call *c, const struct job *j, struct server *s) MUST_USE;
/* Brings the server about as its row wants it; not in a transaction. */
enum status plan_ensure(struct call *c, const struct plan *p) MUST_USE;
/* The guest that the row describes, once its ports are there. */
enum status plan_guest(struct call *c, const struct plan *p, struct guest *out) MUST_USE;
enum status compute_unbuild(struct call *c, const struct job *j) MUST_USE;
enum status compute_unbuild_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;
enum status compute_power(struct call *c, const struct job *j) MUST_USE;
enum status compute_power_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;
enum status compute_snapshot(struct call *c, const struct job *j) MUST_USE;
enum status compute_snapshot_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;
/* Timers: hosts are probed and their guests compared with the rows; old tombstones go. */
enum status compute_reconcile(struct call *c) MUST_USE;
enum status compute_forget(struct call *c) MUST_USE;
enum status compute_check(struct call *c, struct house *h, bool deep, struct buf *report,
			  int64_t *bad) MUST_USE;
/* The texts of a server's configuration drive. */
const char *drive_meta_data(struct call *c, const struct server *s);
const char *drive_network_data(struct call *c, const struct server *s);

/* --- engines (compute_module.c) --- */

/* The driver of a host, by its URI. */
const struct compute_driver *driver_of(const char *uri);
/* The host that the configuration names. */
const char *compute_uri(void);
/* This house's name on hosts. */
const char *compute_house(void);
const char *compute_folder(void);
/* "kvm" or "tcg" when the operator insists; NULL: what the probe finds. */
const char *compute_insists(void);

#define NOVA(major, minor) ((major)*1000 + (minor)) /* a microversion, as struct call has it */

/* --- statements --- */

enum status compute_house_id(struct call *c, const char **id) MUST_USE; /* made at the first call */

enum status server_insert(struct call *c, const struct server *in) MUST_USE;
/* ST_NOT_FOUND without words: there is none, or it is deleted. */
enum status server_read(struct call *c, const char *id, struct server *out) MUST_USE;
enum status server_save(struct call *c, const struct server *in) MUST_USE;
/* Deleted ones too. */
enum status server_read_any(struct call *c, const char *id, struct server *out) MUST_USE;
struct server_span {            /* a part of the list, newest first */
	const char *project_id; /* NULL: all */
	int64_t since;         /* 0: the live ones; else all that changed since, deleted ones too */
	int64_t before_at;     /* older than this… */
	const char *before_id; /* …and id */
	int64_t limit;
};
enum status server_rows(struct call *c, const struct server_span *span, struct server **list,
			size_t *count) MUST_USE;
enum status server_rows_on(struct call *c, const char *host_id, struct server **list,
			   size_t *count) MUST_USE;
enum status server_forget(struct call *c, int64_t before, int64_t *count) MUST_USE;
enum status server_rows_deleted(struct call *c, struct server **list, size_t *count) MUST_USE;
extern const struct db_stmt compute_file_refs;

enum status flavor_insert(struct call *c, const struct flavor *in) MUST_USE;
enum status flavor_read(struct call *c, const char *id, struct flavor *out) MUST_USE;
enum status flavor_save(struct call *c, const struct flavor *in) MUST_USE;
enum status flavor_remove(struct call *c, const char *id) MUST_USE;
enum status flavor_rows(struct call *c, struct flavor **list, size_t *count) MUST_USE;
enum status flavor_access_insert(struct call *c, const char *id, const char *project) MUST_USE;
enum status flavor_access_remove(struct call *c, const char *id, const char *project,
				 int64_t *n) MUST_USE;
/* NULL 'id': of all flavors. */
enum status flavor_access_rows(struct call *c, const char *id, struct flavor_access **list,
			       size_t *count) MUST_USE;

struct quota_row {
	const char *owner, *name;
	int64_t bound;
};
/* Those of three owners, of the widest first. */
enum status quota_rows(struct call *c, const char *all, const char *project, const char *user,
		       struct quota_row **list, size_t *count) MUST_USE;
enum status quota_put(struct call *c, const char *owner, const char *name, int64_t bound) MUST_USE;
enum status quota_remove(struct call *c, const char *owner) MUST_USE;
/* Of every person in a VDC; 'prefix' is what their owners begin with. */
enum status quota_remove_below(struct call *c, const char *prefix) MUST_USE;
/* What a person has of a VDC's. */
enum status usage_of_user(struct call *c, const char *project, const char *user,
			  struct quota *out) MUST_USE;
enum status usage_read(struct call *c, const char *project, struct quota *out) MUST_USE;
enum status usage_add(struct call *c, const char *project, const struct quota *more) MUST_USE;
struct usage {
	const char *project_id;
	int64_t instances, cores, ram;
};
/* As counted, and as the servers really are. */
enum status usage_rows(struct call *c, struct usage **list, size_t *count) MUST_USE;
enum status usage_true(struct call *c, struct usage **list, size_t *count) MUST_USE;

enum status keypair_insert(struct call *c, const struct keypair *in) MUST_USE;
enum status keypair_read(struct call *c, const char *user, const char *name,
			 struct keypair *out) MUST_USE;
enum status keypair_remove(struct call *c, const char *user, const char *name, int64_t *n) MUST_USE;
enum status keypair_rows(struct call *c, const char *user, struct keypair **list,
			 size_t *count) MUST_USE;

#endif
