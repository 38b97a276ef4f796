-- Drawings of halls that are not saved yet. A hall that is drawn for the first time is no row of `hall` until then.

create table hall_draft (
    hall_id  slug not null,
    login    text not null,                 -- whose it is: two people draw the same hall apart from each other
    venue_id slug not null references venue,
    name     translated not null,
    based_on text references layout,        -- the layout that it began with; null: an empty drawing
    document jsonb not null,                -- as the editor has it: it need not be a hall yet
    saved_at timestamptz not null,
    primary key (hall_id, login)
);
create index hall_draft_of_person on hall_draft (login);
