"""Which room answers which address. The rooms name their own."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from authreview import views
from authreview.health import healthz
from cases.admin import start

urlpatterns = [
    path("admin/login/", views.admin_sign_in),  # one way in, with one idle time and one lock-out
    path("admin/", start),  # in the place of the stock index
    path("admin/", admin.site.urls),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("healthz", login_not_required(healthz), name="healthz"),
    path("policies/", include("criteria.urls_choosing")),
    path("policies/", include("criteria.urls_exchange")),
    path("policies/", include("criteria.urls")),  # last: a version's name may hold a slash
    path("", include("cases.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
