"""For the bar of the site: where in the admin somebody may go. Sync, ORM."""

from django import template
from django.http import HttpRequest

from livecomments.adminsite.navigation import Place, places_of

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context: template.Context) -> list[Place]:
    """The places of whoever looks at the page; none where nobody is known."""
    request = context.get("request")
    return places_of(request) if isinstance(request, HttpRequest) else []
