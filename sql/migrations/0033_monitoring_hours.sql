-- Hours told to a monitoring system. A table made for this before was never used: an hour without sales has its row too,
-- so that each hour is told exactly once and none is forgotten.

drop table monitoring_file;

create table monitoring_hour (
    exporter            text not null check (length(exporter) between 1 and 40),
    hour                timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
    -- Seals: this file goes on where the last one ended. Equal: nothing was sealed in between.
    after_position      bigint not null check (after_position >= 0),
    last_position       bigint not null,
    entries             int not null check (entries >= 0),
    late                int not null check (late between 0 and entries),
    without_certificate int not null check (without_certificate between 0 and entries),
    made_at             timestamptz not null,
    name                text not null,
    body                bytea,                           -- null: nothing was sold, and there is no file
    attempts            int not null default 0,
    last_error          text,
    delivered_at        timestamptz,
    -- Two workers that make the same hour make one.
    primary key (exporter, hour),
    -- No entry is in two files of an exporter, and none is left out between two.
    constraint monitoring_hour_goes_on unique (exporter, after_position, hour),
    constraint monitoring_hour_goes_forward check (last_position >= after_position),
    constraint monitoring_hour_with_sales_has_a_file check ((entries > 0) = (body is not null))
);
create index monitoring_hour_to_deliver on monitoring_hour (exporter, hour)
    where delivered_at is null and body is not null;
