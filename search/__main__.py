"""`python -m search`: serve the pages and the API."""

import sys
from contextlib import suppress
from socket import socket

import uvicorn

from search.app import create_app
from search.hits.boards import Boards
from services.errors import ConfigurationError
from services.logs import configure_logging
from services.settings import SearchSettings, load_settings


class Server(uvicorn.Server):
    """A server that ends the boards' streams before it waits for its clients to be done."""

    boards: Boards

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop."""
        self.boards.close()
        await super().shutdown(sockets)


def main() -> int:
    """Serve until told to stop; wrong settings are one sentence on standard error and exit code 1."""
    configure_logging("search")
    try:
        settings = load_settings(SearchSettings)
        app = create_app(settings)
    except ConfigurationError as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    # No access log of the server's own: it would hold plates. Guard writes one with route templates.
    server = Server(uvicorn.Config(
        app, host=settings.search_host, port=settings.search_port, log_config=None, access_log=False,
        proxy_headers=False, server_header=False, loop="asyncio" if sys.platform == "win32" else "uvloop"))
    server.boards = app.state.program.boards
    with suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 3


if __name__ == "__main__":
    sys.exit(main())
