"""Names of units as names of folders."""

from __future__ import annotations


def safe_name(wish: str, taken: set[str]) -> str:
    """A folder or file name legal on Windows and not taken: 瑞安/分中心 → 瑞安_分中心. Different wishes never share a name."""
    name = "".join("_" if char in '<>:"/\\|?*' or not char.isprintable() else char for char in wish).strip(" .")[:80].strip(" .") or "_"
    if name.split(".")[0].upper() in {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}:
        name = f"_{name}"
    chosen, count = name, 1
    while chosen.casefold() in taken:
        count += 1
        chosen = f"{name}({count})"
    taken.add(chosen.casefold())
    return chosen
