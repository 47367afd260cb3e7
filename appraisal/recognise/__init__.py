"""Cells → which standard sheet this is, for which period, and where its columns or blanks are."""

from appraisal.recognise.sheet import Recognised, recognise

__all__ = ["Recognised", "recognise"]
