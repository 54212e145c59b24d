-- Whether a key was used is asked by writing it, before the command; what the command answered goes into a
-- table of its own, behind it. Nobody reads the index that everybody adds to.
create table process_answer (
	owner         text not null,
	key           text not null,
	answer        text not null,
	created_at    @INT not null,                 -- that of its process_command
	primary key (owner, key)
) @STRICT;
create index process_answer_age on process_answer (created_at);
insert into process_answer (owner, key, answer, created_at)
	select owner, key, answer, created_at from process_command;
alter table process_command drop column answer;
