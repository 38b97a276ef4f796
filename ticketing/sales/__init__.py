"""Orders and money: placing, paying, expiring, giving back, exchanging."""
