"""Names that outlive a power failure."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def make_durable(folder: Path) -> None:
    """Names in a folder outlive a power failure only when the folder itself is forced to disk; Windows and some network folders have no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)
