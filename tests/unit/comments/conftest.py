"""What tests of comments share; nothing here is used unless a test asks for it."""

import pytest

from comments import screening
from comments.spam import modelfile
from tests.rooms import ROOM, open_room


@pytest.fixture
def no_model(monkeypatch, tmp_path):
    """No model but what a test puts in its place."""
    file = modelfile.ModelFile(tmp_path / "model.json")
    monkeypatch.setattr(screening, "model_file", lambda: file)
    return file


@pytest.fixture
async def room(redis):
    await open_room()
    return ROOM
