"""The samples, documents and triples, that a new installation finds in its input folder."""

from tasks_app.management.samples.writing import write_samples

__all__ = ["write_samples"]
