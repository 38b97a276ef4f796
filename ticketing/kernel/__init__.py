"""The ground floor: settings, connections, clock, identifiers, money, errors, jobs."""
