/* SPDX-License-Identifier: Apache-2.0 */
/* What of Neutron is here, as clients ask it: versions, resources, extensions. An extension stands in the
 * list only when all that its clients do with it works. */
#include "cloud/network/network_private.h"

static const struct extension all[] = {
	{ "empty-string-filtering", "Empty String Filtering Extension",
	  "Lists can be filtered by an empty string." },
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
	{ "quotas", "Quota management support", "Quotas for each project." },
	{ "quota_details", "Quota details management support", "What of a quota is used." },
	{ "sorting", "Sorting support", "Lists come sorted." },
	{ "standard-attr-description", "standard-attr-description",
	  "Networks, subnets and ports have a description." },
	{ "standard-attr-revisions", "Resource revision numbers",
	  "Networks, subnets and ports tell their revision." },
	{ "standard-attr-tag", "Tag support for resources with standard attribute",
	  "Networks, subnets and ports have tags." },
	{ "standard-attr-timestamp", "Resource timestamps",
	  "Networks, subnets and ports tell when they were made and changed." },
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

static const char not_offered[] =
	"routers, floating addresses, security groups and subnet pools are not offered yet: ports see "
	"what OVN carries without access lists";

enum status network_not_there(struct call *c, const struct network_list_ask *in,
			      struct nothing *out)
{
	(void)in, (void)out;
	return fail(c, ST_NOT_FOUND, "HTTPNotFound", "%s", not_offered);
}

enum status network_not_offered(struct call *c, const struct anything *in, struct nothing *out)
{
	(void)in, (void)out;
	return fail(c, ST_NOT_OFFERED, "NotImplemented", "%s", not_offered);
}
