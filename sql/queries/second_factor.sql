-- The second step of a sign-in. An act and its audit row are written by one statement.

-- name: read_second_factor
-- What is known of the second step of $1.
select staff_id, second_factor_sealed, second_factor_at, second_factor_step, second_factor_pending,
       (
           select count(*) from staff_recovery_code
           where staff_recovery_code.staff_id = staff.staff_id and used_at is null
       ) as recovery_codes_left
from staff where login = $1 and active;

-- name: begin_second_factor
-- The sealed secret $2 waits to be proven by $1. Nothing where there is a proven one.
update staff set second_factor_pending = $2 where login = $1 and active and second_factor_sealed is null
returning login;

-- name: confirm_second_factor
-- What waited is proven by the code of step $3, at $4; the digests $5 are the recovery codes from now on. Sign-ins made
-- with the password alone end, but for that of digest $6. Nothing where it is another secret than $2 by now.
with proven as (
    update staff set second_factor_sealed = second_factor_pending, second_factor_pending = null,
        second_factor_at = $4, second_factor_step = $3
    where login = $1 and active and second_factor_sealed is null and second_factor_pending = $2
    returning staff_id, login
), forgotten as (
    delete from staff_recovery_code using proven where staff_recovery_code.staff_id = proven.staff_id
), given as (
    insert into staff_recovery_code (staff_id, code_digest) select staff_id, unnest($5::bytea[]) from proven
), ended as (
    update staff_session set revoked_at = $4
    where staff_id in (select staff_id from proven) and revoked_at is null and token_digest <> $6
)
insert into audit (at, login, act, subject)
select $4, login, 'second_factor_added', login from proven
returning subject;

-- name: take_step
-- The code of step $2 is taken by the account $1, once, and none before it any more; no row where it was.
update staff set second_factor_step = $2
where staff_id = $1 and second_factor_sealed is not null and coalesce(second_factor_step, 0) < $2
returning login;

-- name: take_recovery_code
-- The recovery code of digest $2 is taken by the account $1 at $3, once; no row where it was, or is none.
with taken as (
    update staff_recovery_code set used_at = $3
    where staff_id = $1 and code_digest = $2 and used_at is null
    returning staff_id
)
insert into audit (at, login, act, subject)
select $3, login, 'recovery_code_used', login from taken join staff using (staff_id)
returning subject;

-- name: renew_recovery_codes
-- The digests $2 are the recovery codes of $1 from $3 on, and no others.
with person as (
    select staff_id, login from staff where login = $1 and second_factor_sealed is not null
), forgotten as (
    delete from staff_recovery_code using person where staff_recovery_code.staff_id = person.staff_id
), given as (
    insert into staff_recovery_code (staff_id, code_digest) select staff_id, unnest($2::bytea[]) from person
)
insert into audit (at, login, act, subject)
select $3, login, 'recovery_codes_made', login from person
returning subject;

-- name: remove_second_factor
-- The account $1 signs in with its password alone, from $2 on, by $3. Answers the login, whether or not it had another
-- step.
with before as (
    select staff_id, login, second_factor_sealed is not null as there from staff where login = $1 for update
), removed as (
    update staff set second_factor_sealed = null, second_factor_at = null, second_factor_step = null,
        second_factor_pending = null
    from before where staff.staff_id = before.staff_id
), forgotten as (
    delete from staff_recovery_code using before where staff_recovery_code.staff_id = before.staff_id
), noted as (
    insert into audit (at, login, act, subject)
    select $2, $3, case when $3 = login then 'second_factor_removed' else 'second_factor_reset' end, login
    from before where there
)
select login from before;
