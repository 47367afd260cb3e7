"""市发展和改革委员会 in 2021 Q2: ledgers by month, leaders' points by quarter, clauses A01 to A27."""

from collections.abc import Mapping

from samples.devreform import headquarters, ledgers, quarter


def files() -> Mapping[str, bytes]:
    """Every file of the sample by its path below `input/`, in order of path."""
    parts = (headquarters.files(), ledgers.files(), quarter.files())
    return dict(sorted(pair for part in parts for pair in part.items()))
