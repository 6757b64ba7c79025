"""A channel's secret opens with the product's key and in its own channel alone."""

from services.hits.channel_secrets import ChannelSecrets, new_secret
from services.second_factor import SecondFactors

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_secret_opens_with_its_key_in_its_channel_and_nowhere_else() -> None:
    secret = new_secret()
    sealed = ChannelSecrets(KEY).seal(7, secret)
    assert secret.encode() not in sealed
    assert ChannelSecrets(KEY).open(7, sealed) == secret
    assert ChannelSecrets(KEY).open(8, sealed) is None
    assert ChannelSecrets(OTHER).open(7, sealed) is None
    assert ChannelSecrets(KEY).open(7, b"") is None
    assert SecondFactors(KEY).open(7, sealed) is None


def test_secrets_and_their_seals_never_repeat() -> None:
    assert new_secret() != new_secret()
    secrets = ChannelSecrets(KEY)
    assert secrets.seal(7, "x") != secrets.seal(7, "x")
