"""A real OpenID Connect provider (npm's oidc-provider) for tests, and a person who logs in there with a browser."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx

from deploy.install import node_folder
from deploy.processes import free_port
from tests.npm_packages import install_once

FOLDER = Path(__file__).resolve().parent / "oidc"
CLIENT_ID, CLIENT_SECRET = "zoneschild", "invented: secret/of+the%tests"


@contextmanager
def running_provider(return_address: str) -> Iterator[str]:
    """Run a provider that sends people back to `return_address`; yields its issuer."""
    install_once("the tests' identity provider", FOLDER)
    port = free_port()
    node = node_folder() / "bin" / "node"
    process = subprocess.Popen([node, "provider.mjs", str(port), return_address], cwd=FOLDER, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    with process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n", "the provider did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


async def prove(address: str, name: str, stop_at: str) -> str:
    """Follow redirects and forms as the person who calls themselves `name`, until the provider leads to `stop_at`."""
    async with httpx.AsyncClient(timeout=30) as browser:
        answer = await browser.get(address)
        for _ in range(12):
            if "location" in answer.headers:
                address = urljoin(str(answer.url), answer.headers["location"])
                if address.startswith(stop_at):
                    return address
                answer = await browser.get(address)
                continue
            action, prompt = (re.search(pattern, answer.text) for pattern in (r'action="([^"]+)"',
                                                                              r'name="prompt" value="(\w+)"'))
            assert action, answer.text
            assert prompt, answer.text
            given = {"login": f"person-{name}", "password": "any"} if prompt[1] == "login" else {}
            answer = await browser.post(urljoin(str(answer.url), action[1]), data={"prompt": prompt[1], **given})
    raise AssertionError("the provider never led back")
