"""温州市住房公积金管理中心 in 2021 Q4: three reporting units, every clause C01 to C17."""

from collections.abc import Mapping

from samples.wenzhou import attendance, headquarters, notes, ratings


def files() -> Mapping[str, bytes]:
    """Every file of the sample by its path below `input/`, in order of path."""
    parts = (headquarters.files(), attendance.files(), notes.files(), ratings.files())
    return dict(sorted(pair for part in parts for pair in part.items()))
