"""Which view answers which address. One module per room; nouns first."""

from . import case, checklist, codes, decide, documents, intake, letters, replay, worklist

urlpatterns = [
    *worklist.urlpatterns,
    *intake.urlpatterns,
    *case.urlpatterns,
    *checklist.urlpatterns,
    *documents.urlpatterns,
    *decide.urlpatterns,
    *letters.urlpatterns,
    *codes.urlpatterns,
    *replay.urlpatterns,
]
