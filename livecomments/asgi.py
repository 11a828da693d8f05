"""The ASGI application: Django for HTTP, the gateway for sockets.

Served by `python -m livecomments.gateway` (uvicorn, the way for production) or by Daphne
(`manage.py runserver`, small installations); both speak the same protocol.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecomments.settings")

import django

# Django must be set up before anything below imports a model.
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 -- after setup
from django.urls import path, re_path  # noqa: E402 -- after setup

from livecomments.gateway.consumer import StreamConsumer  # noqa: E402 -- after setup
from livecomments.gateway.origin import OriginCheck  # noqa: E402 -- after setup
from livecomments.gateway.refusal import refuse_socket  # noqa: E402 -- after setup
from livecomments.postgres.patience import WEB_SECONDS, wait_at_most  # noqa: E402 -- after setup
from livecomments.webthreads import Handler  # noqa: E402 -- after setup

wait_at_most(WEB_SECONDS)

application = ProtocolTypeRouter(
    {
        "http": Handler(),
        "websocket": OriginCheck(
            URLRouter(
                [
                    path("ws/", StreamConsumer.as_asgi()),
                    re_path(r"", refuse_socket),  # type: ignore[arg-type]  # no view, but an application
                ]
            )
        ),
    }
)
