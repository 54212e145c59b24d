-- Two tasks more: image_snapshot and image_backup.
alter table compute_server drop constraint compute_server_task_check;
alter table compute_server add constraint compute_server_task_check check (task in ('scheduling', 'spawning', 'powering-off', 'powering-on', 'rebooting', 'rebooting_hard',
		'pausing', 'unpausing', 'suspending', 'resuming', 'rebuilding', 'resize_prep', 'resize_confirming', 'resize_reverting', 'image_snapshot', 'image_backup', 'deleting'));
