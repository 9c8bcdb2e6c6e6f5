"""Roles by address, by domain, by default; what is wrong in the rules is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.access import Role, Rules, read_rules, rules_in
from mild.errors import AccessError


def test_an_address_goes_before_its_domain_and_the_domain_before_all() -> None:
    rules = rules_in(
        {
            "owner": ["Anna@Example.org"],
            "reviewer": ["@example.org"],
            "viewer": ["bob@example.org"],
            "default": "viewer",
        },
        "rules",
    )
    assert rules.role_of("anna@example.org") is Role.OWNER
    assert rules.role_of(" CARL@EXAMPLE.ORG ") is Role.REVIEWER
    assert rules.role_of("bob@example.org") is Role.VIEWER
    assert rules.role_of("eve@elsewhere.org") is Role.VIEWER


@pytest.mark.parametrize(
    "email",
    [
        "eve@example.org.evil.org",
        "example.org",
        "@example.org",
        "",
        "eve@sub.example.org",
        "eve@evil.org@example.org",
        "eve@evil.org,anna@example.org",
        "anna@example\u3002org",  # a full stop of another script
        "\u212aarl@example.org",  # a Kelvin sign, which becomes a k
        "\u2003karl@example.org",
    ],
)
def test_whoever_is_not_named_has_no_role_however_the_address_looks(email: str) -> None:
    assert rules_in({"owner": ["@example.org"]}, "rules").role_of(email) is Role.NONE


def test_without_rules_nobody_may_even_look() -> None:
    assert not Rules().name_somebody
    assert Rules().role_of("anna@example.org") is Role.NONE


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ({"admin": ["anna@example.org"]}, "'admin' is not a role"),
        ({"default": "everyone"}, "'everyone' is not a role"),
        ({"owner": "anna@example.org"}, 'owner = ["anna@example.org"]'),
        ({"owner": ["example.org"]}, "neither an e-mail address nor a domain"),
        ({"owner": ["*"]}, "neither an e-mail address nor a domain"),
        ({"owner": ["a@b.org"], "viewer": ["A@B.org"]}, "a@b.org has two roles"),
    ],
)
def test_wrong_rules_are_told_with_the_place_and_the_value(
    table: dict[str, object], wrong: str
) -> None:
    with pytest.raises(AccessError, match=r"^roles\.toml: ") as caught:
        rules_in(table, "roles.toml")
    assert wrong in str(caught.value)


def test_rules_come_from_a_file_and_a_broken_one_is_told(tmp_path: Path) -> None:
    file = tmp_path / "roles.toml"
    with pytest.raises(AccessError, match="cannot be read"):
        read_rules(file)
    file.write_text("[roles]\nowner = ['anna@example.org']\n")
    assert read_rules(file).role_of("anna@example.org") is Role.OWNER
    for broken in ("owner = [", "[people]\n"):
        file.write_text(broken)
        with pytest.raises(AccessError, match=str(file)):
            read_rules(file)
