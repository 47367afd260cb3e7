"""Blank standard sheets to send out: one workbook a department, pre-filled from the roster, that come back right."""

from appraisal.render.blank.owing import Propose
from appraisal.render.blank.parcel import blanks

__all__ = ["Propose", "blanks"]
