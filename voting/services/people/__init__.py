"""Accounts and doors' keys: who exists, what they may do, and how they prove who they are.

Rooms: `congresses`, `accounts` (invite, roles, disable, reset), `directory` (read them), `setup`
(the first administrators), `enrolment`, `signin`, `steps` (between the two proofs), `factors`,
`sessions`; `passwords` and `sealing` are their tools.
"""
