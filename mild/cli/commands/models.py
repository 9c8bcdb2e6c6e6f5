"""`models`: networks by name, and the published weights that can be had for them."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from mild.cli.output import AsJson, print_json, print_table, stdout
from mild.config.at_hand import at_hand
from mild.config.networks import NETWORKS, has_timm


def models(as_json: AsJson = False) -> None:
    """List the networks, with size and licence of their published weights.

    Example: python -m mild models --json
    """
    listed = [_row(name) for name in NETWORKS]
    if as_json:
        print_json({"models": listed, "timm": has_timm()})
        return
    table = Table("Network", "Parameters", "Pretrained at", "Weights", "Licence", "At hand")
    for item in listed:
        known = item["megabytes"] is not None
        table.add_row(
            item["name"],
            f"{item['parameters'] / 1e6:,.1f} million",
            f"{item['side']} pixels" if known else "–",
            f"{item['megabytes']:,} MB" if known else "–",
            item["licence"] or "–",
            ("yes" if item["at_hand"] else "no") if known else "–",
        )
    print_table(table)
    stdout.print(
        "And timm:NAME for every network of timm, and module:function of your own."
        if has_timm()
        else "And module:function of your own; with the package timm, timm:NAME as well."
    )


def _row(name: str) -> dict[str, Any]:
    network = NETWORKS[name]
    known = network.published
    return {
        "name": name,
        "parameters": known.n_parameters if known else network.n_parameters,
        "side": known.side if known else None,
        "megabytes": known.megabytes if known else None,
        "licence": known.licence if known else None,
        "package": known.package if known else None,
        "at_hand": at_hand(name),
    }
