"""A product that does next to nothing, for the demo launcher's own tests; fake_launcher.py starts it."""

import http.server
import json
import os
import pathlib
import sys
import time

ROLES = [{"username": username, "name": username.title(), "role": role, "title": {"nl": role, "fr": role, "en": role}}
         for username, role in (("els", "investigator"), ("robot", "integrator"))]


def fail_if_told(name: str) -> None:
    if os.environ.get("FAKE_FAIL") == name:
        print("first line of trouble\nthe database says no", file=sys.stderr)
        sys.exit(1)


def story(folder: str) -> None:
    pathlib.Path(folder, "story.json").write_text(json.dumps({"roles": ROLES}), encoding="utf-8")
    print("made-up past: 3 days")


def users(action: str) -> None:
    for user in json.load(sys.stdin):
        print(f"{action}: user {user['username']}, password of {len(user['password'])} characters")


def answer_on(port: str, body: bytes) -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            print(*arguments)

    http.server.HTTPServer(("127.0.0.1", int(os.environ[port])), Answer).serve_forever()


def search() -> None:
    answer_on("ZONESCHILD_SEARCH_PORT", b"ok")


def ingest() -> None:
    say_what_is_known()
    answer_on("ZONESCHILD_METRICS_PORT", b"zoneschild_broker_connected 1.0\n")


def say_what_is_known() -> None:
    print("knows", *sorted(name for name in os.environ if name.startswith("ZONESCHILD_")), flush=True)


def stay() -> None:
    say_what_is_known()
    while True:
        time.sleep(60)


def run(name: str, *arguments: str) -> None:
    fail_if_told(name)
    actions = {"story": story, "users": users, "search": search, "ingest": ingest, "simulator": stay,
               "tokens": lambda username: print(f"token-of-{username}"),
               "backfill": lambda: time.sleep(float(os.environ.get("FAKE_BACKFILL_SECONDS", "0")))}
    actions.get(name, lambda: None)(*arguments)


if __name__ == "__main__":
    run(*sys.argv[1:])
