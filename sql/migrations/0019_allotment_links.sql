-- Links by which guests choose their own seats among those of an allotment.

create table allotment_link (
    link_id             uuid primary key,                 -- chosen by who makes it: made twice, it is one
    screening_id        slug not null,
    allotment_id        slug not null,
    seats_per_guest_max int not null check (seats_per_guest_max between 1 and 20),
    seats_max           int not null check (seats_max between 1 and 500),
    -- What was taken by it, ever: a seat that is given back does not come back to the link.
    seats_taken         int not null default 0,
    ends_at             timestamptz not null,
    made_at             timestamptz not null,
    made_by             text not null,
    revoked_at          timestamptz,
    foreign key (screening_id, allotment_id) references allotment,
    -- A link is never good for more seats than it was made for, however many press at once.
    constraint allotment_link_not_used_up check (seats_taken <= seats_max)
);
create index allotment_link_of_allotment on allotment_link (screening_id, allotment_id);

-- Which order came by which link: who took what, without anybody's name.
create table allotment_link_order (
    order_id text primary key references orders,
    link_id  uuid not null references allotment_link
);
create index allotment_link_order_of_link on allotment_link_order (link_id);
