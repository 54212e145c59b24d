-- Jobs that this program does by a request over HTTP.
alter table process_job drop constraint process_job_kind_check;
alter table process_job add constraint process_job_kind_check
	check (kind in ('async', 'act', 'worker', 'http'));
