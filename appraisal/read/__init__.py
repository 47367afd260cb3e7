"""A file's bytes → its cells, or the reason why not."""

from appraisal.read.book import Book, Sheet, read_book
from appraisal.read.gate import weigh
from appraisal.read.look import NOTHING, Covered, Look
from appraisal.read.unfit import UnfitError

__all__ = ["NOTHING", "Book", "Covered", "Look", "Sheet", "UnfitError", "read_book", "weigh"]
