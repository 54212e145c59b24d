-- Work for the outside world, and word of what has happened.

-- One job. waiting → running → done, waiting (again, later), dead or cancelled. Dead and cancelled ones
-- may be sent back to waiting by an administrator. Timers are jobs that go back to waiting for ever.
create table job (
	id          @SERIAL,
	kind        text not null check (length(kind) > 0),
	subject     text not null check (length(subject) > 0),
	payload     text not null,
	priority    @INT not null check (priority in (0, 10, 20)),
	state       text not null check (state in ('waiting', 'running', 'done', 'dead', 'cancelled')),
	attempt     @INT not null default 0,
	epoch       @INT not null default 0,
	posted_at   @INT not null,
	due_at      @INT not null,
	holder      text,
	lease_until @INT,
	started_at  @INT,
	ended_at    @INT,
	cancelled   @INT not null default 0 check (cancelled in (0, 1, 2)),
	percent     @INT not null default 0 check (percent between 0 and 100),
	words       text,
	why         text,
	request_id  text not null,
	check ((state = 'running') = (holder is not null)),
	check ((state = 'running') = (lease_until is not null)),
	check ((state in ('done', 'dead', 'cancelled')) = (ended_at is not null))
) @STRICT;
-- A job that waits already is not posted again; jobs of one subject never overlap.
create unique index job_waits_once on job (kind, subject) where state = 'waiting';
create unique index job_runs_alone on job (subject) where state = 'running';
-- What is due, which leases ran out, what is old, and the ways of looking.
create index job_due on job (kind, priority, due_at, id) where state = 'waiting';
create index job_subject_waits on job (subject, priority, due_at, id) where state = 'waiting';
create index job_lease on job (lease_until) where state = 'running';
create index job_ended on job (ended_at) where ended_at is not null;
create index job_state on job (state, id);
create index job_kind on job (kind, id);
create index job_subject on job (subject, id);

-- One thing that happened.
create table event (
	id         @SERIAL,
	type       text not null check (length(type) > 0),
	subject    text not null check (length(subject) > 0),
	number     @INT not null check (number > 0),
	domain_id  text,
	project_id text,
	payload    text not null,
	posted_at  @INT not null,
	unique (subject, number)
) @STRICT;
create index event_posted on event (posted_at);

-- The last number that was given to an event of each subject. Counted here, because to look for the
-- highest number is to read what others are about to write, which PostgreSQL would not let pass.
create table event_subject (
	subject text primary key,
	number  @INT not null check (number > 0)
) @STRICT;

-- Who is told of which events: 'type' is the whole type, or the beginning of it when 'wild'. Every act
-- that posts reads this, so it is hardly ever written. 'seen_at': a program then had the listener.
create table event_listener (
	name    text primary key,
	type    text not null,
	wild    @INT not null check (wild in (0, 1)),
	seen_at @INT not null
) @STRICT;

-- Which process tells a listener, and until when nobody else may.
create table event_teller (
	listener text primary key,
	holder   text not null,
	until_at @INT not null
) @STRICT;

-- What a listener is still to be told: one row, written with the event, gone when the listener has acted.
-- So an event cannot be passed over, in whatever order ids become visible. Without foreign keys: their
-- checks read what other acts write beside it. An event is not purged while it is due.
create table event_due (
	event    @INT not null,
	listener text not null,
	subject  text not null,
	number   @INT not null,
	state    text not null check (state in ('waiting', 'dead')),
	attempt  @INT not null default 0,
	due_at   @INT not null,
	why      text,
	primary key (event, listener)
) @STRICT;
create index event_due_next on event_due (listener, state, event);
create index event_due_order on event_due (listener, subject, number);
