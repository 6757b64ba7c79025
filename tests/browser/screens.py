"""The pages that are photographed: who of the story's people sees each, at which address, and what they open first."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

NOBODY = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture. In `path`, {names} stand for what the story says; `opens` are links that lead on from there."""

    name: str
    who: str
    path: str
    opens: tuple[str, ...] = ()
    whole: bool = False
    """Whether what lies below the window is in the picture too."""
    awaits: str = ""
    """What comes by itself, minutes after a demo began, and is to be seen."""

    def of(self, facts: dict[str, str]) -> str:
        """Return the address in a story."""
        return self.path.format_map(facts)


CONSULTING = {"els": "judicial-crime", "tom": "judicial-crime", "dirk": "judicial-crime", "sara": "judicial-traffic",
              "ilse": "access-request"}
"""Who opens a consultation before looking, and for which purpose."""

_ROW, _MAIN = "a.row", "main table a[href]"

SCREENS = (
    Screen("login", NOBODY, "/login"),
    Screen("story", NOBODY, "/story", whole=True),
    Screen("refused", "els", "/nowhere"),
    Screen("search", "els", "/reads"),
    Screen("found", "els", "{found}"),
    Screen("found-gallery", "els", "{found}&view=gallery"),
    Screen("found-map", "els", "{found}&view=map"),
    Screen("found-none", "els", "/reads?plate=9ZZZ999"),
    Screen("needs-approval", "els", "/reads?from={month}"),
    Screen("read", "els", "{found}", (_ROW,), whole=True),
    Screen("vehicle", "els", "{vehicle}"),
    Screen("vehicle-whole", "els", "{vehicle}", whole=True),
    Screen("consultation", "els", "/consultations/new"),
    Screen("notices", "els", "/notices"),
    Screen("account", "els", "/account"),
    Screen("overview", "dirk", "/overview"),
    Screen("hits", "dirk", "/hits", awaits="article.hit"),
    Screen("hit", "dirk", "/hits", ("article.hit h3 a[href^='/hits/']",), whole=True),
    Screen("handover", "dirk", "/hits/handover"),
    Screen("urgent", "dirk", "/consultations/new"),
    Screen("owed", "dirk", "/consultations/owed"),
    Screen("approvals", "tom", "/approvals"),
    Screen("lists", "tom", "/watchlists"),
    Screen("list", "tom", "/watchlists", (_MAIN,)),
    Screen("deliveries", "tom", "/watchlists", (_MAIN, "a[href$='/deliveries']")),
    Screen("entry", "tom", "/watchlists", (_MAIN, "a[href^='/watchlists/entries/']")),
    Screen("review", "tom", "/hits/review"),
    Screen("decisions", "tom", "/decisions"),
    Screen("decision", "tom", "/decisions", (_MAIN,)),
    Screen("channels", "wim", "/channels"),
    Screen("actions", "sara", "/actions"),
    Screen("action-new", "sara", "/actions/new"),
    Screen("action", "sara", "/actions", (_MAIN,)),
    Screen("cameras", "koen", "/cameras"),
    Screen("camera", "koen", "/cameras/GNK05A", whole=True),
    Screen("register", "koen", "/cameras/register"),
    Screen("gateways", "koen", "/gateways"),
    Screen("gateway", "koen", "/gateways", (_MAIN,), whole=True),
    Screen("rejects", "koen", "/gateways", (_MAIN, "a[href$='/rejects']")),
    Screen("audit", "ilse", "/audit"),
    Screen("audit-row", "ilse", "/audit", ("a[href^='/audit/rows/']",)),
    Screen("behaviour", "ilse", "/audit/behaviour"),
    Screen("sample", "ilse", "/audit/sample"),
    Screen("one-plate", "ilse", "/audit/plates"),
    Screen("colleagues", "ilse", "/audit/colleagues"),
    Screen("rules", "ilse", "/rules"),
    Screen("users", "wim", "/users"),
)


def facts_of(searches: list[str], month: str) -> dict[str, str]:
    """Return the addresses that screens name, from those of the story's first case, whose last finds the most."""
    found = searches[-1]
    asked = parse_qs(urlsplit(found).query)
    plate = asked["plate"][0].replace("?", "8", 1)
    times = {key: asked[key][0] for key in ("from", "until") if key in asked}
    return {"found": found, "vehicle": f"/journeys?{urlencode({'plate': plate, **times})}", "month": month}
