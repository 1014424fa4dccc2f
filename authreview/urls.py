"""Which room answers which address. The rooms name their own."""

from django.contrib import admin
from django.contrib.auth import views as sign_in
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from authreview.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sign-in/", sign_in.LoginView.as_view(template_name="sign_in.html", redirect_authenticated_user=True), name="sign-in"),
    path("sign-out/", sign_in.LogoutView.as_view(), name="sign-out"),
    path("healthz", login_not_required(healthz), name="healthz"),
    path("policies/", include("criteria.urls")),
    path("", include("cases.urls")),
]
