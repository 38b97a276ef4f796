-- The public reading side of the programme. A screening comes as one JSON text in the shape of
-- programme.model.Screening (the view screening_whole), so that no list asks twice.

-- name: list_festivals
-- Festivals as programme.model.Festival, those that end last first: the one of id $1, or (null) all; at most $2.
select (
    to_jsonb(festival) || jsonb_build_object('festival', festival_id, 'logo', (
        select jsonb_build_object('picture', picture_id, 'width', picture.width, 'height', picture.height)
        from festival_logo join picture using (picture_id)
        where festival_logo.festival_id = festival.festival_id
    ), 'archived_at', (
        select archived_at from festival_archive where festival_archive.festival_id = festival.festival_id
    ))
)::text
from festival
where $1::text is null or festival_id = $1
order by ends_on desc, festival_id
limit $2;

-- name: count_screenings_ahead
-- How many screenings that the public may know of each festival has still to show at $1, which began after $2.
select festival_id, count(*)
from screening
where status in ('published', 'cancelled') and ends_at > $1 and starts_at >= $2
group by festival_id;

-- name: get_layout
-- The body of a layout, as it was stored.
select body::text from layout where layout_id = $1;

-- name: get_screening
-- One screening, whole, drafts included.
select body::text from screening_whole where screening_id = $1;

-- name: list_screenings
-- Published and cancelled screenings by start: $1 festival, $2 city, $3 date in the venue's zone, $4 film,
-- $5 version, $6 language heard or read (each null for any); only what ends after $7, unless a date is asked for;
-- from behind the screening that starts at $8 and is named $9; at most $10.
select body::text
from screening_whole
where status in ('published', 'cancelled')
  and ($1::text is null or festival_id = $1)
  and ($2::text is null or city = $2)
  and ($3::date is null or (
      (starts_at at time zone timezone)::date = $3
      -- No zone is further than 14 hours from UTC: this lets the index on starts_at narrow the search.
      and starts_at >= ($3::date - 1)::timestamp at time zone 'UTC'
      and starts_at < ($3::date + 2)::timestamp at time zone 'UTC'
  ))
  and ($4::text is null or film_id = $4)
  and ($5::text is null or version_id = $5)
  and ($6::text is null or audio = $6 or subtitles ? $6)
  and ($3::date is not null or ends_at > $7)
  and starts_at >= $8
  and (starts_at > $8 or screening_id::text > $9::text)
order by starts_at, screening_id
limit $10;

-- name: get_film
-- A film as programme.model.Film, if the public may know of it: some screening of it is announced, or was.
select (
    to_jsonb(film) || jsonb_build_object('film', film_id, 'poster', (
        select jsonb_build_object('picture', picture_id, 'width', picture.width, 'height', picture.height)
        from film_poster join picture using (picture_id)
        where film_poster.film_id = film.film_id
    ))
)::text
from film
where film_id = $1 and exists (
    select from screening where screening.film_id = film.film_id and status in ('published', 'cancelled')
);

-- name: list_films
-- The films of festival $1 that the public may know of, with the last change of a screening of each; at most $2.
select (
    to_jsonb(film) || jsonb_build_object('film', film_id, 'poster', (
        select jsonb_build_object('picture', picture_id, 'width', picture.width, 'height', picture.height)
        from film_poster join picture using (picture_id)
        where film_poster.film_id = film.film_id
    ))
)::text as body, announced.changed_at
from film
join (
    select film_id, max(changed_at) as changed_at
    from screening
    where festival_id = $1 and status in ('published', 'cancelled')
    group by film_id
) as announced using (film_id)
order by film_id
limit $2;

-- name: list_last_screenings
-- Screenings of festival $1, or of film $2 (the other is null), that are over at $3: the last ones first, at most $4.
select body::text
from screening_whole
where status in ('published', 'cancelled')
  and ($1::text is null or festival_id = $1)
  and ($2::text is null or film_id = $2)
  and ends_at <= $3
order by starts_at desc, screening_id
limit $4;

-- name: list_screening_changes
-- Names and last changes of the screenings of festival $1 that the public may know of, by start; at most $2.
select screening_id, changed_at
from screening
where festival_id = $1 and status in ('published', 'cancelled')
order by starts_at, screening_id
limit $2;

-- name: get_picture_size
-- The bytes of picture $1 in the size $2.
select body from picture_size where picture_id = $1 and width_max = $2;
