"""The only writers of the review work. An action is keyword-only, takes `by=`, locks the case first, and returns the object."""
