-- What came of a conflict at the door: a supervisor went and looked. No row: nobody has yet. Reopening deletes the row; who
-- settled it how is then in the audit.
create table conflict_settlement (
    scan_id    uuid primary key references scan,          -- one a conflict: of two supervisors, the first one stands
    outcome    text not null check (outcome in ('may_stay', 'sent_out', 'nobody_there', 'gate_mistake')),
    note       text not null default '' check (length(note) <= 200 and note !~ '[\x01-\x1f\x7f]'),
    settled_at timestamptz not null,
    settled_by text not null
);

-- Open ones are looked for in all screenings, the latest first.
create index scan_conflicts_by_time on scan (received_at, scan_id) where conflict;
