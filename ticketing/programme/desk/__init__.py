"""The programme's desk: entries made and changed one at a time, by the rules of the import, with nothing lost."""
