-- Applications 办件 to the hall: one for one item of the catalogue, from the draft to its acceptance.
create table cases_case (
	id               text not null primary key,
	accept_no        text,                          -- 办件编号, once it was handed in; never another's
	item_id          text not null,                 -- the hall's entry…
	item_version     @INT not null check (item_version > 0), -- …and the version that it is applied for under
	item_code        text not null,
	item_name        text not null,
	domain_id        text not null,                 -- the office
	state            text not null
	                 check (state in ('draft', 'received', 'correcting', 'accepted', 'refused', 'withdrawn')),
	channel          text not null check (channel in ('window', 'web')),
	entered_by       text not null,                 -- the applicant's account, or the window clerk
	applicant        text not null,                 -- JSON
	agent            text,                          -- JSON
	answers          text not null,                 -- JSON: to the item's questions
	form             text not null,                 -- JSON: the data of its form
	promise_days     @INT not null check (promise_days >= 0), -- of the version
	promise_unit     text not null check (promise_unit in ('working-day', 'day', 'minute')),
	received_at      @INT,                          -- when all that there is was handed in
	silent_at        @INT,                          -- from then on silence is acceptance; by…
	calendar_version @INT not null check (calendar_version >= 0), -- …this version of the calendar
	corrections      @INT not null check (corrections in (0, 1)), -- 补正 is told once
	accepted_at      @INT,
	deemed           @INT not null check (deemed in (0, 1)), -- accepted by silence
	reason           text,                          -- of the last correction, refusal or withdrawal
	created_at       @INT not null,
	updated_at       @INT not null,
	check ((state = 'draft') = (accept_no is null)),
	check ((state = 'draft') = (received_at is null)),
	check (state <> 'received' or silent_at is not null),
	check (state <> 'accepted' or accepted_at is not null),
	check (state not in ('received', 'correcting', 'refused') or accepted_at is null),
	check (state not in ('correcting', 'refused') or reason is not null),
	check (state <> 'correcting' or corrections = 1),
	check (deemed = 0 or accepted_at is not null)
) @STRICT;
create unique index cases_case_accept_no on cases_case (accept_no);
create index cases_case_of_entrant on cases_case (entered_by, id);
create index cases_case_of_office on cases_case (domain_id, id) where state <> 'draft';
create index cases_case_silent on cases_case (silent_at) where state = 'received';

-- A file of a material: bytes in the file store.
create table cases_material (
	case_id    text not null references cases_case (id),
	code       text not null,                       -- of the item's material
	number     @INT not null check (number > 0),    -- among the files of the case
	name       text not null check (name <> ''),
	sha256     text not null,
	size       @INT not null check (size > 0),
	given_by   text not null,
	given_at   @INT not null,
	primary key (case_id, number)
) @STRICT;
create index cases_material_file on cases_material (sha256);

-- What happened to a case; never changed.
create table cases_step (
	case_id    text not null references cases_case (id),
	number     @INT not null check (number > 0),
	step       text not null check (step in ('submit', 'accept', 'correct', 'refuse', 'withdraw', 'silence')),
	from_state text not null,
	to_state   text not null,
	at         @INT not null,
	user_id    text,                                -- null: the house, by silence
	reason     text,
	primary key (case_id, number)
) @STRICT;

-- The last number of an area, day and channel that was given.
create table cases_sequence (
	prefix text not null primary key,
	last   @INT not null check (last > 0)
) @STRICT;
