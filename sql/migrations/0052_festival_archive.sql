-- Festivals that are over and were put away: left out of lists, readable where they are named. Nothing of them changes.

create table festival_archive (
    festival_id slug primary key references festival on delete cascade,
    archived_at timestamptz not null,
    archived_by text not null
);
