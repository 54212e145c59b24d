-- Transactions are SERIALIZABLE, and what they read of an index is remembered by the page: small indexes
-- make strangers lose races. So a command of an instance adds to no index of instances (its update changes
-- no indexed column and finds room in its page: HOT), and a reference to an instance is looked up when the
-- transaction ends, after everything that it writes itself.
drop index process_instance_of_definition;
create index process_instance_of_definition on process_instance (definition_id);
alter table process_instance set (fillfactor = 60);
alter table process_log alter constraint process_log_instance_id_fkey deferrable initially deferred;
alter table process_task alter constraint process_task_instance_id_fkey deferrable initially deferred;
alter table process_timer alter constraint process_timer_instance_id_fkey deferrable initially deferred;
alter table process_wait alter constraint process_wait_instance_id_fkey deferrable initially deferred;
alter table process_job alter constraint process_job_instance_id_fkey deferrable initially deferred;
alter table process_incident alter constraint process_incident_instance_id_fkey deferrable initially deferred;
alter table process_variable alter constraint process_variable_instance_id_fkey deferrable initially deferred;

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
