"""What the tests of the programme share."""

from pathlib import Path

import pytest

from tests.programme.programme_folder import write_programme


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A programme in a folder, everything in order."""
    return write_programme(tmp_path / "programme")
