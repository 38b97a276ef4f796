-- Exchanging a ticket that can't be given back any more must not make one that can.

-- False where the ticket was exchanged when the time to give it back was over. A cancelled screening pays it back all the same.
alter table ticket add column refundable boolean not null default true;
-- As the ticket will have it, once exchanged.
alter table exchanged_ticket add column refundable boolean not null default true;
