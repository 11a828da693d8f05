"""The model of this process: loaded from its file, and again when that changes. Async around sync.

Reading a file and making a model of it takes a tenth of a second, so a thread does it.
"""

import asyncio
import logging
import time
from functools import cache
from pathlib import Path

from django.conf import settings

from .model import Model, NotAModel, load

logger = logging.getLogger(__name__)

LOOK_SECONDS = 10.0


class ModelFile:
    """One file. `model` is what it held last; None without a file: the layer is off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.model: Model | None = None
        self._looked = float("-inf")
        self._stamp: tuple[int, int] | None = None

    async def renew(self) -> None:
        """Load the model if the file is another than it was; asks at most every ten seconds."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Load the model if the file is another than it was. Sync, up to a tenth of a second.

        A file that is no model changes nothing: what there was goes on being served.
        """
        try:
            found = self.path.stat()
        except OSError:
            self._stamp, self.model = None, None
            return
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self.model = load(self.path)
        except NotAModel as problem:
            logger.error("the spam model is not served: %s", problem)
        else:
            logger.info("spam model %s", self.model.version)


@cache
def model_file() -> ModelFile:
    """Return the model of this process."""
    return ModelFile(Path(settings.SPAM_MODEL))
