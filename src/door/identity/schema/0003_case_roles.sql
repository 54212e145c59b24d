-- The roles of applications to the hall, in a house that is initialised already; a new one gets them with the others.
insert into identity_role (id, name, description, built_in)
	select 'c1f7f2a05d4e4b0c8a6d3f1e2b9a7c12', 'window_clerk',
		'窗口人员: enters applications for the people who come to the window.', 4096
	where exists (select 1 from identity_role where name = 'data_steward' and domain_id is null)
	and not exists (select 1 from identity_role where name = 'window_clerk' and domain_id is null);
insert into identity_role (id, name, description, built_in)
	select 'c1f7f2a05d4e4b0c8a6d3f1e2b9a7c13', 'case_clerk',
		'受理人员: receives the applications to the department''s service items.', 8192
	where exists (select 1 from identity_role where name = 'data_steward' and domain_id is null)
	and not exists (select 1 from identity_role where name = 'case_clerk' and domain_id is null);
