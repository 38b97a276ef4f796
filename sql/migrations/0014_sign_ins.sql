-- Sign-ins that are listed, end when nobody works with them, and are taken away one by one; the audit searched.

alter table staff_session
    add column session_id uuid not null default gen_random_uuid() unique,  -- its name in lists: it opens nothing
    add column last_seen_at timestamptz,                                   -- to the minute; null: not since it began
    add column agent text not null default '';                             -- what the browser calls itself

create index audit_of_login on audit (login, audit_id);
create index audit_of_act on audit (act, audit_id);
create index audit_of_subject on audit (subject, audit_id);
