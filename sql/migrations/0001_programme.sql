-- The programme: what is shown, where, when, and at what price.
-- Translated texts are jsonb objects keyed by language: {"kk": …, "ru": …, "fr": …, "en": …}.

create extension if not exists btree_gist;

create domain slug as text check (value ~ '^[a-z0-9][a-z0-9-]{0,62}$');
create domain currency_code as text check (value ~ '^[A-Z]{3}$');
create domain translated as jsonb check (jsonb_typeof(value) = 'object');

create table festival (
    festival_id slug primary key,
    name        translated not null,
    tagline     translated not null default '{}',
    organisers  jsonb not null default '[]',   -- names are data: institutions merge and are renamed
    country     text not null check (country ~ '^[A-Z]{2}$'),
    currency    currency_code not null,
    timezone    text not null,
    starts_on   date not null,
    ends_on     date not null,
    colours     jsonb not null default '{}',
    rules       jsonb not null default '{}',   -- programme.model.FestivalRules; absent fields take its defaults
    constraint festival_ends_after_it_starts check (ends_on >= starts_on)
);

create table film (
    film_id            slug primary key,
    original_title     text not null,
    title              translated not null,
    directors          jsonb not null,
    year               int not null check (year between 1888 and 2200),
    running_minutes    int not null check (running_minutes between 1 and 1440),
    countries          jsonb not null default '[]',
    age_category       text not null check (age_category in ('0+','6+','12+','14+','16+','18+','21+')),
    synopsis           translated not null default '{}',
    visa_number        text,   -- CNC exploitation visa
    certificate_number text,   -- Kazakh exhibition certificate
    distributor        text
);

create table version (
    version_id slug primary key,
    film_id    slug not null references film,
    audio      text not null,
    subtitles  jsonb not null default '[]',
    kind       text not null check (kind in ('original','dubbed','voice_over'))
);
create index version_of_film on version (film_id);

create table venue (
    venue_id  slug primary key,
    name      translated not null,
    city      slug not null,
    city_name translated not null,
    country   text not null check (country ~ '^[A-Z]{2}$'),
    timezone  text not null,
    address   translated not null default '{}'
);

-- A layout never changes: its id is the hash of its body, and screenings pin one.
create table layout (
    layout_id   text primary key check (layout_id ~ '^[0-9a-f]{32}$'),
    body        jsonb not null,
    place_count int not null check (place_count between 1 and 20000)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger layout_is_immutable before update or delete on layout
    for each row execute function refuse_change();

create table hall (
    hall_id   slug primary key,
    venue_id  slug not null references venue,
    name      translated not null,
    layout_id text not null references layout
);
create index hall_of_venue on hall (venue_id);

create table price_zone (
    festival_id slug not null references festival,
    zone_id     text not null check (length(zone_id) between 1 and 40),
    name        translated not null,
    colour      text not null check (colour ~ '^#[0-9a-f]{6}$'),
    position    int not null default 0,
    primary key (festival_id, zone_id)
);

create table tariff (
    festival_id slug not null references festival,
    tariff_id   slug not null,
    name        translated not null,
    -- Code du cinéma et de l'image animée, D212-71: every tariff belongs to one of four families.
    family      text not null check (family in ('free','school','unlimited_pass','other')),
    proof       translated not null default '{}',
    public      boolean not null default true,
    position    int not null default 0,
    primary key (festival_id, tariff_id)
);

create table price (
    festival_id   slug not null,
    price_list_id slug not null,
    zone_id       text not null,
    tariff_id     slug not null,
    amount        bigint not null check (amount between 0 and 1000000000),   -- minor units
    primary key (festival_id, price_list_id, zone_id, tariff_id),
    foreign key (festival_id, zone_id) references price_zone,
    foreign key (festival_id, tariff_id) references tariff
);

create table screening (
    screening_id   slug primary key,
    festival_id    slug not null references festival,
    kind           text not null default 'film' check (kind in ('film','meeting')),
    film_id        slug references film,
    version_id     slug references version,
    title          translated,          -- meetings; a film's own title otherwise
    hall_id        slug not null references hall,
    layout_id      text not null references layout,
    starts_at      timestamptz not null,
    ends_at        timestamptz not null,
    doors_at       timestamptz not null,
    sales_open_at  timestamptz not null,
    sales_close_at timestamptz not null,
    audience       text not null default 'public' check (audience in ('public','invitation','accredited')),
    status         text not null default 'published' check (status in ('draft','published','cancelled')),
    currency       currency_code not null,
    price_list_id  slug not null,
    changed_at     timestamptz not null default now(),
    constraint screening_ends_after_it_starts check (ends_at > starts_at),
    constraint screening_doors_open_before_it_ends check (doors_at < ends_at),
    constraint screening_sales_open_before_they_close check (sales_open_at < sales_close_at),
    constraint screening_shows_a_film_or_has_a_title check ((kind = 'film' and film_id is not null and version_id is not null) or title is not null),
    -- Two screenings never overlap in one hall; a cancelled or draft one leaves the hall free.
    constraint screening_hall_is_free exclude using gist (
        (hall_id::text) with =, tstzrange(starts_at, ends_at) with &&
    ) where (status = 'published')
);
create index screening_of_festival on screening (festival_id, starts_at, screening_id);
create index screening_by_start on screening (starts_at, screening_id);

-- Seats kept back for an owner (embassy, press, jury…), until release_at at the latest.
create table allotment (
    screening_id slug not null references screening,
    allotment_id slug not null,
    owner        text not null,
    release_at   timestamptz,
    released_at  timestamptz,
    primary key (screening_id, allotment_id)
);

create table allotment_seat (
    screening_id slug not null,
    seat         text not null,
    allotment_id slug not null,
    -- A seat is kept back for one owner at a time.
    primary key (screening_id, seat),
    foreign key (screening_id, allotment_id) references allotment
);
