"""What no page may do in any test: ask another origin, complain, break, or be refused something by the policy."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage

_COMPLAINTS = ("error", "warning")
_OF_THE_MACHINE = "GL Driver Message"
"""What a graphics driver in software has to say of itself."""

_TELL_REFUSALS = """addEventListener('securitypolicyviolation', event =>
    console.error('refused by the policy:', event.violatedDirective, event.blockedURI, event.sourceFile))"""


@dataclass  # without slots: Playwright notes on a listener's owner that it listens
class Guard:
    """Listens to every page of a browser and keeps what was asked and what was complained of."""

    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to all pages of a context, from the first on."""
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("console", self._note)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.add_init_script(_TELL_REFUSALS)

    def allow(self, *words: str) -> None:
        """Let complaints with these words pass until the test ends: those that the test itself brings about."""
        self.allowed += words

    def forget(self) -> None:
        """Begin anew, for another test."""
        self.asked, self.complaints, self.allowed = [], [], []

    def findings(self, origin: str) -> list[str]:
        """Return the requests that did not go to `origin`, and the complaints that the test did not allow."""
        elsewhere = [url for url in self.asked if not url.startswith(f"{origin}/")]
        return [*elsewhere, *(text for text in self.complaints if not any(word in text for word in self.allowed))]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in _COMPLAINTS and _OF_THE_MACHINE not in message.text:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")
