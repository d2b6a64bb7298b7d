"""Shapes: what is read from requests and what is answered."""
