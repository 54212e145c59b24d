-- Servers that are rescued or shelved, and the tasks that lead there and back.
alter table compute_server drop constraint compute_server_task_check;
alter table compute_server add constraint compute_server_task_check check (task in ('scheduling', 'spawning', 'powering-off', 'powering-on', 'rebooting', 'rebooting_hard',
		'pausing', 'unpausing', 'suspending', 'resuming', 'rebuilding', 'resize_prep', 'resize_confirming', 'resize_reverting', 'image_snapshot', 'image_backup', 'rescuing', 'unrescuing', 'shelving', 'shelving_offloading', 'unshelving', 'deleting'));
alter table compute_server drop constraint compute_server_state_check;
alter table compute_server add constraint compute_server_state_check check (state in ('building', 'active', 'paused', 'suspended', 'stopped', 'resized', 'rescued', 'shelved', 'shelved_offloaded', 'error', 'deleted'));
alter table compute_server add column next_sha256 text; -- what it is to stand on next, held until it does: the image that rescues it, or its disk when it was shelved
alter table compute_server add column next_format text check (next_format in ('qcow2', 'raw'));
alter table compute_server add constraint compute_server_next check ((next_sha256 is null) = (next_format is null));
alter table compute_server add constraint compute_server_placed check (state not in ('rescued', 'shelved') or host_id is not null);
