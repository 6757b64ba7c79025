"""Addresses of pages of lists (pure)."""

from urllib.parse import urlencode

from search.watchlists.schemas import PageOfEntries


def more_address(code: str, asked: PageOfEntries, following: int | None) -> str | None:
    """Return where the next page of a list's entries is; None on the last."""
    if following is None:
        return None
    kept = {name: value for name, value in asked.model_dump(exclude={"before"}).items() if value}
    return f"/watchlists/{code}?{urlencode({**kept, 'before': following})}"
