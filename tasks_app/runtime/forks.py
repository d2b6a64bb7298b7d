"""No database connection of a thread crosses a fork.

A child that inherits one is broken: on SQLite it answers "database is locked" for ever.
"""

import os
import threading

# Held by a thread of the main process from before it opens a connection until it has closed it.
no_fork = threading.Lock()

os.register_at_fork(
    before=no_fork.acquire,
    after_in_parent=no_fork.release,
    after_in_child=no_fork.release,
)
