"""The share of owed days attended, by either formula (四（三）4（3）)."""

from __future__ import annotations

from fractions import Fraction

from appraisal.model import Attendance
from appraisal.policy.shape import AttendanceFloor


def shares(attendance: Attendance, rule: AttendanceFloor) -> tuple[Fraction, Fraction]:
    """The attendance share by the formula in force, and by the other one."""
    share, other = (Fraction(attended, owed) for attended, owed in counted(attendance, rule))
    return share, other


def counted(attendance: Attendance, rule: AttendanceFloor) -> tuple[tuple[int, int], tuple[int, int]]:
    """Days attended and days owed, by the formula in force and by the other one."""
    whole = max(attendance.due - attendance.absent, 0), attendance.due
    rest = attendance.due - attendance.exempt
    removed = (max(rest - attendance.absent, 0), rest) if rest > 0 else (1, 1)
    return (whole, removed) if rule.formula == "absent-of-due" else (removed, whole)
