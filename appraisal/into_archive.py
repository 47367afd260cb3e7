"""A final result on its way into the archive: its rows go in while its files are written, the run is noted when they are complete."""

from __future__ import annotations

from appraisal import archive
from appraisal.manifest import rules_sha, versions
from appraisal.model import State
from appraisal.result import Result, Workplace


class IntoArchive:
    """One transaction, from `begin` to `finish`; `close` without it leaves the archive as it was.

    An archive in trouble never costs a run: what is wrong is told in the end. What could not be read is not written to either.
    """

    def __init__(self, result: Result, workplace: Workplace) -> None:
        self._result, self._workplace = result, workplace
        self.is_wanted = result.state is State.FINAL and bool(result.filings)
        self._complaint = result.trouble if self.is_wanted else ""
        self._entry: archive.Entry | None = None

    def begin(self) -> None:
        """Everybody's results, not committed yet."""
        if self.is_wanted and not self._complaint:
            filings = archive.filings(self._result.verdicts)
            try:
                self._entry = archive.Entry(self._workplace.archive, filings)
            except archive.ArchiveError as error:
                self._complaint = str(error)

    def finish(self, output_sha: str) -> str:
        """Notes the run and commits; why it could not be filed, else empty."""
        if self._entry is not None:
            inputs = {intake.file: intake.sha256 for intake in self._result.intakes}
            try:
                self._entry.commit(self._result.period, inputs, rules_sha(self._workplace), versions(), output_sha)
            except archive.ArchiveError as error:
                self._complaint = str(error)
        return self._complaint

    def close(self) -> None:
        """Lets the archive go; what was not committed is undone."""
        if self._entry is not None:
            self._entry.close()
