-- Letters: which were sent.

-- name: claim_letter
-- Say that the letter $1 is sent, before it is; no row where it was. Whoever claims the same at the same moment
-- waits until the first has sent it or failed.
insert into letter_sent (letter_key, kind, sent_at) values ($1, $2, $3)
on conflict (letter_key) do nothing
returning letter_key;
