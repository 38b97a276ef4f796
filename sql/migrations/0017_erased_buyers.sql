-- Names and addresses that are no longer kept.

alter table orders
    -- Since then the order names nobody: buyer_email and buyer_name are empty, and its tickets have no holders.
    add column erased_at timestamptz,
    add constraint order_erased_names_nobody check (erased_at is null or (buyer_email = '' and buyer_name = ''));
create index orders_with_names on orders (placed_at) where erased_at is null;
create index ticket_passed_on_to on ticket (lower(holder_email)) where holder_email <> '';
