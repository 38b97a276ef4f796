-- Accounts that are made and mended at the desk, their second factor, and tokens for machines.

alter table staff
    -- The link by which its owner sets a password, once: only a digest is kept.
    add column password_link_digest  bytea unique,
    add column password_link_ends_at timestamptz;
