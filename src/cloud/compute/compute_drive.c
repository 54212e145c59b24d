/* SPDX-License-Identifier: Apache-2.0 */
/* What a server learns about itself from its configuration drive, in the words that cloud-init reads
 * (OpenStack's meta_data.json and network_data.json). */
#include "base/text.h"
#include "cloud/compute/compute_private.h"

const char *drive_meta_data(struct call *c, const struct server *s)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	json_object_begin(&j);
	json_put_str(&j, "uuid", s->id);
	json_put_str(&j, "name", s->name);
	json_put_str(&j, "hostname", s->hostname);
	json_put_int(&j, "launch_index", s->launch_index);
	json_put_str(&j, "availability_zone", s->zone);
	json_put_str(&j, "project_id", s->project_id);
	json_key(&j, "meta");
	json_raw(&j, map_to_json(c->arena, &s->metadata));
	if (s->key_public) {
		json_key(&j, "public_keys");
		json_object_begin(&j);
		json_put_str(&j, s->key_name, s->key_public);
		json_object_end(&j);
		json_key(&j, "keys");
		json_array_begin(&j);
		json_object_begin(&j);
		json_put_str(&j, "name", s->key_name);
		json_put_str(&j, "type", str_starts(s->key_public, "-----BEGIN") ? "x509" : "ssh");
		json_put_str(&j, "data", s->key_public);
		json_object_end(&j);
		json_array_end(&j);
	}
	json_object_end(&j);
	return buf_text(&b);
}

const char *drive_network_data(struct call *c, const struct server *s)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	json_object_begin(&j);
	json_key(&j, "links");
	json_array_begin(&j);
	for (size_t i = 0; i < s->nics_count; i++) {
		const struct network_interface *n = &s->nics[i];
		json_object_begin(&j);
		json_put_str(&j, "id", arena_printf(c->arena, "tap%.11s", n->id));
		json_put_str(&j, "vif_id", n->id);
		json_put_str(&j, "type", "ovs");
		json_put_int(&j, "mtu", n->mtu);
		json_put_str(&j, "ethernet_mac_address", n->mac_address);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key(&j, "networks");
	json_array_begin(&j);
	/* Addresses, routes and name servers come by DHCP, which OVN answers. */
	for (size_t i = 0; i < s->nics_count; i++) {
		const struct network_interface *n = &s->nics[i];
		json_object_begin(&j);
		json_put_str(&j, "id", arena_printf(c->arena, "network%zu", i));
		json_put_str(&j, "link", arena_printf(c->arena, "tap%.11s", n->id));
		json_put_str(&j, "network_id", n->network_id);
		json_put_str(&j, "type", "ipv4_dhcp");
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key(&j, "services");
	json_array_begin(&j);
	json_array_end(&j);
	json_object_end(&j);
	return buf_text(&b);
}
