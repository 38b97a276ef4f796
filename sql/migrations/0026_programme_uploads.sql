-- Workbooks that were handed in at the desk: looked through, and waiting for the word to be imported. A day at most.

create table programme_upload (
    upload_id   uuid primary key,
    login       text not null,
    body        bytea not null check (length(body) between 1 and 8000000),
    uploaded_at timestamptz not null
);
create index programme_upload_of_login on programme_upload (login, uploaded_at);
create index programme_upload_by_age on programme_upload (uploaded_at);
