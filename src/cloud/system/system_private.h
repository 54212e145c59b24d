/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the system room share. */
#ifndef CLOUD_SYSTEM_SYSTEM_PRIVATE_H
#define CLOUD_SYSTEM_SYSTEM_PRIVATE_H

#include "cloud/system/system.h"
#include "door/jobs/events.h"
#include "door/module.h"

enum system_dr_mode { DR_NONE, DR_BACKUP, DR_STANDBY, DR_ACTIVE_ACTIVE };
extern const char *const system_dr_words[];
enum system_kind { SYSTEM_SERVER, SYSTEM_NETWORK };
extern const char *const system_kind_words[];

struct system {
	const char *id, *project_id, *domain_id;
	const char *name, *purpose;
	int64_t protection_level; /* 1 to 4 */
	const char *owner, *contact;
	int dr_mode; /* enum system_dr_mode */
	int64_t created_at, updated_at;
	int64_t servers, networks; /* how many belong to it */
};
struct system_resource {
	const char *kind, *id, *project_id;
	const char *system_id; /* NULL: of none */
	const char *state;     /* NULL: not told */
	int64_t seen_at;
};
struct system_whole {
	struct system system;
	struct system_resource *resources;
	size_t resources_count;
};

struct system_key {
	const char *system_id;
};
struct system_create {
	const char *name, *purpose, *owner, *contact;
	int64_t protection_level;
	int dr_mode;
};
struct system_update {
	const char *system_id, *name, *purpose, *owner, *contact;
	int64_t protection_level;
	int dr_mode;
	bool name_given, purpose_given, owner_given, contact_given, protection_level_given,
		dr_mode_given;
};
struct system_ask {
	const char *project_id, *marker;
	int64_t limit;
};
struct system_page {
	struct system *systems;
	size_t systems_count;
	const char *next;
};
struct system_part {
	const char *system_id;
	int kind; /* enum system_kind */
	const char *resource_id;
};
struct system_resources {
	struct system_resource *resources;
	size_t resources_count;
};
struct system_quota_ask {
	const char *project_id;
	int64_t systems;
};
struct system_quota {
	const char *project_id;
	int64_t systems; /* -1: any number */
	int64_t used;
};

/* Acts. */
enum status system_create(struct call *c, const struct system_create *in,
			  struct system *out) MUST_USE;
enum status system_show(struct call *c, const struct system_key *in,
			struct system_whole *out) MUST_USE;
enum status system_list(struct call *c, const struct system_ask *in,
			struct system_page *out) MUST_USE;
enum status system_update(struct call *c, const struct system_update *in,
			  struct system *out) MUST_USE;
enum status system_delete(struct call *c, const struct system_key *in,
			  struct nothing *out) MUST_USE;
enum status system_take(struct call *c, const struct system_part *in, struct nothing *out) MUST_USE;
enum status system_leave(struct call *c, const struct system_part *in,
			 struct nothing *out) MUST_USE;
enum status system_known(struct call *c, const struct nothing *in,
			 struct system_resources *out) MUST_USE;
enum status system_quota_show(struct call *c, const struct system_quota_ask *in,
			      struct system_quota *out) MUST_USE;
enum status system_quota_set(struct call *c, const struct system_quota_ask *in,
			     struct system_quota *out) MUST_USE;

/* Tells those who watch. */
enum status system_tell(struct call *c, const char *type, const struct system *s) MUST_USE;

extern const struct listener system_listens[];
extern const struct route_group system_routes[];
extern const struct permission system_permissions[];
extern const struct field system_row[];
extern const struct field system_resource_row[];

/* Statements. ST_NOT_FOUND comes without a problem text. */
enum status system_insert(struct call *c, const struct system *in) MUST_USE;
enum status system_read(struct call *c, const char *id, struct system *out) MUST_USE;
/* Every member but id, project_id, domain_id and created_at. */
enum status system_write(struct call *c, const struct system *in) MUST_USE;
enum status system_remove(struct call *c, const char *id) MUST_USE;
enum status system_count(struct call *c, const char *project_id, int64_t *n) MUST_USE;
/* A page behind 'marker' ("": from the first), in the order of ids: of one VDC, of one department, or,
 * when both are NULL, of all. */
enum status system_rows(struct call *c, const char *project_id, const char *domain_id,
			const char *marker, int64_t limit, struct system **out, size_t *n) MUST_USE;
enum status system_resource_read(struct call *c, const char *kind, const char *id,
				 struct system_resource *out) MUST_USE;
/* The row is made, or its state is brought up to date; what it belongs to stays. */
enum status system_resource_seen(struct call *c, const struct system_resource *in) MUST_USE;
enum status system_resource_give(struct call *c, const char *kind, const char *id,
				 const char *system_id) MUST_USE;
enum status system_resource_remove(struct call *c, const char *kind, const char *id) MUST_USE;
enum status system_resources_of(struct call *c, const char *system_id, struct system_resource **out,
				size_t *n) MUST_USE;
enum status system_resources_in(struct call *c, const char *project_id,
				struct system_resource **out, size_t *n) MUST_USE;
/* All that a VDC had. */
enum status system_forget(struct call *c, const char *project_id) MUST_USE;
enum status system_quota_read(struct call *c, const char *project_id, int64_t *systems) MUST_USE;
enum status system_quota_write(struct call *c, const char *project_id, int64_t systems) MUST_USE;

#endif
