"""A file's bytes → its cells, or the reason why not."""

from appraisal.read.book import Book, Sheet, read_book

__all__ = ["Book", "Sheet", "read_book"]
