-- A host 宿主机 of the resource pool 资源池: one libvirt, with what it has and what is promised of it.
-- The used_ columns are the sums of pool_reservation, kept beside so that a placement reads one row a
-- host; the checks are what no placement may ever break.
create table pool_host (
	id            text not null primary key,
	name          text not null unique,
	uri           text not null unique,          -- of its libvirt
	zone          text not null,                 -- availability zone
	state         text not null check (state in ('up', 'down')),
	disabled      text,                          -- why nothing is placed here; null: it takes servers
	engine        text not null,
	version       @INT not null,                 -- of the hypervisor, major * 1000000 + minor * 1000 + micro
	cpu           text not null,                 -- architecture
	accelerator   text not null,
	accelerator_why text not null,               -- how it was found, in words
	boot_id       text not null,                 -- under which the accelerator was probed
	vcpus         @INT not null check (vcpus >= 0),
	memory_mb     @INT not null check (memory_mb >= 0),
	disk_gb       @INT not null check (disk_gb >= 0),
	cpu_percent   @INT not null check (cpu_percent > 0),    -- overcommit: 400 promises each CPU four times
	memory_percent @INT not null check (memory_percent > 0),
	disk_percent  @INT not null check (disk_percent > 0),
	memory_kept_mb @INT not null check (memory_kept_mb >= 0), -- for the host itself
	used_vcpus    @INT not null check (used_vcpus >= 0),
	used_memory_mb @INT not null check (used_memory_mb >= 0),
	used_disk_gb  @INT not null check (used_disk_gb >= 0),
	seen_at       @INT not null,                 -- when it last answered
	created_at    @INT not null,
	updated_at    @INT not null
) @STRICT;

-- What is promised of a host to one thing (a server).
create table pool_reservation (
	subject       text not null primary key,     -- the server's id
	host_id       text not null references pool_host (id),
	vcpus         @INT not null check (vcpus >= 0),
	memory_mb     @INT not null check (memory_mb >= 0),
	disk_gb       @INT not null check (disk_gb >= 0),
	created_at    @INT not null
) @STRICT;
create index pool_reservation_by_host on pool_reservation (host_id);

-- Hosts that are alike in something: Nova's aggregate. One with a site, a network zone and a protection
-- level is a resource pool 资源池; one with a zone is also an availability zone.
create table pool_aggregate (
	number        @SERIAL,
	id            text not null unique,
	name          text not null unique,
	zone          text,
	site          text,                          -- where it stands 机房
	network_zone  text check (network_zone in ('government', 'internet', 'private')), -- 政务外网, 互联网区, 专网
	protection    @INT check (protection in (2, 3)), -- 等保 level, GB/T 22239-2019
	metadata      text not null,                 -- JSON object of texts
	created_at    @INT not null,
	updated_at    @INT,
	check ((site is null) = (network_zone is null) and (site is null) = (protection is null))
) @STRICT;

create table pool_aggregate_host (
	aggregate_id  text not null references pool_aggregate (id),
	host_id       text not null references pool_host (id),
	primary key (aggregate_id, host_id)
) @STRICT;
create index pool_aggregate_of_host on pool_aggregate_host (host_id);
