"""Whether a broker takes a connection: MQTT 3.1.1's CONNECT by hand, as a client library would try again or leak."""

import contextlib
import socket
import ssl

ACCEPTED = b"\x20\x02\x00\x00"


def gets_in(port: int, user: str = "", password: str = "", tls: ssl.SSLContext | None = None) -> bool:
    """Tell whether the broker at `port` of this machine lets `user` in."""
    name, *fields = [len(text).to_bytes(2, "big") + text.encode() for text in ("MQTT", "handshake", user, password)]
    body = name + bytes([4, 0xC2, 0, 60]) + b"".join(fields)
    try:
        with contextlib.ExitStack() as connection:
            link = connection.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            if tls is not None:
                link = connection.enter_context(tls.wrap_socket(link, server_hostname="localhost"))
            link.sendall(bytes([0x10, len(body)]) + body)
            return link.recv(4) == ACCEPTED
    except OSError:
        return False
