"""The shell around the house: the application that composes the packages, and the pages."""
