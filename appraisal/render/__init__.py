"""Decisions and templates → workbooks."""
