"""Ask for known vulnerabilities of the versions in requirements.lock, for 15 seconds at most.

A finding is printed and stops nothing: what is landed must not depend on the news of the day.
Needs pip-audit, and a connection to PyPI; without one it says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
SECONDS = 15
UNREACHABLE = "Nothing was audited: the advisories of PyPI cannot be reached from here."


def main() -> str:
    """What there is to say, in lines."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--no-deps"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return UNREACHABLE
    audited = [item for item in packages if "vulns" in item]
    if not audited:
        return UNREACHABLE
    lines = [f"{len(audited)} of {len(packages)} packages of {LOCK.name} were audited."]
    for item in audited:
        for known in item["vulns"]:
            fixed = ", ".join(known["fix_versions"]) or "no version yet"
            lines.append(f"{item['name']} {item['version']}: {known['id']}, mended in {fixed}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(main())
