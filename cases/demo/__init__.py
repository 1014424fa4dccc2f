"""Invented people and requests that show the product: data here, built through the real actions by the `demo` command."""
