"""The lock of a run or of a device: whoever holds it lives, and the kernel says so."""

from mild.store.lock.answer import Answer, Held
from mild.store.lock.record_lock import RecordLock, ask, holder

__all__ = ["Answer", "Held", "RecordLock", "ask", "holder"]
