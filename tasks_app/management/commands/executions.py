"""`manage.py executions VERB`."""

from tasks_app.management.verbs.prune import Prune
from tasks_app.management.verbs.verb import CommandOfVerbs


class Command(CommandOfVerbs):
    help = "Work on many executions at once."
    verbs = (Prune(),)
