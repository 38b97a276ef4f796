"""The letters: every mail that the house writes, one file a letter, and how they are framed and sent.

A letter is a job whose kind is ``mail_<name>``, queued in the transaction of what it tells. Its file has one
function, which reads the facts as they are now and gives a :class:`~ticketing.sales.letters.letter.Letter`, or
None where there is nothing to tell any more. ``registry.py`` lists them all, and the worker takes the whole list.
"""
