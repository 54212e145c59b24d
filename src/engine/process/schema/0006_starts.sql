-- What starts processes may be a condition, and one event of several: a start has a row for each.
create table process_start_new (
	definition_id @INT not null references process_definition (id),
	node          text not null,
	place         @INT not null,                 -- among those of the node
	kind          text not null check (kind in ('message', 'signal', 'timer', 'condition')),
	domain_id     text not null,
	name          text not null,
	due_at        @INT,
	repeats       @INT not null,
	period        @INT not null,
	months        @INT not null,
	primary key (definition_id, node, place)
) @STRICT;
insert into process_start_new select definition_id, node, 0, kind, domain_id, name, due_at, repeats, period, months
	from process_start;
drop table process_start;
alter table process_start_new rename to process_start;
create index process_start_named on process_start (kind, name, domain_id);
create index process_start_due on process_start (due_at) where due_at is not null;
