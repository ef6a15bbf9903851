"""Whom a webhook may not reach, by whatever name or notation."""

from ipaddress import ip_address, ip_network

import pytest

from infra.http.outside import NotAnAddress, Outside, is_public

PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.9.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_none_of_the_publics(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["http://hr.example/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:a00:1]:8443/", "ftp://hr.example/",
     "https:///hooks", "https://me:secret@hr.example/", "https://hr.example/#here", "https://hr.example:99999/", "x",
     "https://a..b.example/x", f"https://{'a' * 64}.example/", "https://./", "https://.example/", "https://xn--/",
     "https://xn--a/", "https://hr.example:0/"],
)  # fmt: skip
def test_an_address_that_shows_what_it_is_is_refused_at_once(url: str) -> None:
    with pytest.raises(NotAnAddress, match=r"Must"):
        Outside().checked(url)


def test_the_operators_own_networks_may_be_named() -> None:
    inside = Outside([ip_network("10.8.0.0/16")])
    assert inside.checked("http://10.8.0.9/hooks") == "http://10.8.0.9/hooks"
    with pytest.raises(NotAnAddress, match="public"):
        inside.checked("http://10.9.0.9/hooks")


def test_a_name_in_letters_of_any_language_may_be_called() -> None:
    for url in ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/", "https://hr.example./"):
        assert Outside().checked(url) == url
