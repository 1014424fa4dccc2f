"""In the place of the case page, one with the record's pane and no checklist: what the pane promises to whatever stands beside it."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from authreview.urls import *  # noqa: F403  its handlers of errors too
from authreview.urls import urlpatterns as own
from cases.views.loaders import load_case
from cases.views.record import record_pane

PAGE = """{% extends "base.html" %}{% load static %}{% block title %}Around the record{% endblock %}
{% block head %}<link rel="stylesheet" href="{% static 'css/record.css' %}">{% endblock %}
{% block main %}<h1>Around the record</h1><div class="cols cols-2">{% include "cases/documents/viewer.html#record-pane" %}
<section class="panel"><div id="row" tabindex="-1" data-record-row="1:pain"><h2>Pain</h2></div>
<form data-cite><input type="hidden" name="cite_document"><input type="hidden" name="cite_page"><input type="hidden" name="cite_first">
<input type="hidden" name="cite_last"><label>Note <textarea name="note"></textarea></label></form>
<p><a id="quote" href="?document={{ pane.sheet.document_id }}&amp;page=2&amp;mark=6-14">physical</a></p></section></div>{% endblock %}
{% block scripts %}<script src="{% static 'js/record.js' %}" defer></script>{% endblock %}"""


def around(request, reference):
    pane = record_pane(request, load_case(request, reference))
    return HttpResponse(engines["django"].from_string(PAGE).render({"pane": pane}, request))


urlpatterns = [path("cases/<str:reference>/", around, name="case"), *own]
