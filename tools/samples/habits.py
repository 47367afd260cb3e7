"""How clerks write the same thing: names aligned by spaces, days without a needless .0."""

from decimal import Decimal

from samples.draw import Cell


def spaced(name: str, space: str = " ") -> str:
    """A name of two characters as clerks align it with names of three."""
    return space.join(name) if len(name) == len("张三") else name


def short(number: Decimal) -> Cell:
    """Whole numbers as such, so that a sheet says 3 and not 3.0."""
    return int(number) if number == number.to_integral_value() else number
