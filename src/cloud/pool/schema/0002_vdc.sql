-- A host may stand in several pools, each of which promises a share of it: what of that share is promised
-- stands beside it, as the host's own sums do. A host that is in one pool only gives it all.
alter table pool_aggregate_host add column share @INT not null default 100 check (share between 1 and 100); -- percent of what the host promises
alter table pool_aggregate_host add column used_vcpus @INT not null default 0 check (used_vcpus >= 0);
alter table pool_aggregate_host add column used_memory_mb @INT not null default 0 check (used_memory_mb >= 0);
alter table pool_aggregate_host add column used_disk_gb @INT not null default 0 check (used_disk_gb >= 0);

-- Out of which pool a promise is made, and to whose thing; null: before there were pools, or outside of them.
alter table pool_reservation add column pool_id text;
alter table pool_reservation add column project_id text;
create index pool_reservation_of_pool on pool_reservation (pool_id);

-- Which VDC may use which pools. A VDC that stands here may use these and nothing else; one that does not
-- may use every pool.
create table pool_grant (
	project_id    text not null,
	pool_id       text not null references pool_aggregate (id),
	primary key (project_id, pool_id)
) @STRICT;
create index pool_grant_of_pool on pool_grant (pool_id);
