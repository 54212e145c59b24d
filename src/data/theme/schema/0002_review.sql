-- Clerical review 人工复核. Pairs of records that a build was in doubt of, known by the hash of their resources
-- and numbers; what they hold stands in the base. Two people judge each, a third where they differ.
create table theme_review (
	id             text not null primary key,
	kind           text not null check (kind in ('person', 'firm', 'house')),
	left_resource  text not null,
	left_record    text not null,
	right_resource text not null,
	right_record   text not null,
	weight         @REAL not null,               -- bits
	probability    @REAL not null,
	base_at        @INT not null,                -- when the newest base was built that was in doubt of it
	rank           @INT not null,                -- the order in which people are asked
	state          text not null check (state in ('waiting', 'settled')),
	verdict        text check (verdict in ('same', 'different', 'unsure')),
	opinions       @INT not null check (opinions between 0 and 3),
	leased_by      text,
	leased_until   @INT,
	opened_at      @INT not null,
	settled_at     @INT,
	check ((state = 'settled') = (verdict is not null)),
	check ((state = 'settled') = (settled_at is not null)),
	check ((leased_by is null) = (leased_until is null)),
	check (state = 'waiting' or leased_by is null)
) @STRICT;
create index theme_review_queue on theme_review (base_at, opinions, rank) where state = 'waiting';
create index theme_review_lease on theme_review (leased_by) where leased_by is not null;
create index theme_review_verdict on theme_review (verdict, id) where state = 'settled';

-- What a person said of a pair; once withdrawn it counts no more, and stays.
create table theme_judgement (
	id             text not null primary key,
	review_id      text not null references theme_review (id),
	judge          text not null,                -- a user
	domain_id      text not null,                -- for which department
	verdict        text not null check (verdict in ('same', 'different', 'unsure')),
	note           text,
	judged_at      @INT not null,
	withdrawn_at   @INT
) @STRICT;
create unique index theme_judgement_once on theme_judgement (review_id, judge) where withdrawn_at is null;
create index theme_judgement_of on theme_judgement (review_id);
create index theme_judgement_mine on theme_judgement (judge, id);

-- The base whose pairs stand in theme_review.
create table theme_review_base (
	id             @INT not null primary key check (id = 1),
	base_at        @INT not null,
	loaded_at      @INT not null
) @STRICT;
