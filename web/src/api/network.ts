/* SPDX-License-Identifier: Apache-2.0 */
/* Networks with their subnets by the Neutron-compatible service. */
import { get } from "./http";

export interface Subnet {
	id: string;
	name: string;
	network_id: string;
	cidr: string;
	gateway_ip: string | null;
	enable_dhcp: boolean;
	ip_version: number;
	dns_nameservers: string[];
}

export interface Network {
	id: string;
	name: string;
	status: string;
	admin_state_up: boolean;
	shared: boolean;
	"router:external"?: boolean;
	mtu?: number;
	subnets: string[];
}

export async function listNetworks(signal?: AbortSignal): Promise<Network[]> {
	return (await get<{ networks: Network[] }>("/network/v2.0/networks", signal)).networks;
}

export async function listSubnets(signal?: AbortSignal): Promise<Subnet[]> {
	return (await get<{ subnets: Subnet[] }>("/network/v2.0/subnets", signal)).subnets;
}
