"""Reading documents page by page, counting them, and writing them in another format.

Nothing here knows of jobs, Celery or Django: folders come in, files and counts come out.
"""
