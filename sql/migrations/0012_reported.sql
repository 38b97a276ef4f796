-- What the books say to others: the seat of each right, weeks whose figures are closed, files for the monitoring system.

-- The seat, and why a right was issued or cancelled. Entries of before have neither, and their seals don't cover them.
alter table ledger_entry
    add column seat text,
    add column reason text,
    drop constraint ledger_entry_kind_check,
    add constraint ledger_entry_kind_check
        check (kind in ('issued','cancelled','released','restored','transferred')),
    add constraint ledger_entry_reason_check check (reason in ('sold','given_back','exchanged','rush','passed_on')),
    -- A reason is sealed together with the seat, never alone.
    add constraint ledger_entry_reason_has_a_seat check (reason is null or seat is not null);

-- Emptying a table is no deletion of rows to a row's trigger.
create trigger ledger_entry_is_not_emptied before truncate on ledger_entry
    for each statement execute function refuse_change();
create trigger ledger_seal_is_not_emptied before truncate on ledger_seal
    for each statement execute function refuse_change();
-- Tables of the ledger are for their owner alone to alter; nobody else may change or empty them, whatever is granted.
revoke update, delete, truncate on ledger_entry, ledger_seal from public;

-- A film week (Wednesday to Tuesday) of a festival whose figures are final, as they were then. What is issued or cancelled
-- afterwards is found behind last_position, and belongs to the week in which it was done.
create table closed_week (
    festival_id   slug not null references festival,
    week          date not null check (extract(isodow from week) = 3),
    closed_at     timestamptz not null,
    closed_by     text not null,
    last_position bigint not null,                       -- of the seals; 0 where there was none
    facts         jsonb not null,                        -- a list of insight.reports.facts.ScreeningFacts
    primary key (festival_id, week)
);
create trigger closed_week_is_append_only before update or delete on closed_week
    for each row execute function refuse_change();

-- Files for a monitoring system, each going on where the last one ended.
create table monitoring_file (
    exporter       text not null check (length(exporter) between 1 and 40),
    first_position bigint not null,
    last_position  bigint not null,
    entries        int not null check (entries > 0),
    made_at        timestamptz not null,
    body           bytea not null,
    -- Two workers that make the same file make one.
    primary key (exporter, first_position),
    constraint monitoring_file_goes_forward check (last_position >= first_position)
);
