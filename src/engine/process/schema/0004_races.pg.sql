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
