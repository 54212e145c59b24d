-- The roles of the item catalogue, in a house that is initialised already; a new one gets them with the others.
insert into identity_role (id, name, description, built_in)
	select 'c1f7f2a05d4e4b0c8a6d3f1e2b9a7c10', 'item_editor',
		'事项管理员: writes and submits a department''s service items.', 1024
	where exists (select 1 from identity_role where name = 'data_steward' and domain_id is null)
	and not exists (select 1 from identity_role where name = 'item_editor' and domain_id is null);
insert into identity_role (id, name, description, built_in)
	select 'c1f7f2a05d4e4b0c8a6d3f1e2b9a7c11', 'item_approver',
		'事项审核员: publishes, suspends and withdraws what others of the department submitted.', 2048
	where exists (select 1 from identity_role where name = 'data_steward' and domain_id is null)
	and not exists (select 1 from identity_role where name = 'item_approver' and domain_id is null);
