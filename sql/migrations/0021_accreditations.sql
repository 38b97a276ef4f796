-- Professionals: who is accredited to a festival, what they may enter, and where their badge has let them in.

create table accreditation (
    -- A B and twelve signs: so a badge's number is never taken for a ticket's, which has twelve.
    accreditation_id   text primary key check (accreditation_id ~ '^B[2-9A-HJKMNP-Z]{12}$'),
    festival_id        slug not null references festival,
    category           text not null check (category in ('delegation','press','jury','distributor')),
    -- Personal data: emptied, with the photo, when the festival is long over or at its holder's wish.
    name               text not null check (length(name) <= 120),
    email              text not null check (length(email) <= 254),
    -- Whom they come for. It stays: an organisation is no person.
    organisation       text not null check (length(organisation) <= 120),
    locale             text not null check (locale in ('kk','ru','fr','en')),
    -- The days on which the badge is good, by the calendar of the venue of what is entered.
    first_day          date not null,
    last_day           date not null,
    -- Everything of the festival of this kind; within the cities and venues alone, where any are named.
    all_screenings     boolean not null,
    all_meetings       boolean not null,
    cities             text[] not null check (cardinality(cities) <= 50),
    venues             text[] not null check (cardinality(venues) <= 50),
    -- How many screenings of films a day, by the day they start on; null: as many as they like. Meetings are not counted.
    screenings_per_day int check (screenings_per_day between 1 and 50),
    status             text not null default 'active' check (status in ('active','revoked')),
    revision           int not null default 1 check (revision between 1 and 65535),
    -- What was asked for, and the how-manieth of it this is.
    request_id         uuid not null,
    place              int not null,
    request_digest     bytea not null,
    added_at           timestamptz not null,
    added_by           text not null,
    seen_at            timestamptz,                       -- the latest scan of the badge that let in or out
    erased_at          timestamptz,
    constraint accreditation_ends_after_it_begins check (last_day >= first_day),
    -- The same request sent twice accredits once.
    constraint accreditation_once_per_request unique (request_id, place),
    constraint accreditation_erased_names_nobody check (erased_at is null or (name = '' and email = ''))
);
create index accreditation_of_festival on accreditation (festival_id, added_at, accreditation_id);
create index accreditation_of_address on accreditation (lower(email)) where email <> '';

-- What they may enter by name, whatever its kind and place.
create table accreditation_screening (
    accreditation_id text not null references accreditation,
    screening_id     slug not null references screening,
    primary key (accreditation_id, screening_id)
);
create index accreditation_screening_of_screening on accreditation_screening (screening_id);

-- Apart from the accreditation, so that the door never reads it; gone with the name.
create table accreditation_photo (
    accreditation_id text primary key references accreditation,
    content          bytea not null check (length(content) <= 400000)
);

-- Where a badge has let in: the standing of its holder at a screening, as a ticket's row has it of its own.
create table badge_entry (
    accreditation_id text not null references accreditation,
    screening_id     slug not null references screening,
    -- What the quota counts by: the day on which it starts, in its venue's zone, and whether it counts at all.
    day              date not null,
    counts           boolean not null,
    entries          int not null check (entries >= 0),
    inside           boolean not null,
    admitted_at      timestamptz,
    admitted_gate    text,
    primary key (accreditation_id, screening_id)
);
create index badge_entry_of_screening on badge_entry (screening_id) where entries > 0;

-- An accreditation whole, as the desk and the badge see it.
create view accreditation_whole as
select
    accreditation_id as accreditation, festival_id as festival, category, name, organisation,
    nullif(email, '') as email, locale,
    exists (
        select from accreditation_photo as photo where photo.accreditation_id = accreditation.accreditation_id
    ) as photo,
    jsonb_build_object(
        'first_day', first_day, 'last_day', last_day, 'all_screenings', all_screenings, 'all_meetings', all_meetings,
        'cities', cities, 'venues', venues, 'screenings_per_day', screenings_per_day,
        'screenings', array(
            select screening_id::text from accreditation_screening as listed
            where listed.accreditation_id = accreditation.accreditation_id order by screening_id
        )
    ) as entitlement,
    status, revision, added_at, added_by, seen_at, erased_at is not null as erased
from accreditation;
