/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: diagnostics of a server, in libvirt's words until 2.47 and in Nova's own since; the uptime of
 * a host. */
#include "base/text.h"
#include "cloud/compute/compute_diagnose.h"
#include "cloud/compute/compute_http.h"

/* --- until 2.47: one flat object, whatever the engine tells --- */

static void put_flat(struct call *c, struct json_out *j, const char *thing, const char *what,
		     int64_t v)
{
	if (v != INT_NULL)
		json_put_int(j, arena_printf(c->arena, "%s_%s", thing, what), v);
}

static const char *flat_of(struct call *c, const struct guest_report *r)
{
	struct buf b = { .arena = c->arena };
	struct json_out to = json_to(&b), *j = &to;
	json_object_begin(j);
	for (size_t i = 0; i < r->cpus_count; i++)
		put_flat(c, j, arena_printf(c->arena, "cpu%zu", i), "time", r->cpus[i].time);
	for (size_t i = 0; i < r->drives_count; i++) {
		const struct guest_drive *d = &r->drives[i];
		put_flat(c, j, d->name, "read", d->read_bytes);
		put_flat(c, j, d->name, "read_req", d->read_requests);
		put_flat(c, j, d->name, "write", d->write_bytes);
		put_flat(c, j, d->name, "write_req", d->write_requests);
		put_flat(c, j, d->name, "errors", d->errors);
	}
	for (size_t i = 0; i < r->cards_count; i++) {
		const struct guest_card *n = &r->cards[i];
		put_flat(c, j, n->name, "rx", n->rx_octets);
		put_flat(c, j, n->name, "rx_packets", n->rx_packets);
		put_flat(c, j, n->name, "rx_errors", n->rx_errors);
		put_flat(c, j, n->name, "rx_drop", n->rx_drop);
		put_flat(c, j, n->name, "tx", n->tx_octets);
		put_flat(c, j, n->name, "tx_packets", n->tx_packets);
		put_flat(c, j, n->name, "tx_errors", n->tx_errors);
		put_flat(c, j, n->name, "tx_drop", n->tx_drop);
	}
	/* KiB, as libvirt counts. */
	if (r->memory_mb != INT_NULL)
		json_put_int(j, "memory", r->memory_mb * 1024);
	if (r->memory_used_mb != INT_NULL)
		json_put_int(j, "memory-rss", r->memory_used_mb * 1024);
	json_object_end(j);
	return buf_text(&b);
}

/* --- since 2.48 --- */

static void write_memory(struct call *c, struct json_out *j, const void *obj)
{
	const struct guest_report *r = &((const struct diagnosis *)obj)->report;
	(void)c;
	json_object_begin(j);
	compute_put_count(j, "maximum", r->memory_mb);
	compute_put_count(j, "used", r->memory_used_mb);
	json_object_end(j);
}

static void write_cpus(struct call *c, struct json_out *j, const void *obj)
{
	const struct guest_report *r = &((const struct diagnosis *)obj)->report;
	(void)c;
	json_array_begin(j);
	for (size_t i = 0; i < r->cpus_count; i++) {
		json_object_begin(j);
		json_put_int(j, "id", (int64_t)i);
		compute_put_count(j, "time", r->cpus[i].time);
		compute_put_count(j, "utilisation", INT_NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_card(struct json_out *j, const struct guest_card *n)
{
	json_object_begin(j);
	json_put_str(j, "mac_address", n->mac_address);
	compute_put_count(j, "rx_octets", n->rx_octets);
	compute_put_count(j, "rx_errors", n->rx_errors);
	compute_put_count(j, "rx_drop", n->rx_drop);
	compute_put_count(j, "rx_packets", n->rx_packets);
	compute_put_count(j, "rx_rate", INT_NULL);
	compute_put_count(j, "tx_octets", n->tx_octets);
	compute_put_count(j, "tx_errors", n->tx_errors);
	compute_put_count(j, "tx_drop", n->tx_drop);
	compute_put_count(j, "tx_packets", n->tx_packets);
	compute_put_count(j, "tx_rate", INT_NULL);
	json_object_end(j);
}

static void write_cards(struct call *c, struct json_out *j, const void *obj)
{
	const struct guest_report *r = &((const struct diagnosis *)obj)->report;
	(void)c;
	json_array_begin(j);
	for (size_t i = 0; i < r->cards_count; i++)
		put_card(j, &r->cards[i]);
	json_array_end(j);
}

static void write_drives(struct call *c, struct json_out *j, const void *obj)
{
	const struct guest_report *r = &((const struct diagnosis *)obj)->report;
	(void)c;
	json_array_begin(j);
	for (size_t i = 0; i < r->drives_count; i++) {
		json_object_begin(j);
		compute_put_count(j, "read_bytes", r->drives[i].read_bytes);
		compute_put_count(j, "read_requests", r->drives[i].read_requests);
		compute_put_count(j, "write_bytes", r->drives[i].write_bytes);
		compute_put_count(j, "write_requests", r->drives[i].write_requests);
		compute_put_count(j, "errors_count", r->drives[i].errors);
		json_object_end(j);
	}
	json_array_end(j);
}

#define V248 SINCE(2, 48)
static const struct field diagnosis_wire[] = {
	F_REST(diagnosis, flat, 0),
	F_STR(diagnosis, state, 0, 0, V248),
	F_STR(diagnosis, driver, 0, 0, V248),
	F_STR(diagnosis, hypervisor, 0, 0, V248),
	F_STR(diagnosis, hypervisor_os, 0, 0, V248),
	F_INT(diagnosis, uptime, 0, 0, NULLABLE, V248),
	F_BOOL(diagnosis, config_drive, 0, V248),
	F_INT(diagnosis, num_cpus, 0, 0, 0, V248),
	F_INT(diagnosis, num_nics, 0, 0, 0, V248),
	F_INT(diagnosis, num_disks, 0, 0, 0, V248),
	F_VIEW("memory_details", write_memory, V248),
	F_VIEW("cpu_details", write_cpus, V248),
	F_VIEW("nic_details", write_cards, V248),
	F_VIEW("disk_details", write_drives, V248),
	F_END,
};
static const struct field diagnose_wire[] = { F_STR(diagnose, server_id, 255, FROM_PATH), F_END };

static enum status diagnose(struct call *c, const struct diagnose *in, struct diagnosis *out)
{
	enum status st = server_diagnose(c, in, out);
	if (!st && c->version < NOVA(2, 48))
		out->flat = flat_of(c, &out->report);
	return st;
}

/* --- the uptime of a host --- */

static void write_uptime(struct call *c, struct json_out *j, const void *obj)
{
	const struct uptime *u = obj;
	const struct pool_host *h = &u->hypervisor.host;
	json_object_begin(j);
	json_key(j, "id");
	if (c->version >= NOVA(2, 53))
		json_str(j, h->id);
	else
		json_int(j, u->hypervisor.number);
	json_put_str(j, "hypervisor_hostname", h->name);
	json_put_str(j, "state", h->state == POOL_HOST_UP ? "up" : "down");
	json_put_str(j, "status", h->disabled ? "disabled" : "enabled");
	json_put_str(j, "uptime", u->text);
	json_object_end(j);
}

static const struct field uptime_wire[] = { F_VIEW("hypervisor", write_uptime), F_END };
static const struct field uptime_ask_wire[] = { F_STR(uptime_ask, hypervisor_id, 255, FROM_PATH),
						F_END };

/* --- routes --- */

ACT(diagnose, diagnose, diagnosis)
ACT(host_uptime_show, uptime_ask, uptime)

const struct route compute_diagnose_routes[] = {
	ROUTE("GET", SERVER "/diagnostics", HOST_READ, SCOPES, diagnose, diagnose, diagnosis,
	      .name = "compute.server.diagnostics", .flags = ROUTE_READS, .success = 200,
	      .prepare = server_diagnose_prepare, .help = "What its guest has used, by its engine"),
	ROUTE("GET", "/v2.1/os-hypervisors/{hypervisor_id}/uptime", HOST_READ, 0, host_uptime_show,
	      uptime_ask, uptime, .name = "compute.hypervisor.uptime", .flags = ROUTE_READS,
	      .success = 200, .prepare = host_uptime_prepare,
	      .help = "How long a host has run, as uptime(1) says it"),
	{ 0 },
};
