"""Policies in the shapes of others: FHIR questionnaires, and one archive of them all. Pure: versions come loaded."""
