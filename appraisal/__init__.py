"""公务员平时考核: from departments' sheets to graded, explained, signed-ready forms."""

__version__ = "0.1.0"
