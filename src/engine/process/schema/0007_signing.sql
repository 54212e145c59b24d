-- Where a task is in its signing 加签 会签: 'open' (to be done), 'held' (others sign before it), 'done' (it is done and
-- others are not), 'panel' (its participants judge); or whose part of another task this is: 'before', 'after',
-- 'parallel', 'participant'.
alter table process_task add column phase text not null default 'open' check (phase in
	('open', 'held', 'done', 'panel', 'before', 'after', 'parallel', 'participant'));
