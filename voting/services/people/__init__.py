"""Accounts and doors' keys: who exists, what they may do, and how they prove who they are.

Rooms: `congresses`, `accounts` (invite, roles, disable, reset), `enrolment`, `signin`, `factors`,
`sessions`, `setup` (the first administrators); `passwords` and `sealing` are their tools.
"""
