-- Routers and floating addresses. A router's interfaces are ports whose device it is; its gateway is a
-- port on an external network.

create table network_router (
	id text primary key,
	project_id text not null,
	domain_id text,
	name text not null,
	description text not null,
	admin_state_up @INT not null check (admin_state_up in (0, 1)),
	enable_snat @INT not null check (enable_snat in (0, 1)),
	gateway_port_id text references network_port (id),
	gateway_network_id text references network_network (id),
	routes text not null,           -- a JSON array of {destination, nexthop}
	fault text,
	tags text not null,
	revision @INT not null,
	applied @INT not null,
	created_at @INT not null,
	updated_at @INT not null,
	check ((gateway_port_id is null) = (gateway_network_id is null))
) @STRICT;
create index network_router_by_project on network_router (project_id, id);
create index network_router_by_gateway on network_router (gateway_network_id, id)
	where gateway_network_id is not null;

create table network_floatingip (
	id text primary key,
	project_id text not null,
	domain_id text,
	description text not null,
	floating_network_id text not null references network_network (id),
	floating_ip_address text not null,
	floating_port_id text not null references network_port (id),  -- holds the address
	port_id text references network_port (id),                    -- whom it leads to
	fixed_ip_address text,
	router_id text references network_router (id),
	tags text not null,
	revision @INT not null,
	created_at @INT not null,
	updated_at @INT not null,
	check ((port_id is null) = (fixed_ip_address is null) and
		(port_id is null) = (router_id is null))
) @STRICT;
create index network_floatingip_by_project on network_floatingip (project_id, id);
create index network_floatingip_by_network on network_floatingip (floating_network_id, id);
create index network_floatingip_by_router on network_floatingip (router_id, id)
	where router_id is not null;
-- A fixed address has one floating address.
create unique index network_floatingip_fixed on network_floatingip (port_id, fixed_ip_address)
	where port_id is not null;
