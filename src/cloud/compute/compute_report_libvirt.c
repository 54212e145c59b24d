/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest has used, from libvirt's statistics of its domain. It runs in the worker child. */
#include <stdlib.h>
#include "base/text.h"
#include "cloud/compute/compute_engine_private.h"

/* libvirt's names: "net.0.rx.bytes". What it does not tell, or counts past int64_t, is INT_NULL. */
static int64_t number(struct call *c, const struct engine_numbers *r, const char *group, size_t at,
		      const char *name)
{
	const char *key = group ? arena_printf(c->arena, "%s.%zu.%s", group, at, name) : name;
	const virTypedParameter *p = virTypedParamsGet(r->params, r->count, key);
	if (!p)
		return INT_NULL;
	switch (p->type) {
	case VIR_TYPED_PARAM_INT: return p->value.i < 0 ? INT_NULL : p->value.i;
	case VIR_TYPED_PARAM_UINT: return p->value.ui;
	case VIR_TYPED_PARAM_LLONG: return p->value.l < 0 ? INT_NULL : p->value.l;
	case VIR_TYPED_PARAM_ULLONG:
		return p->value.ul > INT64_MAX ? INT_NULL : (int64_t)p->value.ul;
	default: return INT_NULL;
	}
}

static const char *word(struct call *c, const struct engine_numbers *r, const char *group,
			size_t at)
{
	const char *key = arena_printf(c->arena, "%s.%zu.name", group, at);
	const virTypedParameter *p = virTypedParamsGet(r->params, r->count, key);
	bool text = p && p->type == VIR_TYPED_PARAM_STRING && p->value.s;
	return arena_strdup(c->arena, text ? p->value.s : "?");
}

/* How many of a kind there are, within what the daemon reads. */
static size_t count_of(struct call *c, const struct engine_numbers *r, const char *key, size_t most)
{
	int64_t n = number(c, r, NULL, 0, key);
	return n < 0 ? 0 : (size_t)n < most ? (size_t)n : most;
}

/* libvirt writes an interface's MAC address before the name of the host's end. */
static const char *mac_of(struct call *c, const char *xml, const char *name)
{
	const char *end = strstr(xml, arena_printf(c->arena, "<target dev='%s'", name));
	const char *mac = NULL, *at = xml;
	while (end && (at = strstr(at, "<mac address='")) && at < end)
		mac = at += strlen("<mac address='");
	return mac && strcspn(mac, "'") == 17 ? arena_strndup(c->arena, mac, 17) : NULL;
}

static void read_cards(struct call *c, const struct engine_numbers *r, const char *xml,
		       struct guest_report *out)
{
	out->cards_count = count_of(c, r, "net.count", 256);
	out->cards = arena_array(c->arena, out->cards_count + 1, sizeof(*out->cards));
	for (size_t i = 0; i < out->cards_count; i++) {
		const char *name = word(c, r, "net", i);
		out->cards[i] = (struct guest_card){
			.name = name,
			.mac_address = mac_of(c, xml, name),
			.rx_octets = number(c, r, "net", i, "rx.bytes"),
			.rx_packets = number(c, r, "net", i, "rx.pkts"),
			.rx_errors = number(c, r, "net", i, "rx.errs"),
			.rx_drop = number(c, r, "net", i, "rx.drop"),
			.tx_octets = number(c, r, "net", i, "tx.bytes"),
			.tx_packets = number(c, r, "net", i, "tx.pkts"),
			.tx_errors = number(c, r, "net", i, "tx.errs"),
			.tx_drop = number(c, r, "net", i, "tx.drop"),
		};
	}
}

static void read_drives(struct call *c, const struct engine_numbers *r, struct guest_report *out)
{
	out->drives_count = count_of(c, r, "block.count", 256);
	out->drives = arena_array(c->arena, out->drives_count + 1, sizeof(*out->drives));
	for (size_t i = 0; i < out->drives_count; i++)
		out->drives[i] = (struct guest_drive){
			.name = word(c, r, "block", i),
			.read_bytes = number(c, r, "block", i, "rd.bytes"),
			.read_requests = number(c, r, "block", i, "rd.reqs"),
			.write_bytes = number(c, r, "block", i, "wr.bytes"),
			.write_requests = number(c, r, "block", i, "wr.reqs"),
			.errors = number(c, r, "block", i, "errors"),
		};
}

static int64_t mib(int64_t kib)
{
	return kib == INT_NULL ? INT_NULL : kib / 1024;
}

void engine_report_of(struct call *c, const struct engine_numbers *r, const char *xml,
		      struct guest_report *out)
{
	out->memory_mb = mib(number(c, r, NULL, 0, "balloon.maximum"));
	out->memory_used_mb = mib(number(c, r, NULL, 0, "balloon.rss"));
	out->cpus_count = count_of(c, r, "vcpu.current", 1024);
	out->cpus = arena_array(c->arena, out->cpus_count + 1, sizeof(*out->cpus));
	for (size_t i = 0; i < out->cpus_count; i++)
		out->cpus[i].time = number(c, r, "vcpu", i, "time");
	read_cards(c, r, xml, out);
	read_drives(c, r, out);
}

enum status engine_report(struct call *c, struct engine *e, const char *id,
			  struct guest_report *out)
{
	const unsigned kinds = VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU |
			       VIR_DOMAIN_STATS_INTERFACE | VIR_DOMAIN_STATS_BLOCK;
	SCOPED_DOMAIN d = NULL;
	virDomainStatsRecordPtr *records = NULL;
	struct guest_report report = { 0 };
	enum status st = engine_find_there(c, e, id, &d);
	if (st)
		return st;
	if (virDomainIsActive(d) != 1)
		return fail(c, ST_CONFLICT, NULL, "the guest of server %s does not run", id);
	virDomainPtr list[] = { d, NULL };
	int count = virDomainListGetStats(list, kinds, &records, 0);
	char *xml = count == 1 ? virDomainGetXMLDesc(d, 0) : NULL;
	if (xml)
		engine_report_of(
			c, &(struct engine_numbers){ records[0]->params, records[0]->nparams }, xml,
			&report);
	else
		st = engine_say(c, "the domain's statistics cannot be read");
	free(xml);
	if (records)
		virDomainStatsRecordListFree(records);
	if (!st)
		*out = report;
	return st;
}
