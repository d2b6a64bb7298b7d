"""Reading triples, training TransE on them, scoring the vectors and writing them to a file.

NumPy is imported by the files that compute, and these only while a job runs: a web process or a
beat that merely knows the job does not pay for it.
"""
