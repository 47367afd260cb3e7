"""济宁市商务局 in 2020 Q2: scores by month, the cap over the whole bureau, every clause B01 to B37."""

from collections.abc import Mapping

from samples.jining import attendance, headquarters, records, scores


def files() -> Mapping[str, bytes]:
    """Every file of the sample by its path below `input/`, in order of path."""
    parts = (headquarters.files(), attendance.files(), scores.files(), records.files())
    return dict(sorted(pair for part in parts for pair in part.items()))
