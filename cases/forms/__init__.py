"""Crispy forms: they validate and convert, nothing else."""
