/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1 for operators: the pool room's hosts as services and, under an older word, as hosts. Each is
 * one service "nova-compute"; there is no other. */
#include <unistd.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_more.h"

#define BINARY "nova-compute"

/* --- services --- */

struct service {
	struct hypervisor h;
};
struct service_list {
	const char *host, *binary;
	struct map rest; /* what Nova does not know in a query it passes over, until 2.75 */
};
struct service_page {
	struct service *services;
	size_t services_count;
};
struct service_switch {
	const char *host, *binary, *disabled_reason;
};
struct service_switched {
	const char *host, *binary, *status, *disabled_reason;
};
struct service_change {
	const char *service_id, *status, *disabled_reason;
	bool forced_down;
};

static void put_service(struct call *c, struct json_out *j, const struct service *s)
{
	const struct pool_host *h = &s->h.host;
	char at[TIME_TEXT_SIZE];
	json_object_begin(j);
	json_key(j, "id");
	if (c->version >= NOVA(2, 53))
		json_str(j, h->id);
	else
		json_int(j, s->h.number);
	json_put_str(j, "binary", BINARY);
	json_put_str(j, "host", h->name);
	json_put_str(j, "zone", h->zone);
	json_put_str(j, "status", h->disabled ? "disabled" : "enabled");
	json_put_str(j, "state", h->state == POOL_HOST_UP ? "up" : "down");
	time_write(h->seen_at, TIME_BARE, at);
	json_put_str(j, "updated_at", at);
	json_put_str(j, "disabled_reason", h->disabled);
	if (c->version >= NOVA(2, 11))
		json_put_bool(j, "forced_down", false);
	json_object_end(j);
}

static void write_services(struct call *c, struct json_out *j, const void *obj)
{
	const struct service_page *p = obj;
	json_array_begin(j);
	for (size_t i = 0; i < p->services_count; i++)
		put_service(c, j, &p->services[i]);
	json_array_end(j);
}

static void write_service(struct call *c, struct json_out *j, const void *obj)
{
	put_service(c, j, obj);
}

static const struct field service_wire[] = { F_VIEW("service", write_service), F_END };
static const struct field service_page_wire[] = { F_VIEW("services", write_services), F_END };
static const struct field service_list_wire[] = {
	F_STR(service_list, host, 255, OPT | FROM_QUERY),
	F_STR(service_list, binary, 255, OPT | FROM_QUERY),
	F_QUERY_REST(service_list, rest),
	F_END,
};
static const struct field service_switch_wire[] = {
	F_STR(service_switch, host, 255, 0),
	F_STR(service_switch, binary, 255, 0),
	F_END,
};
static const struct field service_reason_wire[] = {
	F_STR(service_switch, host, 255, 0),
	F_STR(service_switch, binary, 255, 0),
	F_STR(service_switch, disabled_reason, 255, 0),
	F_END,
};
static const struct field service_switched_wire[] = {
	F_STR(service_switched, host, 0, 0),
	F_STR(service_switched, binary, 0, 0),
	F_STR(service_switched, status, 0, 0),
	F_STR(service_switched, disabled_reason, 0, OMIT),
	F_END,
};
static const struct field service_change_wire[] = {
	F_STR(service_change, service_id, 255, FROM_PATH),
	F_STR(service_change, status, 16, OPT),
	F_STR(service_change, disabled_reason, 255, OPT),
	F_BOOL(service_change, forced_down, OPT | LOOSE),
	F_END,
};

static enum status service_list(struct call *c, const struct service_list *in,
				struct service_page *out)
{
	struct hypervisor_page page = { 0 };
	enum status st = hypervisors_list(c, &(struct hypervisor_list){ 0 }, &page);
	out->services = arena_array(c->arena, page.hypervisors_count + 1, sizeof(*out->services));
	for (size_t i = 0; i < page.hypervisors_count && !st; i++) {
		const struct hypervisor *h = &page.hypervisors[i];
		if ((!in->host || str_eq(in->host, h->host.name)) &&
		    (!in->binary || str_eq(in->binary, BINARY)))
			out->services[out->services_count++].h = *h;
	}
	return st;
}

static enum status switch_service(struct call *c, const struct service_switch *in,
				  const char *reason, struct service_switched *out)
{
	struct service_page page = { 0 };
	struct pool_host h;
	const struct service_list wanted = { .host = in->host, .binary = in->binary };
	enum status st = service_list(c, &wanted, &page);
	if (st)
		return st;
	if (!page.services_count)
		return fail(c, ST_NOT_FOUND, "host", "Could not find binary %.64s on host %.64s.",
			    in->binary, in->host);
	const struct pool_host_change change = { .host_id = page.services[0].h.host.id,
						 .disabled = reason,
						 .disabled_given = true };
	*out = (struct service_switched){ in->host, in->binary, reason ? "disabled" : "enabled",
					  in->disabled_reason };
	return pool_host_change(c, &change, &h);
}

static enum status service_enable(struct call *c, const struct service_switch *in,
				  struct service_switched *out)
{
	return switch_service(c, in, NULL, out);
}

static enum status service_disable(struct call *c, const struct service_switch *in,
				   struct service_switched *out)
{
	return switch_service(c, in, in->disabled_reason ? in->disabled_reason : "by an operator",
			      out);
}

static enum status service_change(struct call *c, const struct service_change *in,
				  struct service *out)
{
	const struct hypervisor_key key = { in->service_id };
	bool off = str_eq(in->status, "disabled");
	if (in->forced_down)
		return fail(c, ST_NOT_OFFERED, "forced_down",
			    "hosts are not declared dead by hand");
	if (!in->status || (!off && !str_eq(in->status, "enabled")))
		return fail(c, ST_BAD_INPUT, "status", "status is enabled or disabled");
	if (!off && in->disabled_reason)
		return fail(c, ST_BAD_INPUT, "disabled_reason",
			    "Specifying disabled_reason requires that status is disabled.");
	enum status st = hypervisor_show(c, &key, &out->h);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, st, "service_id", "Service %.64s could not be found.",
			    in->service_id);
	}
	if (st)
		return st;
	const struct pool_host_change change = {
		.host_id = out->h.host.id,
		.disabled = !off                  ? NULL
			    : in->disabled_reason ? in->disabled_reason
						  : "by an operator",
		.disabled_given = true,
	};
	return pool_host_change(c, &change, &out->h.host);
}

/* --- hosts, under Nova's old word for them --- */

struct host_key {
	const char *name;
};
struct host_list {
	const char *zone;
};
struct host_page {
	struct service_page page;
	const char *scheduler; /* NULL: it is not asked for */
};
struct host_change {
	const char *name, *status, *maintenance_mode;
};
struct host_changed {
	const char *host, *status;
};

static void put_host(struct json_out *j, const char *name, const char *service, const char *zone)
{
	json_object_begin(j);
	json_put_str(j, "host_name", name);
	json_put_str(j, "service", service);
	json_put_str(j, "zone", zone);
	json_object_end(j);
}

/* Nova counts the machine that chooses hosts among them, in a zone of its own: it is this one. */
#define SCHEDULER_ZONE "internal"

static void write_hosts(struct call *c, struct json_out *j, const void *obj)
{
	const struct host_page *p = obj;
	(void)c;
	json_array_begin(j);
	for (size_t i = 0; i < p->page.services_count; i++)
		put_host(j, p->page.services[i].h.host.name, "compute",
			 p->page.services[i].h.host.zone);
	if (p->scheduler)
		put_host(j, p->scheduler, "scheduler", SCHEDULER_ZONE);
	json_array_end(j);
}

static void put_resource(struct json_out *j, const char *host, const char *what, int64_t cpu,
			 int64_t memory_mb, int64_t disk_gb)
{
	json_object_begin(j);
	json_key(j, "resource");
	json_object_begin(j);
	json_put_str(j, "host", host);
	json_put_str(j, "project", what);
	json_put_int(j, "cpu", cpu);
	json_put_int(j, "memory_mb", memory_mb);
	json_put_int(j, "disk_gb", disk_gb);
	json_object_end(j);
	json_object_end(j);
}

static void write_host(struct call *c, struct json_out *j, const void *obj)
{
	const struct pool_host *h = obj;
	(void)c;
	json_array_begin(j);
	put_resource(j, h->name, "(total)", h->vcpus, h->memory_mb, h->disk_gb);
	put_resource(j, h->name, "(used_now)", h->used_vcpus, h->used_memory_mb, h->used_disk_gb);
	json_array_end(j);
}

static const struct field hosts_wire[] = { F_VIEW("hosts", write_hosts), F_END };
static const struct field host_wire[] = { F_VIEW("host", write_host), F_END };
static const struct field host_key_wire[] = { F_STR(host_key, name, 255, FROM_PATH), F_END };
static const struct field host_list_wire[] = {
	F_STR(host_list, zone, 255, OPT | FROM_QUERY | EMPTY_OK), F_END
};
static const struct field host_change_wire[] = {
	F_STR(host_change, name, 255, FROM_PATH),
	F_STR(host_change, status, 16, OPT),
	F_STR(host_change, maintenance_mode, 16, OPT),
	F_END,
};
static const struct field host_changed_wire[] = {
	F_STR(host_changed, host, 0, 0),
	F_STR(host_changed, status, 0, 0),
	F_END,
};

static enum status host_list(struct call *c, const struct host_list *in, struct host_page *out)
{
	struct service_page *page = &out->page;
	size_t kept = 0;
	enum status st = service_list(c, &(struct service_list){ 0 }, page);
	for (size_t i = 0; i < page->services_count && !st; i++)
		if (str_empty(in->zone) || str_eq(in->zone, page->services[i].h.host.zone))
			page->services[kept++] = page->services[i];
	page->services_count = kept;
	if (str_empty(in->zone) || str_eq(in->zone, SCHEDULER_ZONE)) {
		char name[256] = "";
		if (gethostname(name, sizeof(name) - 1) || !*name)
			strcpy(name, "localhost");
		out->scheduler = arena_strdup(c->arena, name);
	}
	return st;
}

static enum status host_show(struct call *c, const struct host_key *in, struct pool_host *out)
{
	struct service_page page = { 0 };
	enum status st = service_list(c, &(struct service_list){ .host = in->name }, &page);
	if (!st && !page.services_count)
		return fail(c, ST_NOT_FOUND, "name", "Compute host %.64s could not be found.",
			    in->name);
	if (!st)
		*out = page.services[0].h.host;
	return st;
}

static enum status host_change(struct call *c, const struct host_change *in,
			       struct host_changed *out)
{
	struct pool_host h = { 0 };
	bool off = str_case_eq(in->status ? in->status : "", "disable");
	if (in->status ? !off && !str_case_eq(in->status, "enable") : !in->maintenance_mode)
		return fail(c, ST_BAD_INPUT, "status", "status is enable or disable");
	if (in->maintenance_mode && !str_case_eq(in->maintenance_mode, "enable") &&
	    !str_case_eq(in->maintenance_mode, "disable"))
		return fail(c, ST_BAD_INPUT, "maintenance_mode",
			    "maintenance_mode is enable or disable");
	enum status st = host_show(c, &(struct host_key){ in->name }, &h);
	if (!st && in->maintenance_mode)
		return fail(c, ST_NOT_OFFERED, "maintenance_mode",
			    "hosts are not emptied by the program yet");
	if (st)
		return st;
	const struct pool_host_change change = { .host_id = h.id,
						 .disabled = off ? "by an operator" : NULL,
						 .disabled_given = true };
	*out = (struct host_changed){ arena_strdup(c->arena, in->name),
				      off ? "disabled" : "enabled" };
	return pool_host_change(c, &change, &h);
}

static enum status host_power(struct call *c, const struct host_key *in, struct nothing *out)
{
	struct pool_host h;
	(void)out;
	enum status st = host_show(c, in, &h);
	return st ? st : fail(c, ST_NOT_OFFERED, NULL, "hosts are not switched by the program");
}

/* --- routes --- */

ACT(host_list, host_list, host_page)
ACT(host_show, host_key, pool_host)
ACT(host_change, host_change, host_changed)
ACT(host_power, host_key, nothing)
ACT(service_list, service_list, service_page)
ACT(service_enable, service_switch, service_switched)
ACT(service_disable, service_switch, service_switched)
ACT(service_change, service_change, service)

#define SERVICES "/v2.1/os-services"
#define SWITCH(word, fn, shape, help_)                                                             \
	{                                                                                          \
		.method = "PUT", .path = SERVICES "/" word, .may = HOST_WRITE, .act = fn##_act,    \
		.in = shape, .in_size = sizeof(struct service_switch),                             \
		.out = service_switched_wire, .out_size = sizeof(struct service_switched),         \
		.name = "compute.service." word, .success = 200, .out_wrap = "service",            \
		.until = NOVA(2, 52), .help = help_                                                \
	}

#define HOST_POWER(word)                                                                           \
	ROUTE("GET", "/v2.1/os-hosts/{name}/" word, HOST_WRITE, 0, host_power, host_key, nothing,  \
	      .name = "compute.host." word, .success = 200, .until = NOVA(2, 42),                  \
	      .help = "Not offered: answers 501")

const struct route compute_service_routes[] = {
	ROUTE("GET", SERVICES, HOST_READ, 0, service_list, service_list, service_page,
	      .name = "compute.service.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The hosts as services"),
	SWITCH("enable", service_enable, service_switch_wire, "Let a host take servers"),
	SWITCH("disable", service_disable, service_switch_wire, "Let a host take no more servers"),
	SWITCH("disable-log-reason", service_disable, service_reason_wire,
	       "Let a host take no more servers, and say why"),
	SHOW("/v2.1/os-hosts", HOST_READ, 0, host_list, host_list, host_page, hosts_wire,
	     "compute.host.list", "The hosts, and who chooses among them", .until = NOVA(2, 42)),
	SHOW("/v2.1/os-hosts/{name}", HOST_READ, 0, host_show, host_key, pool_host, host_wire,
	     "compute.host.show", "What a host has and has promised", .until = NOVA(2, 42)),
	ROUTE("PUT", "/v2.1/os-hosts/{name}", HOST_WRITE, 0, host_change, host_change, host_changed,
	      .name = "compute.host.update", .success = 200, .until = NOVA(2, 42),
	      .help = "Let a host take servers, or no more"),
	HOST_POWER("startup"),
	HOST_POWER("shutdown"),
	HOST_POWER("reboot"),
	ROUTE("PUT", SERVICES "/{service_id}", HOST_WRITE, 0, service_change, service_change,
	      service, .name = "compute.service.update", .success = 200, .since = NOVA(2, 53),
	      .help = "Let a host take servers, or no more"),
	{ 0 },
};
