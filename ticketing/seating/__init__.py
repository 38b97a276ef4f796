"""The holds: who keeps which seats for how long, and what is free. Lives in Redis; Postgres is the authority."""
