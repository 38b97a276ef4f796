-- Guests without tickets hear that what they are invited to is cancelled: once. Those with tickets hear as buyers do.
alter table invitation add column called_off_at timestamptz;
