-- A flavor may have two disks more than the first.
alter table compute_flavor add column ephemeral @INT not null default 0 check (ephemeral >= 0); -- GiB of a second disk, which is empty; 0: none
alter table compute_flavor add column swap @INT not null default 0 check (swap >= 0);           -- MiB of one more, to swap to; 0: none
alter table compute_flavor add column rxtx_factor @REAL not null default 1 check (rxtx_factor > 0); -- kept for old clients; nothing goes by it

-- What may be had of something: by everybody ("class:default"), a VDC ("project:ID") or a person in it
-- ("user:ID:PERSON"). Who has no row has what the next wider one has.
alter table compute_quota rename to compute_quota_before;
create table compute_quota (
	owner         text not null,
	name          text not null,                    -- Nova's word: instances, cores, ram…
	bound         @INT not null check (bound >= -1), -- -1: none
	primary key (owner, name)
) @STRICT;
insert into compute_quota (owner, name, bound)
	select 'project:' || project_id, 'instances', instances from compute_quota_before
	union all select 'project:' || project_id, 'cores', cores from compute_quota_before
	union all select 'project:' || project_id, 'ram', ram from compute_quota_before;
drop table compute_quota_before;
