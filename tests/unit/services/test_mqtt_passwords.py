"""Broker passwords: random, and kept in the form that both brokers check."""

import base64

from services.mqtt_passwords import make_password, password_hash

# openssl kdf -keylen 64 -kdfopt digest:SHA512 -kdfopt pass:password -kdfopt salt:saltsaltsalt -kdfopt iter:1000 PBKDF2
KNOWN = ("a845ae0473fcdaeccfaf26c2529a7d14c1950e8b336a00f03a0061018e38cb68"
         "0fba7e1114133dce30278508c9464fa5fdd10485ab4b088eb9623fce62ae1d71")


def test_the_hash_is_pbkdf2_with_sha512_as_mosquitto_writes_it() -> None:
    kind, rounds, salt, hashed = password_hash("password", b"saltsaltsalt").split("$")[1:]
    assert (kind, rounds, base64.b64decode(salt)) == ("7", "1000", b"saltsaltsalt")
    assert base64.b64decode(hashed).hex() == KNOWN


def test_the_same_password_never_has_the_same_hash_twice() -> None:
    assert password_hash("password") != password_hash("password")


def test_a_password_is_random_and_can_stand_in_an_address() -> None:
    made = {make_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(password) == 24 and password.replace("-", "").replace("_", "").isalnum() for password in made)
