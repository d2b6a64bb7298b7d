"""The proof: real processes are hurt at random, and what became of every promise is checked.

`python -m tasks_app.tests.faults` runs it; its parts serve single scenarios too. Histories of what
clients were told and what jobs did lie outside the database; the checker reads only these and the
final tables, and shares no code with what it checks.
"""
