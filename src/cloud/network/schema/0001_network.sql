-- Networks, subnets, ports and their addresses. What stands here is what is wanted; 'applied' tells
-- which revision of it the engine has. Times are microseconds since 1970, UTC.

create table network_network (
	id text primary key,
	project_id text not null,
	domain_id text,                 -- the VDC's department; null when an administrator acted for it
	name text not null,
	description text not null,
	admin_state_up @INT not null check (admin_state_up in (0, 1)),
	shared @INT not null check (shared in (0, 1)),  -- every VDC may have ports here
	port_security @INT not null check (port_security in (0, 1)),  -- what new ports begin with
	external @INT not null check (external in (0, 1)),  -- routers may have their gateway here
	network_type text not null check (network_type in ('geneve', 'flat', 'vlan')),
	physical_network text check ((physical_network is null) = (network_type = 'geneve')),
	segmentation_id @INT check ((segmentation_id is null) = (network_type <> 'vlan')
		and (segmentation_id is null or segmentation_id between 1 and 4094)),
	mtu @INT not null check (mtu between 68 and 65535),
	fault text,                     -- why the engine could not have it; null: nothing is wrong
	tags text not null,             -- a JSON array of strings
	revision @INT not null,         -- grows with each change
	applied @INT not null,          -- the newest revision that the engine has; 0: none
	created_at @INT not null,
	updated_at @INT not null
) @STRICT;
create index network_network_by_project on network_network (project_id, id);
create index network_network_shared on network_network (id) where shared = 1;
create index network_network_external on network_network (id) where external = 1;

-- Address space that subnets are cut out of, so that those of one VDC do not overlap.
create table network_subnetpool (
	id text primary key,
	project_id text not null,
	name text not null,
	description text not null,
	ip_version @INT not null check (ip_version in (4, 6)),
	prefixes text not null,         -- a JSON array of CIDRs that do not overlap
	min_prefixlen @INT not null,
	max_prefixlen @INT not null,
	default_prefixlen @INT not null,
	default_quota @INT,             -- null: no bound
	shared @INT not null check (shared in (0, 1)),
	is_default @INT not null check (is_default in (0, 1)),
	tags text not null,
	revision @INT not null,
	created_at @INT not null,
	updated_at @INT not null
) @STRICT;
create index network_subnetpool_by_project on network_subnetpool (project_id, id);
create index network_subnetpool_shared on network_subnetpool (id) where shared = 1;

create table network_subnet (
	id text primary key,
	network_id text not null references network_network (id),
	project_id text not null,
	name text not null,
	description text not null,
	ip_version @INT not null check (ip_version in (4, 6)),
	cidr text not null,
	gateway_ip text,
	enable_dhcp @INT not null check (enable_dhcp in (0, 1)),
	ipv6_address_mode text check (ipv6_address_mode is null or (ip_version = 6 and
		ipv6_address_mode in ('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'))),
	ipv6_ra_mode text check (ipv6_ra_mode is null or (ip_version = 6 and
		ipv6_ra_mode in ('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'))),
	subnetpool_id text references network_subnetpool (id),
	dns_nameservers text not null,  -- a JSON array of addresses
	host_routes text not null,      -- a JSON array of {destination, nexthop}
	tags text not null,
	revision @INT not null,
	created_at @INT not null,
	updated_at @INT not null,
	unique (network_id, cidr)
) @STRICT;
create index network_subnet_by_project on network_subnet (project_id, id);
create index network_subnet_by_subnetpool on network_subnet (subnetpool_id, id)
	where subnetpool_id is not null;

-- The ranges that addresses are given from, as offsets from the subnet's first address; for IPv6, whose
-- offsets take 64 bits without a sign, less 2^63, which keeps their order.
create table network_pool (
	subnet_id text not null references network_subnet (id) on delete cascade,
	first @INT not null,
	last @INT not null check (last >= first),
	next @INT not null,             -- where the search for a free address begins
	primary key (subnet_id, first)
) @STRICT;

create table network_port (
	id text primary key,
	network_id text not null references network_network (id),
	project_id text not null,
	domain_id text,
	name text not null,
	description text not null,
	mac_address text not null,
	admin_state_up @INT not null check (admin_state_up in (0, 1)),
	port_security @INT not null check (port_security in (0, 1)),
	device_id text not null,        -- '' when nothing is plugged in
	device_owner text not null,
	made_for_device @INT not null check (made_for_device in (0, 1)),  -- goes with its device
	host_id text not null,          -- where its device runs; '': not told
	address_pairs text not null,    -- a JSON array of {ip_address, mac_address} it may use too
	bound @INT not null check (bound in (0, 1)),  -- the engine says that it carries packets
	fault text,
	tags text not null,
	revision @INT not null,
	applied @INT not null,
	created_at @INT not null,
	updated_at @INT not null,
	unique (network_id, mac_address)
) @STRICT;
create index network_port_by_project on network_port (project_id, id);
create index network_port_by_network on network_port (network_id, id);
create index network_port_by_device on network_port (device_id, id);

-- Who has which address: the key makes sure that none is given twice.
create table network_address (
	subnet_id text not null references network_subnet (id),
	host @INT not null,             -- as the bounds of pools
	port_id text not null references network_port (id) on delete cascade,
	ip_address text not null,
	place @INT not null,            -- order in the port
	primary key (subnet_id, host)
) @STRICT;
create index network_address_by_port on network_address (port_id, place);

create table network_quota (
	project_id text not null,
	resource text not null check (resource in ('network', 'subnet', 'port', 'router',
		'floatingip', 'security_group', 'security_group_rule', 'subnetpool')),
	most @INT not null check (most >= -1),  -- -1: no bound
	primary key (project_id, resource)
) @STRICT;

-- One row: by which name this cloud's rows are known in an engine that several clouds may share.
create table network_house (
	one @INT primary key check (one = 1),
	id text not null
) @STRICT;
