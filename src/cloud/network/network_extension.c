/* SPDX-License-Identifier: Apache-2.0 */
/* What of Neutron is here, as clients ask it: versions, resources, extensions. An extension stands in the
 * list only when all that its clients do with it works. */
#include "cloud/network/network_private.h"

static const struct extension all[] = {
	{ "allowed-address-pairs", "Allowed Address Pairs",
	  "Ports may use other addresses that are named." },
	{ "binding", "Port Binding", "Administrators see and say on which host a port is." },
	{ "empty-string-filtering", "Empty String Filtering Extension",
	  "Lists can be filtered by an empty string." },
	{ "ext-gw-mode", "Neutron L3 Configurable external gateway mode",
	  "Whether a router hides addresses behind its own." },
	{ "external-net", "Neutron external network", "Networks that lead out of the cloud." },
	{ "extraroute", "Neutron Extra Route", "Routers have routes of their own." },
	{ "filter-validation", "Filter parameters validation",
	  "A filter that does not exist is refused." },
	{ "ip-substring-filtering", "IP address substring filtering",
	  "Ports can be listed by a part of an address." },
	{ "net-mtu", "Network MTU", "Networks tell their MTU." },
	{ "net-mtu-writable", "Network MTU (writable)", "Networks can be given an MTU." },
	{ "pagination", "Pagination support", "Lists come in pages." },
	{ "port-mac-address-override", "Port MAC address of one's choice",
	  "Owners of a network choose the MAC addresses on it." },
	{ "port-security", "Port Security", "Whether a port may send as others." },
	{ "project-id", "project_id field enabled", "'project_id' stands beside 'tenant_id'." },
	{ "provider", "Provider Network", "Administrators say by which cable a network goes." },
	{ "quota_details", "Quota details management support", "What of a quota is used." },
	{ "quotas", "Quota management support", "Quotas for each project." },
	{ "router", "Neutron L3 Router", "Routers between networks, with floating addresses." },
	{ "security-group", "security-group", "What may reach a port and what it may reach." },
	{ "service-type", "Neutron Service Type Management", "Who routes." },
	{ "sorting", "Sorting support", "Lists come sorted." },
	{ "standard-attr-description", "standard-attr-description",
	  "Networks and what belongs to them have a description." },
	{ "standard-attr-revisions", "Resource revision numbers",
	  "Networks and what belongs to them tell their revision." },
	{ "standard-attr-tag", "Tag support for resources with standard attribute",
	  "Networks and what belongs to them have tags." },
	{ "standard-attr-timestamp", "Resource timestamps",
	  "Networks and what belongs to them tell when they were made and changed." },
	{ "stateful-security-group", "Stateful security group",
	  "Whether a group follows connections." },
	{ "subnet_allocation", "Subnet Allocation", "Subnets are cut out of subnet pools." },
};
enum { COUNT = sizeof all / sizeof *all };

enum status network_extension_list(struct call *c, const struct nothing *in, struct extensions *out)
{
	(void)in;
	out->extensions = arena_array(c->arena, COUNT, sizeof *out->extensions);
	memcpy(out->extensions, all, sizeof all);
	out->extensions_count = COUNT;
	return ST_OK;
}

enum status network_extension_show(struct call *c, const struct extension_ask *in,
				   struct extension *out)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (!str_eq(all[i].alias, in->alias))
			continue;
		*out = all[i];
		return ST_OK;
	}
	return fail(c, ST_NOT_FOUND, "ExtensionNotFound", "Extension with alias %s does not exist",
		    in->alias);
}
