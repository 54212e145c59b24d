-- Why what was asked for last was returned, until the next is asked for.
alter table hall_entry add column returned text;
