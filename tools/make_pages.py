"""Writes the manual and the card as pages for a browser: `python tools/make_pages.py`. A clerk's computer shows no Markdown.

Knows only the Markdown that these two use: headings, tables, lists, fenced text, pictures, links, bold, code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = ("使用手册", "速查")
STYLE = """
body { max-width: 60em; margin: 2em auto; padding: 0 1.5em; font: 16px/1.7 "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #222; }
h1, h2, h3 { line-height: 1.3; } h2 { margin-top: 2em; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; margin: .8em 0; } td, th { border: 1px solid #bbb; padding: .25em .6em; text-align: left; vertical-align: top; }
th { background: #eef3f8; } code { background: #f2f2f2; padding: 0 .25em; font-family: Consolas, "Noto Sans Mono CJK SC", monospace; }
pre { background: #1e1e1e; color: #eee; padding: .7em 1em; overflow-x: auto; } pre code { background: none; padding: 0; }
img { max-width: 100%; max-height: 44em; border: 1px solid #ccc; } a { color: #0b5394; }
@page { size: A4; margin: 16mm; }
@media print {
body { margin: 0; max-width: none; padding: 0; font-size: 10.5pt; } pre { white-space: pre-wrap; background: none; color: #000; border: 1px solid #999; }
pre code { font-size: 8pt; } img { max-height: 11cm; } tr, img { break-inside: avoid; } h1, h2, h3 { break-after: avoid; }
}
"""
CARD = """
@page { size: A4; margin: 12mm 13mm; }
body { font-size: 10.5pt; line-height: 1.4; } h1 { font-size: 16pt; margin: 0; text-align: center; } p { margin: .45em 0; }
table { width: 100%; margin: .3em 0; } td, th { padding: .1em .45em; } ul { margin: .2em 0; }
"""


def page(name: str) -> str:
    """One of PAGES as HTML."""
    body = "\n".join(_blocks((DOCS / f"{name}.md").read_text(encoding="utf-8").split("\n")))
    style = STYLE + (CARD if name == "速查" else "")
    return f'<!doctype html>\n<html lang="zh">\n<meta charset="utf-8">\n<title>{name}</title>\n<style>{style}</style>\n{body}\n</html>\n'


def slug(heading: str) -> str:
    """The name by which a heading is linked to, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    for kind, group in groupby(_told(lines), key=lambda one: one[0]):
        texts = [text for _, text in group]
        match kind:
            case "heading":
                for text in texts:
                    marks, _, words = text.partition(" ")
                    yield f'<h{len(marks)} id="{slug(words)}">{_inline(words)}</h{len(marks)}>'
            case "table":
                yield from _table(texts)
            case "bullet":
                yield f"<ul>{''.join(f'<li>{_inline(text[2:])}</li>' for text in texts)}</ul>"
            case "number":
                items = "".join(f"<li>{_inline(text.partition('. ')[2])}</li>" for text in texts)
                yield f'<ol start="{texts[0].partition(".")[0]}">{items}</ol>'
            case "fence":
                yield f"<pre><code>{escape(chr(10).join(texts))}</code></pre>"
            case "text":
                yield f"<p>{'<br>'.join(map(_inline, texts))}</p>"


def _told(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each line with what it is; the fences themselves fall away."""
    fenced = False
    for line in lines:
        if line.startswith("```"):
            fenced = not fenced
            yield "between", ""
        elif fenced:
            yield "fence", line
        elif re.match(r"#+ ", line):
            yield "heading", line
        elif line.startswith("|"):
            yield "table", line
        elif line.startswith("- "):
            yield "bullet", line
        elif re.match(r"\d+\. ", line):
            yield "number", line
        else:
            yield ("text", line) if line else ("between", "")


def _table(lines: Sequence[str]) -> Iterator[str]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>\n" for row in rows[2:])
    yield f"<table>\n<tr>{head}</tr>\n{body}</table>"


def _inline(text: str) -> str:
    """Code first, so that nothing inside it is taken for a mark."""
    return "".join(f"<code>{escape(part)}</code>" if place % 2 else _marked(part) for place, part in enumerate(text.split("`")))


def _marked(text: str) -> str:
    text = escape(text, quote=False)
    text = re.sub(r"!\[([^\]]*)\]\(([^)]+)\)", r'<img src="\2" alt="\1">', text)
    text = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", lambda match: f'<a href="{_target(match[2])}">{match[1]}</a>', text)
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)


def _target(link: str) -> str:
    """Pages link to pages where there are some."""
    file, mark, place = link.partition("#")
    return f"{file.removesuffix('.md')}.html{mark}{place}" if file.removesuffix(".md") in PAGES else link


def main() -> None:
    """Writes all pages."""
    for name in PAGES:
        (DOCS / f"{name}.html").write_text(page(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
