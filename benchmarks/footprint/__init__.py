"""What `manage.py up` takes while nobody uses it: memory and CPU, part by part."""
