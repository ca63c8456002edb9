"""The people a seed names, as every simulated system meets them on day zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """One worker of the seed. Dates are local to `time_zone`; `groups` are Okta groups that SailPoint has granted."""

    worker_id: str
    first_name: str
    last_name: str
    department: str
    job_title: str
    manager_id: str
    location: str
    country: str
    company: str
    time_zone: str
    worker_type: str
    hire_date: date
    end_date: date | None
    end_reason: str
    leave_start: date | None
    leave_end: date | None
    login: str
    okta_status: str
    lifecycle_state: str
    part: str
    password: str
