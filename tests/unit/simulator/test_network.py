"""The zone's network: what the files hold, and routes over it."""

from itertools import pairwise

import pytest

from simulator.network import Network, load_network, slug


@pytest.fixture(scope="module")
def network() -> Network:
    return load_network()


def test_it_has_the_92_cameras_of_eight_municipalities(network: Network) -> None:
    assert len(network.cameras) == 92
    assert {network.gateway_of(code) for code in network.cameras} == {
        "genk", "houthalen-helchteren", "oudsbergen", "bree", "kinrooi", "bocholt", "as", "zutendaal"}


def test_every_entry_reaches_every_exit(network: Network) -> None:
    assert len(network.entries) == len(network.exits) == 20
    assert all(network.route(start, end) for start in network.entries for end in network.exits if start != end)


def test_a_route_follows_edges_from_start_to_end(network: Network) -> None:
    route = network.route("EXT-N75-Z", "EXT-N76-N")
    assert (route[0], route[-1]) == ("EXT-N75-Z", "EXT-N76-N")
    assert all(network.edge(before, after).minutes > 0 for before, after in pairwise(route))


def test_a_route_takes_the_quickest_way(network: Network) -> None:
    for edge in network.edges:
        nodes = network.route(edge.start, edge.end)
        minutes = sum(network.edge(before, after).minutes for before, after in pairwise(nodes))
        assert minutes <= edge.minutes + 1e-9


def test_no_route_leads_through_the_outside(network: Network) -> None:
    inner = [node for start in network.entries for end in network.exits for node in network.route(start, end)[1:-1]]
    assert inner
    assert not set(inner) & set(network.outside)


def test_there_is_no_route_to_a_place_that_does_not_exist(network: Network) -> None:
    assert network.route("GNK01A", "nowhere") == []


def test_a_slug_has_no_accents_spaces_or_capitals() -> None:
    assert slug("Houthalen-Helchteren") == "houthalen-helchteren"
    assert slug("Liège  Éven") == "liege-even"
