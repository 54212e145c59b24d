-- A calendar 工作日历: 'cn' for the country's, others where a city keeps its own.
create table calendar_calendar (
	code       text not null primary key,
	name       text not null,
	version    @INT not null check (version >= 0),   -- the newest; 0: none yet
	created_at @INT not null
) @STRICT;

-- A version: what was known when. A due date is a function of events and of one of these.
create table calendar_version (
	calendar   text not null references calendar_calendar (code),
	number     @INT not null check (number >= 1),
	years      text not null,                         -- JSON: the years that it changed
	changed    @INT not null,                         -- days that are otherwise than before
	note       text,
	created_by text,
	created_at @INT not null,
	primary key (calendar, number)
) @STRICT;

-- A year as the State Council's notice 放假安排 has it, since a version. A version has of each year the row
-- with the highest number that is not above its own.
create table calendar_year (
	calendar  text not null,
	year      @INT not null check (year between 1992 and 2199),
	version   @INT not null,
	published @INT not null check (published in (0, 1)), -- 0: a file came, but it is empty: no notice yet
	papers    text not null,                          -- JSON: addresses of the notice
	primary key (calendar, year, version),
	foreign key (calendar, version) references calendar_version (calendar, number)
) @STRICT;

-- A day that is not what its weekday says, or is named by the notice all the same. 'year' is the notice's:
-- New Year's holiday may begin in December.
create table calendar_day (
	calendar text not null,
	year     @INT not null,
	version  @INT not null,
	day      @INT not null,                           -- days since 1970-01-01
	kind     text not null check (kind in ('off', 'work')),
	name     text not null,
	primary key (calendar, year, version, day),
	foreign key (calendar, year, version) references calendar_year (calendar, year, version)
) @STRICT;

-- An office and its hours. Each change of them is a revision.
create table calendar_office (
	id         text not null primary key,
	domain_id  text,                                  -- the department; null: the city's
	name       text not null,
	revision   @INT not null check (revision >= 1),
	hours      text not null,                         -- JSON: [{"weekday","start","end"}]
	updated_at @INT not null
) @STRICT;

-- A clock 法定时限. due_at, version, office_revision, provisional are a copy of what was derived, for lists
-- by due date; a new version derives them again.
create table calendar_clock (
	id              text not null primary key,
	subject         text not null,
	calendar        text not null references calendar_calendar (code),
	office_id       text references calendar_office (id),
	unit            text not null check (unit in ('working', 'natural')),
	project_id      text not null,
	run             text not null check (run in ('running', 'paused', 'stopped')),
	due_at          @INT,                             -- null: paused, so not known
	due_order       @INT not null,                    -- due_at, or behind all of them
	version         @INT not null,
	office_revision @INT not null,
	provisional     @INT not null check (provisional in (0, 1)),
	created_at      @INT not null,
	check (run <> 'running' or due_at is not null)
) @STRICT;
create index calendar_clock_due on calendar_clock (project_id, due_order, id);
create index calendar_clock_run on calendar_clock (project_id, run, due_order, id);
create index calendar_clock_stale on calendar_clock (calendar, version) where run <> 'stopped';
create index calendar_clock_office on calendar_clock (office_id, office_revision);

-- What happened to a clock; never changed.
create table calendar_clock_event (
	clock_id text not null references calendar_clock (id),
	number   @INT not null check (number >= 1),
	kind     text not null check (kind in ('start', 'pause', 'resume', 'extend', 'stop')),
	at       @INT not null,
	days     @INT not null check ((days > 0) = (kind in ('start', 'extend'))),
	reason   text,
	user_id  text,
	primary key (clock_id, number)
) @STRICT;
