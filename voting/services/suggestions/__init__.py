"""Suggestions 代表建议 from the deputy's pen to the last rating.

`writing` and `withdrawing` (deputies), `assigning` (the office), `handling` (units), `rating`
(deputies), `reading` (pages and lists of all three), `rates`, `importing` and `dues`.
"""
