"""Turns the HTML that some systems export in a cell into plain text of paragraphs and lists."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = ("p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "pre", "figure")
_UNSEEN = ("script", "style", "head", "title", "template", "noscript")
# What such a system writes: a text that a person wrote of « a < b » or of <p> alone is not HTML.
_HTML = re.compile(r"\s*<(p|div|ul|ol|h[1-6]|br|strong|em|a|span|blockquote|iframe|table|pre)\b[^<>]*>", re.IGNORECASE)
_CLOSED = re.compile(r"</(p|div|ul|ol|h[1-6]|strong|em|a|span|blockquote|table|pre)>|<br ?/?>", re.IGNORECASE)


def text_of(cell: str) -> str:
    """Give the text of a cell; one that is not HTML is given as it is."""
    if not _HTML.match(cell) or not _CLOSED.search(cell):
        return cell
    reader = _Reader()
    reader.feed(cell)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Keeps what one reads, and the address of a link that is not its own words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._unseen = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph, a line or an item."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self._pieces.append("\n\n")
        elif tag in ("br", "tr"):
            self._pieces.append("\n")
        elif tag == "li":
            self._pieces.append("\n- ")
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        """End what began."""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self._pieces.append("\n\n")
        elif tag == "a" and self._links:
            address = self._links.pop()
            if re.fullmatch(r"https?://\S+", address) and address not in "".join(self._pieces[-3:]):
                self._pieces.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        """Keep words; line ends between tags are spaces."""
        if not self._unseen:
            self._pieces.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        """Give the paragraphs, with one blank line between them."""
        lines = (line.strip() for line in "".join(self._pieces).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
