-- A ticket that moved off a broken seat is found on its new one by an auditor as well.

alter table ledger_entry
    drop constraint ledger_entry_reason_check,
    add constraint ledger_entry_reason_check
        check (reason in ('sold','given_back','exchanged','rush','passed_on','reseated'));
