-- The second step of a sign-in: a code of the moment (RFC 6238), or one of ten that work once.

alter table staff
    add column second_factor_sealed  bytea,               -- the shared secret, sealed with TICKETING_SECRET
    add column second_factor_at      timestamptz,
    add column second_factor_step    bigint,              -- of the last code that was taken: each works once
    add column second_factor_pending bytea,               -- sealed: shown as a QR, not yet proven by a code
    add constraint staff_second_factor_as_a_whole
        check ((second_factor_sealed is null) = (second_factor_at is null));

-- Only digests are kept, under a key derived from TICKETING_SECRET, so a stolen backup tells none of them.
create table staff_recovery_code (
    staff_id    bigint not null references staff,
    code_digest bytea not null,
    used_at     timestamptz,
    primary key (staff_id, code_digest)
);
