-- The audit is found by any words of its subjects and details.

create function audit_words(subject text, detail jsonb) returns tsvector language sql immutable as $$
    select to_tsvector('simple', subject) || jsonb_to_tsvector('simple', detail, '["string", "numeric"]')
$$;
create index audit_by_words on audit using gin (audit_words(subject, detail));
