-- Security groups: what may reach a port and what it may reach. Connections are followed: the answer to
-- what was let through is let through.

create table network_security_group (
	id text primary key,
	project_id text not null,
	domain_id text,
	name text not null,
	description text not null,
	stateful @INT not null check (stateful in (0, 1)),
	fault text,
	tags text not null,
	revision @INT not null,
	applied @INT not null,
	created_at @INT not null,
	updated_at @INT not null
) @STRICT;
create index network_security_group_by_project on network_security_group (project_id, id);
-- One default group for each VDC, however many ask for it at once.
create unique index network_security_group_default on network_security_group (project_id)
	where name = 'default';

create table network_security_rule (
	id text primary key,
	security_group_id text not null references network_security_group (id) on delete cascade,
	project_id text not null,
	direction text not null check (direction in ('ingress', 'egress')),
	ethertype text not null check (ethertype in ('IPv4', 'IPv6')),
	protocol text,                  -- a name or a number; null: all
	port_range_min @INT,            -- of ICMP: the type
	port_range_max @INT,            -- of ICMP: the code
	remote_ip_prefix text,
	remote_group_id text references network_security_group (id) on delete cascade,
	description text not null,
	revision @INT not null,
	created_at @INT not null,
	updated_at @INT not null,
	check (remote_ip_prefix is null or remote_group_id is null)
) @STRICT;
create index network_security_rule_by_project on network_security_rule (project_id, id);
create index network_security_rule_by_group on network_security_rule (security_group_id, id);
create index network_security_rule_by_remote on network_security_rule (remote_group_id)
	where remote_group_id is not null;

-- Which ports a group holds for.
create table network_port_group (
	port_id text not null references network_port (id) on delete cascade,
	group_id text not null references network_security_group (id),
	primary key (port_id, group_id)
) @STRICT;
create index network_port_group_by_group on network_port_group (group_id, port_id);
