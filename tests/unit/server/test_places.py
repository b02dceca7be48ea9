"""Where a login comes from, as an operator's database says."""

from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from served import Served, serving

from watchword_server.errors import CannotStart
from watchword_server.places import Places

CITIES = {
    "203.0.113.0/24": {
        "city": {"names": {"en": "Lausanne", "fr": "Lausanne"}},
        "country": {"names": {"en": "Switzerland", "fr": "Suisse"}},
    },
    "198.51.100.0/24": {"country": {"iso_code": "CH", "names": {"en": "Switzerland"}}},
    "2001:db8::/32": {"city": "Lugano", "country": "CH", "country_name": "Switzerland"},
    "192.0.2.0/25": {"city": {"names": {"en": "Evil\u202e\n" * 90}}},
    "192.0.2.128/25": {"city": ["Bern"], "country": {"names": 7}},
}


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="City")
    for network, row in CITIES.items():
        writer.insert_network(IPSet([network]), row)
    writer.to_db_file(str(tmp_path / "cities.mmdb"))
    return tmp_path / "cities.mmdb"


def test_the_device_is_told_the_place(tmp_path: Path, cities: Path) -> None:
    with serving(tmp_path / "data", places=cities) as served:
        first = served.browser()
        first.sign_in()
        device = first.enrol()
        served.browser().sign_in()
        (request,) = device.poll()
        assert (request.ip, request.place) == ("203.0.113.7", "Lausanne, Switzerland")


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("198.51.100.9", "Switzerland"),
        ("2001:db8::1", "Lugano, Switzerland"),
        ("127.0.0.1", ""),
        ("testclient", ""),
        ("", ""),
        ("192.0.2.200", ""),
    ],
)
def test_what_is_known_of_a_place(cities: Path, ip: str, place: str) -> None:
    assert Places(cities).of(ip) == place


def test_a_place_is_plain_and_short(cities: Path) -> None:
    place = Places(cities).of("192.0.2.1")
    assert place.startswith("Evil")
    assert place.isprintable()
    assert len(place) <= 128


def test_without_a_database_the_place_is_unknown(served: Served) -> None:
    assert served.site.places.of("203.0.113.7") == ""


def test_a_file_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    damaged = tmp_path / "cities.mmdb"
    damaged.write_bytes(b"not a database of places")
    for file in (damaged, tmp_path / "missing.mmdb", tmp_path):
        with pytest.raises(CannotStart) as refused:
            Places(file)
        assert "--places" in str(refused.value)
