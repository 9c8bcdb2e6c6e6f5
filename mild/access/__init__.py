"""Who may do what: roles, the person who asks, places data may come from. Knows no streamlit."""

from mild.access.roles import Role, Rules, read_rules, rules_in
from mild.access.user import LOCAL, User, asked_by, current_user, may, needs

__all__ = [
    "LOCAL",
    "Role",
    "Rules",
    "User",
    "asked_by",
    "current_user",
    "may",
    "needs",
    "read_rules",
    "rules_in",
]
