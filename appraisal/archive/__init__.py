"""archive.sqlite: the append-only memory of a workplace. Every final filing with its reasons; nothing is ever rewritten.

Read-only for everything but `Entry`. A missing file is an empty memory; a damaged, locked or newer one is an ArchiveError.
"""

from appraisal.archive.audit import verify
from appraisal.archive.entry import Entry, Filing, filings
from appraisal.archive.lookup import filed, filed_in_year, history, recorded_output, version_of
from appraisal.archive.opened import ArchiveError, tidy

__all__ = ["ArchiveError", "Entry", "Filing", "filed", "filed_in_year", "filings", "history", "recorded_output", "tidy", "verify", "version_of"]
