-- Keys may be certificates.
alter table compute_keypair drop constraint compute_keypair_type_check;
alter table compute_keypair add constraint compute_keypair_type_check check (type in ('ssh', 'x509'));
