-- A task that is due so many working days after it began: what its due date is derived from. The due_at of
-- process_task is a copy, made by a version of the calendar and made again when there is a newer one.
create table process_deadline (
	instance_id   @INT not null references process_instance (id),
	execution     @INT not null,
	started_at    @INT not null,
	days          @INT not null check (days > 0),
	calendar      text not null,
	version       @INT not null,
	primary key (instance_id, execution)
) @STRICT;
create index process_deadline_stale on process_deadline (calendar, version, instance_id, execution);
