-- What was given up is counted every few seconds, for an alarm, and lists of deliveries go on behind a cursor.

create index webhook_delivery_given_up on webhook_delivery (failed_at) where failed_at is not null;
drop index webhook_delivery_latest;
create index webhook_delivery_latest on webhook_delivery (webhook_id, created_at desc, delivery_id);
