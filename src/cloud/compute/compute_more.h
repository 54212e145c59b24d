/* SPDX-License-Identifier: Apache-2.0 */
/* What Nova says besides servers and flavors: quotas, limits, zones, hypervisors. The rules are in
 * compute_more.c, the shapes and routes in compute_more_http.c. */
#ifndef CLOUD_COMPUTE_COMPUTE_MORE_H
#define CLOUD_COMPUTE_COMPUTE_MORE_H

#include "cloud/compute/compute_change.h"

struct project_key {
	const char *project_id;
	const char *user_id; /* NULL: of the VDC, else of a person in it */
};
struct quota_set {
	const char *id;
	struct quota_bounds limit;
	struct quota used;
	int64_t groups; /* server groups that there are */
};
struct quota_change {
	const char *project_id, *user_id;
	const char *id; /* of a class, instead */
	const char *tenant_id;
	struct quota_bounds bounds;
	bool force;
};
struct quota_class_key {
	const char *id;
};
struct limits_ask {
	const char *tenant_id, *reserved;
};
struct zone {
	const char *name;
	bool available;
	struct pool_host *hosts;
	size_t hosts_count;
};
struct zone_list {
	struct zone *zones;
	size_t zones_count;
};
struct hypervisor_key {
	const char *hypervisor_id;
};
struct hypervisor_list {
	int64_t limit;
	bool limit_given;
	const char *marker, *hypervisor_hostname_pattern, *with_servers;
};
struct hypervisor {
	struct pool_host host;
	int64_t number; /* before 2.53 hypervisors are counted, not named */
	int64_t servers;
	struct server *members; /* when they were asked for */
	size_t members_count;
};
struct hypervisor_page {
	struct hypervisor *hypervisors;
	size_t hypervisors_count;
	const char *next;
};
struct hypervisor_total {
	int64_t count, vcpus, vcpus_used, memory_mb, memory_mb_used, local_gb, local_gb_used,
		running_vms, free_ram_mb, free_disk_gb, current_workload, disk_available_least;
};

enum status quota_set_show(struct call *c, const struct project_key *in,
			   struct quota_set *out) MUST_USE;
enum status quota_set_defaults(struct call *c, const struct project_key *in,
			       struct quota_set *out) MUST_USE;
enum status quota_set_change(struct call *c, const struct quota_change *in,
			     struct quota_set *out) MUST_USE;
enum status quota_set_reset(struct call *c, const struct project_key *in, void *out) MUST_USE;
enum status quota_class_show(struct call *c, const struct quota_class_key *in,
			     struct quota_set *out) MUST_USE;
/* ST_NOT_FOUND: a class other than "default". */
enum status quota_class_change(struct call *c, const struct quota_change *in,
			       struct quota_set *out) MUST_USE;
/* ST_FORBIDDEN: another VDC's. */
enum status quota_may_see(struct call *c, const char *project) MUST_USE;
enum status limits_show(struct call *c, const struct limits_ask *in,
			struct quota_set *out) MUST_USE;
enum status zones_show(struct call *c, const void *in, struct zone_list *out) MUST_USE;
enum status hypervisors_list(struct call *c, const struct hypervisor_list *in,
			     struct hypervisor_page *out) MUST_USE;
enum status hypervisors_search(struct call *c, const struct hypervisor_key *in,
			       struct hypervisor_page *out) MUST_USE;
enum status hypervisors_servers(struct call *c, const struct hypervisor_key *in,
				struct hypervisor_page *out) MUST_USE;
enum status hypervisor_show(struct call *c, const struct hypervisor_key *in,
			    struct hypervisor *out) MUST_USE;
enum status hypervisors_sum(struct call *c, const void *in, struct hypervisor_total *out) MUST_USE;

#endif
