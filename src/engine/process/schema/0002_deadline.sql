-- A task or timer that is due so many working days after it began: what its due date is derived from. The due_at
-- of process_task or process_timer is a copy, made by a version of the calendar and made again when there is a
-- newer one.
create table process_deadline (
	instance_id   @INT not null references process_instance (id),
	kind          text not null check (kind in ('task', 'timer')),
	number        @INT not null,                 -- the task's execution, the timer's wait
	started_at    @INT not null,
	days          @INT not null check (days > 0),
	calendar      text not null,
	version       @INT not null,
	primary key (instance_id, kind, number)
) @STRICT;
create index process_deadline_stale on process_deadline (calendar, version, instance_id, kind, number);
