"""The contenders by the words of the report; nothing is loaded to know them."""

EXECUTE = "ours: POST tasks/{id}/execute/"
CREATE = "ours: POST tasks/"
DICTIONARY = "FastAPI, tasks in a dictionary"
ROWS = "FastAPI, tasks in rows"
ALL = (DICTIONARY, EXECUTE, CREATE, ROWS)
