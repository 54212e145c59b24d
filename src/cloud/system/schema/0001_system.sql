-- A system 业务系统: what a department runs. Servers, networks and what else belongs to it hang on it.
create table system_system (
	id               text not null primary key,
	project_id       text not null,            -- the VDC
	domain_id        text not null,            -- the department
	name             text not null,
	purpose          text,                     -- what it is for, in the department's words
	protection_level @INT not null check (protection_level between 1 and 4), -- 等保 (GB/T 22240-2020)
	owner            text not null,            -- who answers for it
	contact          text,                     -- how to reach them
	dr_mode          text not null check (dr_mode in ('none', 'backup', 'standby', 'active-active')),
	created_at       @INT not null,
	updated_at       @INT not null,
	unique (project_id, name)
) @STRICT;
create index system_by_domain on system_system (domain_id);

-- What is known of other rooms' things: told by their events, gone when they are gone. It belongs to one
-- system at most.
create table system_resource (
	kind       text not null check (kind in ('server', 'network')),
	id         text not null,
	project_id text not null,
	system_id  text references system_system (id),
	state      text,                           -- in the words of its own room
	seen_at    @INT not null,
	primary key (kind, id)
) @STRICT;
create index system_resource_by_system on system_resource (system_id);
create index system_resource_by_project on system_resource (project_id);

-- How many systems a VDC may have where an administrator has said so; -1: any number.
create table system_quota (
	project_id text not null primary key,
	systems    @INT not null check (systems >= -1)
) @STRICT;
