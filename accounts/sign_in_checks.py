"""Settings of the sign-in that would weaken it in silence."""

from django.conf import settings
from django.core.checks import Error, register

from .models import Role


@register()
def roles_exist(app_configs, **kwargs):
    unknown = set(settings.MFA_REQUIRED_ROLES) - set(Role.values)
    if not unknown:
        return []
    names = ", ".join(sorted(unknown))
    hint = f"Roles are: {', '.join(Role.values)}."
    return [Error(f"MFA_REQUIRED_ROLES names roles that do not exist: {names}.", hint=hint, id="sign_in.E001")]
