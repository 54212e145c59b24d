-- Who does the tasks of whom, for some time 代理. Rows stay, so that what a deputy did can be held to them.
create table process_substitution (
	id            text primary key,
	domain_id     text not null,
	principal     text not null,                 -- user id: who is away
	deputy        text not null check (deputy <> principal),
	process       text,                          -- key; null: of all processes
	from_at       @INT not null,
	until_at      @INT not null check (until_at > from_at),
	reason        text,
	made_by       text not null,
	made_at       @INT not null,
	ended_at      @INT                           -- taken back
) @STRICT;
create index process_substitution_of_deputy on process_substitution (deputy, until_at);
create index process_substitution_of_principal on process_substitution (principal, until_at);
