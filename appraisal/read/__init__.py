"""A file's bytes → its cells, or the reason why not."""

from appraisal.read.book import Book, Sheet, read_book
from appraisal.read.look import NOTHING, Covered, Look

__all__ = ["NOTHING", "Book", "Covered", "Look", "Sheet", "read_book"]
