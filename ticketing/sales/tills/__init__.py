"""The tills of the box office: opened with a float, every coin booked, closed by a count."""
