/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups and their rules, as the files of this room share them. */
#ifndef CLOUD_NETWORK_SECURITY_H
#define CLOUD_NETWORK_SECURITY_H

#include "cloud/network/network_private.h"

enum {
	PORT_GROUPS_MAX = 16 /* groups of one port */
};

struct security_rule {
	const char *id, *security_group_id, *project_id, *direction, *ethertype;
	const char *protocol;                   /* a name or a number; NULL: all */
	int64_t port_range_min, port_range_max; /* INT_NULL: none; of ICMP its type and code */
	const char *remote_ip_prefix, *remote_group_id; /* one of them at most */
	const char *description;
	int64_t revision, created_at, updated_at;
};

struct security_group {
	const char *id, *project_id, *domain_id, *name, *description;
	bool stateful;
	const char *fault;
	struct words tags;
	int64_t revision, applied, created_at, updated_at;
	struct security_rule *rules;
	size_t rules_count;
};

/* --- asked --- */

struct group_ask {
	const char *id;
	const char *project_id, *tenant_id, *name, *description;
	bool stateful;
	bool name_given, description_given, stateful_given;
};
struct group_create {
	struct group_ask group, *groups;
	size_t groups_count;
	bool group_given, groups_given;
};
struct group_made {
	struct security_group group, *groups;
	size_t groups_count;
};
struct group_shown {
	struct security_group item;
	struct words fields;
};
struct rule_ask {
	const char *project_id, *tenant_id, *security_group_id, *direction, *ethertype, *protocol;
	int64_t port_range_min, port_range_max;
	const char *remote_ip_prefix, *remote_group_id, *description;
	bool ethertype_given, port_range_min_given, port_range_max_given;
};
struct rule_create {
	struct rule_ask rule, *rules;
	size_t rules_count;
	bool rule_given, rules_given;
};
struct rule_made {
	struct security_rule rule, *rules;
	size_t rules_count;
};
struct rule_shown {
	struct security_rule item;
	struct words fields;
};

extern const struct field security_group_wire[], security_rule_wire[];
extern const struct route network_security_routes[], network_rule_routes[];

/* --- rules that other topics use --- */

/* The group, if the asker may see it; ST_NOT_FOUND as SecurityGroupNotFound. */
enum status security_own(struct call *c, const char *id, struct security_group *out) MUST_USE;
/* The group's rules have changed: the engine is to be told. */
enum status security_changed(struct call *c, const char *id) MUST_USE;
/* The VDC's default group, made when it is not there yet. In a writing transaction. */
enum status security_default(struct call *c, const char *project_id, const char **id) MUST_USE;
/* Checks that the asker may use each of these groups for a port of 'project_id'; '*out' gets their ids,
 * each once. With 'names', a group may be named instead (as Nova's clients do). */
enum status security_groups_check(struct call *c, const char *project_id, const struct words *ids,
				  bool names, struct words *out) MUST_USE;

/* Acts, which the proxies of Nova's clients call too (network_proxy.c). */
enum status security_make(struct call *c, const struct group_ask *ask,
			  struct security_group *out) MUST_USE;
enum status security_update(struct call *c, const struct group_ask *in,
			    struct security_group *out) MUST_USE;
enum status security_delete(struct call *c, const struct object_ask *in,
			    struct nothing *out) MUST_USE;
enum status security_rule_make(struct call *c, const struct rule_ask *ask,
			       struct security_rule *out) MUST_USE;
enum status security_rule_own(struct call *c, const char *id, struct security_rule *out) MUST_USE;
enum status security_rule_delete(struct call *c, const struct object_ask *in,
				 struct nothing *out) MUST_USE;
/* Not in a transaction: whoever lists the groups of his VDC finds its default one. */
enum status security_list_prepare(struct call *c, void *in) MUST_USE;

/* The protocol's number; -1: there is none of this name. */
int64_t security_protocol(const char *name);

/* --- store --- */

enum status security_store_group(struct call *c, const char *id,
				 struct security_group *out) MUST_USE;
enum status security_store_default(struct call *c, const char *project_id,
				   const char **id) MUST_USE;
enum status security_store_group_put(struct call *c, const struct security_group *g) MUST_USE;
enum status security_store_group_update(struct call *c, const struct security_group *g) MUST_USE;
enum status security_store_group_delete(struct call *c, const char *id) MUST_USE;
/* 'project_id' NULL: everybody's. Their rules are read along. */
enum status security_store_groups(struct call *c, const char *project_id, const char *after,
				  int64_t most, struct security_group **list, size_t *n) MUST_USE;
enum status security_store_group_applied(struct call *c, const char *id, int64_t revision,
					 bool *recorded) MUST_USE;
enum status security_store_group_fault(struct call *c, const char *id, const char *why) MUST_USE;
enum status security_store_group_bump(struct call *c, const char *id, int64_t now) MUST_USE;
/* How many ports it holds for. */
enum status security_store_group_ports(struct call *c, const char *id, int64_t *count) MUST_USE;
/* The groups that have a rule about this one. */
enum status security_store_groups_about(struct call *c, const char *id, struct words *ids) MUST_USE;

enum status security_store_rule(struct call *c, const char *id, struct security_rule *out) MUST_USE;
enum status security_store_rule_put(struct call *c, const struct security_rule *r) MUST_USE;
enum status security_store_rule_delete(struct call *c, const char *id) MUST_USE;
enum status security_store_rules(struct call *c, const char *project_id, const char *after,
				 int64_t most, struct security_rule **list, size_t *n) MUST_USE;

/* The groups of ports: 'ids' are the ports' ids one behind the other, the pairs come in their order. */
struct port_group {
	const char *port_id, *group_id;
};
enum status security_store_device_groups(struct call *c, const struct buf *devices,
					 struct network_group **list, size_t *n) MUST_USE;
enum status security_store_port_groups(struct call *c, const struct buf *ids,
				       struct port_group **list, size_t *n) MUST_USE;
enum status security_store_port_groups_put(struct call *c, const char *port_id,
					   const struct words *groups) MUST_USE;

#endif
