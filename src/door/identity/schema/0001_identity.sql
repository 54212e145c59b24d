-- Identity 统一身份. Ids are TEXT of 32 hexadecimal digits, except the domain 'default' and regions,
-- whose ids people choose. Times are microseconds UTC. 'extra' holds members that clients added.

-- Departments 单位 (is_domain = 1, Keystone's domains) and VDCs (is_domain = 0, its projects), in one
-- tree: a department is the root of its VDCs, and clients may act on it as on a project. 'path' names
-- all ancestors, root first, and the row itself, each followed by '/'; a row never moves. 'tags' are words that clients hang on it, a JSON array.
create table identity_project (
	id text primary key,
	is_domain @INT not null check (is_domain in (0, 1)),
	domain_id text references identity_project (id),
	parent_id text references identity_project (id),
	name text not null check (name <> ''),
	description text not null default '',
	enabled @INT not null check (enabled in (0, 1)),
	path text not null,
	depth @INT not null check (depth between 0 and 5),
	options text not null default '{}',
	extra text not null default '{}',
	tags text not null default '[]',
	created_at @INT not null,
	check ((is_domain = 1 and domain_id is null and parent_id is null and depth = 0)
		or (is_domain = 0 and domain_id is not null and parent_id is not null and depth > 0))
) @STRICT;
create unique index identity_project_domain_name on identity_project (name) where is_domain = 1;
create unique index identity_project_name on identity_project (domain_id, name) where is_domain = 0;
create index identity_project_any_name on identity_project (name);
create index identity_project_parent on identity_project (parent_id);

-- People and programs that sign in. The password is argon2id; NULL: no password sign-in. A token or
-- session that began before 'tokens_from_at' is worth nothing.
create table identity_user (
	id text primary key,
	domain_id text not null references identity_project (id),
	name text not null check (name <> ''),
	enabled @INT not null check (enabled in (0, 1)),
	description text,
	email text,
	default_project_id text,
	options text not null default '{}',
	extra text not null default '{}',
	password_hash text,
	password_at @INT,
	password_expires_at @INT,
	must_change @INT not null default 0 check (must_change in (0, 1)),
	failures @INT not null default 0 check (failures >= 0),
	failed_at @INT,
	locked_until_at @INT,
	signed_in_at @INT,
	tokens_from_at @INT not null default 0,
	created_at @INT not null
) @STRICT;
create unique index identity_user_name on identity_user (domain_id, name);
create index identity_user_any_name on identity_user (name);

-- Hashes of passwords that a user had before: they must not come back soon.
create table identity_password (
	user_id text not null references identity_user (id) on delete cascade,
	hash text not null,
	created_at @INT not null
) @STRICT;
create index identity_password_user on identity_password (user_id, created_at);

-- Groups of people within a department; a role given to a group is held by each of its members.
create table identity_group (
	id text primary key,
	domain_id text not null references identity_project (id),
	name text not null check (name <> ''),
	description text not null default '',
	extra text not null default '{}'
) @STRICT;
create unique index identity_group_name on identity_group (domain_id, name);

create table identity_membership (
	user_id text not null references identity_user (id) on delete cascade,
	group_id text not null references identity_group (id) on delete cascade,
	primary key (user_id, group_id)
) @STRICT;
create index identity_membership_group on identity_membership (group_id);

-- Roles. 'built_in' is the bit of door/permission.h; 0: made by people, worth what it implies. A role
-- with a domain is known in that department only.
create table identity_role (
	id text primary key,
	name text not null check (name <> ''),
	domain_id text references identity_project (id),
	description text,
	options text not null default '{}',
	extra text not null default '{}',
	built_in @INT not null default 0 check (built_in >= 0 and (built_in = 0 or domain_id is null))
) @STRICT;
create unique index identity_role_name on identity_role (name) where domain_id is null;
create unique index identity_role_domain_name on identity_role (domain_id, name)
	where domain_id is not null;

-- Whoever holds 'prior_id' holds 'implied_id' too.
create table identity_implied (
	prior_id text not null references identity_role (id) on delete cascade,
	implied_id text not null references identity_role (id) on delete cascade,
	primary key (prior_id, implied_id),
	check (prior_id <> implied_id)
) @STRICT;
create index identity_implied_implied on identity_implied (implied_id);

-- Who holds which role on what. 'actor' is the user or group, 'target' the department, VDC or 'system';
-- the nullable twins carry the foreign keys. inherited = 1: held on what stands below the target, not
-- on the target itself.
create table identity_assignment (
	actor text not null,
	target text not null,
	role_id text not null references identity_role (id) on delete cascade,
	inherited @INT not null check (inherited in (0, 1)),
	user_id text references identity_user (id) on delete cascade,
	group_id text references identity_group (id) on delete cascade,
	project_id text references identity_project (id) on delete cascade,
	primary key (actor, target, role_id, inherited),
	check (actor = coalesce(user_id, group_id) and (user_id is null or group_id is null)),
	check (target = coalesce(project_id, 'system')),
	check (project_id is not null or inherited = 0)
) @STRICT;
create index identity_assignment_target on identity_assignment (target);
create index identity_assignment_role on identity_assignment (role_id);

-- Tokens that were revoked one by one: by their own audit id, or by that of the first of a chain.
create table identity_revoked (
	audit_id text primary key,
	whole_chain @INT not null check (whole_chain in (0, 1)),
	expires_at @INT not null
) @STRICT;
create index identity_revoked_expires on identity_revoked (expires_at);

-- What was revoked and when, as OS-REVOKE lists it: a JSON object each.
create table identity_revocation (
	id text primary key,
	event text not null,
	revoked_at @INT not null
) @STRICT;
create index identity_revocation_at on identity_revocation (revoked_at);

-- Trusts: 'trustor' lets 'trustee' act with some of the trustor's roles on one VDC.
create table identity_trust (
	id text primary key,
	trustor_user_id text not null references identity_user (id) on delete cascade,
	trustee_user_id text not null references identity_user (id) on delete cascade,
	project_id text references identity_project (id) on delete cascade,
	impersonation @INT not null check (impersonation in (0, 1)),
	expires_at @INT,
	remaining_uses @INT check (remaining_uses >= 0),
	redelegated_trust_id text references identity_trust (id) on delete cascade,
	redelegation_count @INT not null default 0 check (redelegation_count >= 0),
	allow_redelegation @INT not null default 0 check (allow_redelegation in (0, 1)),
	extra text not null default '{}',
	created_at @INT not null
) @STRICT;
create index identity_trust_trustor on identity_trust (trustor_user_id);
create index identity_trust_trustee on identity_trust (trustee_user_id);
create index identity_trust_redelegated on identity_trust (redelegated_trust_id);

create table identity_trust_role (
	trust_id text not null references identity_trust (id) on delete cascade,
	role_id text not null references identity_role (id) on delete cascade,
	primary key (trust_id, role_id)
) @STRICT;

-- Keys that a user keeps with us: ec2 (access and secret), totp, cert. The blob is sealed with the token
-- keys. 'lookup' is what an ec2 or totp credential is found by.
create table identity_credential (
	id text primary key,
	user_id text not null references identity_user (id) on delete cascade,
	project_id text references identity_project (id) on delete cascade,
	type text not null check (type <> ''),
	lookup text,
	blob text not null,
	extra text not null default '{}',
	used_step @INT not null default 0
) @STRICT;
create index identity_credential_user on identity_credential (user_id, type);
create unique index identity_credential_lookup on identity_credential (lookup);

-- Application credentials: a program signs in for a user, on one VDC, with some of the roles.
create table identity_application_credential (
	id text primary key,
	user_id text not null references identity_user (id) on delete cascade,
	project_id text not null references identity_project (id) on delete cascade,
	name text not null check (name <> ''),
	description text,
	secret_hash text not null,
	expires_at @INT,
	unrestricted @INT not null check (unrestricted in (0, 1)),
	system text,
	created_at @INT not null
) @STRICT;
create unique index identity_application_credential_name
	on identity_application_credential (user_id, name);

create table identity_application_credential_role (
	application_credential_id text not null
		references identity_application_credential (id) on delete cascade,
	role_id text not null references identity_role (id) on delete cascade,
	primary key (application_credential_id, role_id)
) @STRICT;

-- What an application credential may ask of which service.
create table identity_access_rule (
	id text primary key,
	user_id text not null references identity_user (id) on delete cascade,
	service text not null,
	method text not null,
	path text not null
) @STRICT;
create unique index identity_access_rule_all
	on identity_access_rule (user_id, service, method, path);

create table identity_application_credential_rule (
	application_credential_id text not null
		references identity_application_credential (id) on delete cascade,
	access_rule_id text not null references identity_access_rule (id),
	primary key (application_credential_id, access_rule_id)
) @STRICT;
create index identity_application_credential_rule_rule
	on identity_application_credential_rule (access_rule_id);

-- The catalogue: regions, services, endpoints.
create table identity_region (
	id text primary key,
	parent_region_id text references identity_region (id),
	description text not null default '',
	extra text not null default '{}'
) @STRICT;

create table identity_service (
	id text primary key,
	type text not null check (type <> ''),
	name text,
	description text,
	enabled @INT not null check (enabled in (0, 1)),
	extra text not null default '{}'
) @STRICT;

-- In 'url', $(base)s is the address under which the cloud was asked; $(project_id)s and $(user_id)s are
-- the token's.
create table identity_endpoint (
	id text primary key,
	service_id text not null references identity_service (id) on delete cascade,
	region_id text references identity_region (id),
	interface text not null check (interface in ('public', 'internal', 'admin')),
	url text not null check (url <> ''),
	name text,
	enabled @INT not null check (enabled in (0, 1)),
	extra text not null default '{}'
) @STRICT;
create index identity_endpoint_service on identity_endpoint (service_id);

-- OS-EP-FILTER: which endpoints a VDC sees in its catalogue, one by one or by a filter with a name.
create table identity_endpoint_group (
	id text primary key,
	name text not null check (name <> ''),
	description text,
	filters text not null
) @STRICT;

create table identity_project_endpoint (
	project_id text not null references identity_project (id) on delete cascade,
	endpoint_id text not null references identity_endpoint (id) on delete cascade,
	primary key (project_id, endpoint_id)
) @STRICT;

create table identity_project_endpoint_group (
	project_id text not null references identity_project (id) on delete cascade,
	endpoint_group_id text not null references identity_endpoint_group (id) on delete cascade,
	primary key (project_id, endpoint_group_id)
) @STRICT;

-- Policy documents of other services, kept for them, and what they stand for (OS-ENDPOINT-POLICY).
create table identity_policy (
	id text primary key,
	type text not null,
	blob text not null,
	extra text not null default '{}'
) @STRICT;

create table identity_policy_association (
	policy_id text not null references identity_policy (id) on delete cascade,
	place text not null,
	endpoint_id text references identity_endpoint (id) on delete cascade,
	service_id text references identity_service (id) on delete cascade,
	region_id text references identity_region (id) on delete cascade,
	primary key (place),
	check (endpoint_id is null or (service_id is null and region_id is null)),
	check (endpoint_id is not null or service_id is not null)
) @STRICT;
create index identity_policy_association_policy on identity_policy_association (policy_id);

-- Default limits of the services' resources, and what departments and VDCs have instead.
create table identity_registered_limit (
	id text primary key,
	service_id text not null references identity_service (id),
	region_id text references identity_region (id),
	resource_name text not null check (resource_name <> ''),
	default_limit @INT not null check (default_limit >= -1),
	description text
) @STRICT;
create unique index identity_registered_limit_thing
	on identity_registered_limit (service_id, coalesce(region_id, ''), resource_name);

create table identity_limit (
	id text primary key,
	project_id text not null references identity_project (id) on delete cascade,
	registered_limit_id text not null references identity_registered_limit (id),
	resource_limit @INT not null check (resource_limit >= -1),
	description text
) @STRICT;
create unique index identity_limit_thing on identity_limit (project_id, registered_limit_id);

-- Options of a department's own identity back end. A sensitive one is sealed and never shown.
create table identity_domain_config (
	domain_id text not null references identity_project (id) on delete cascade,
	section text not null,
	option_name text not null,
	value text not null,
	sensitive @INT not null check (sensitive in (0, 1)),
	primary key (domain_id, section, option_name)
) @STRICT;

-- Portal sessions. 'id' is the SHA-256 of the cookie's value, so that the table opens no door.
create table identity_session (
	id text primary key,
	user_id text not null references identity_user (id) on delete cascade,
	project_id text references identity_project (id) on delete set null,
	csrf text not null,
	created_at @INT not null,
	seen_at @INT not null,
	expires_at @INT not null,
	check (expires_at >= created_at)
) @STRICT;
create index identity_session_user on identity_session (user_id);
create index identity_session_expires on identity_session (expires_at);

-- One row: 'number' grows with every change of roles or catalogue, so that each process knows when what
-- it keeps of them is stale. 'profile' is what init made.
create table identity_house (
	id @INT primary key check (id = 1),
	number @INT not null,
	profile text not null check (profile in ('city', 'openstack'))
) @STRICT;
