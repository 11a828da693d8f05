"""The wire protocol: the one place where the shape of the socket is decided.

The consumer decodes with it, the batcher encodes with it, and `manage.py export_protocol` turns it
into `frontend/client/src/protocol.gen.ts` and the tables of docs/PROTOCOL.md. Import names from
here, not from the files below.
"""

from .actions import *  # noqa: F403 -- this package is one namespace in several files
from .base import Message as Message
from .constants import *  # noqa: F403 -- this package is one namespace in several files
from .items import *  # noqa: F403 -- this package is one namespace in several files
from .messages import *  # noqa: F403 -- this package is one namespace in several files
