"""As little as Django and Channels start with; BENCH_LAYER and BENCH_REDIS_URL choose the layer."""

import os

SECRET_KEY = "a key that signs nothing"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["daphne", "channels"]
ASGI_APPLICATION = "tests.load.peers.tutorial.asgi.application"
USE_TZ = True
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": os.environ["BENCH_LAYER"],
        "CONFIG": {
            "hosts": [os.environ["BENCH_REDIS_URL"]],
            # Beside others on the same server.
            "prefix": os.environ["BENCH_PREFIX"],
        },
    }
}
