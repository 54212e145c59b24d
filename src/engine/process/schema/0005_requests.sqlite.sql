-- Jobs that this program does by a request over HTTP: the list of kinds is one longer.
create table process_job_new (
	instance_id   @INT not null references process_instance (id),
	execution     @INT not null,
	kind          text not null check (kind in ('async', 'act', 'worker', 'http')),
	node          text not null,
	topic         text not null,
	domain_id     text not null,
	attempt       @INT not null check (attempt >= 0),
	retries       @INT not null check (retries >= 0),
	pause         @INT not null check (pause >= 0),
	due_at        @INT not null,
	holder        text,
	why           text,
	created_at    @INT not null,
	primary key (instance_id, execution)
) @STRICT;
insert into process_job_new select instance_id, execution, kind, node, topic, domain_id, attempt, retries, pause,
	due_at, holder, why, created_at from process_job;
drop table process_job;
alter table process_job_new rename to process_job;
create index process_job_due on process_job (kind, due_at);
create index process_job_topic on process_job (topic, domain_id, due_at) where kind = 'worker';
