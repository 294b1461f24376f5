"""Consequences: which events open an incident (= potential complaint), and with what evidence (I1, I2, I4, N3, J1, J3).

Called by `decide` after every event, on the day with the event remembered; what comes back joins the same batch, so
an incident exists exactly when its cause does.
"""

from __future__ import annotations

from queue_server.domain.incidents import devices, fairness, visits, waits
from queue_server.domain.incidents.evidence import evidence_of, severity_of
from queue_server.domain.incidents.following import consequences
from queue_server.domain.incidents.recorded import MANUAL_KINDS, recorded_incident

__all__ = ["MANUAL_KINDS", "consequences", "evidence_of", "recorded_incident", "severity_of"]

# The consequences register themselves; naming their rooms here is what brings them in.
ROOMS = (devices, fairness, visits, waits)
