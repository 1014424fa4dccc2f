"""Load, form, action, answer. Views catch no domain error and hold no HTML."""
