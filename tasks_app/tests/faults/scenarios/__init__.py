"""One fault at one moment each, on an installation of real processes; `make faults` runs them.

docs/reliability.md says which fault is tried where: many are tried by tests of single parts.
"""
