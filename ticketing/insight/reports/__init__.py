"""Reports: admissions, takings, and the two declarations of French law. One file a report."""
