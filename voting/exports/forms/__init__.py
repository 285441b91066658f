"""The printed forms of a sitting: values already worked out go in, an official A4 sheet comes out.

`ballot` (form 4), `attendance` (5), `counting` (6, 7 and their run-offs, 8), `announcement` (9),
`rules` (3), `script` (16). Each gives a `Document`, which is printed or written as a text for Word;
a ballot paper is printed alone.
"""
