"""What organisers watch: capacity, takings, admissions."""
