"""`/api/v1/me` and `/api/v1/branch`: who am I, and what is this branch."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import branch as b
from queue_server.views.scene import Scene, text
from queue_server.web import answers as a
from queue_server.web import documents as doc
from queue_server.web.door import Door, shaped
from queue_server.web.identity import actor
from queue_server.wire.shapes import Text


def branch_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "branch",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[doc.BRANCH],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )

    @api.get("/me", responses={"200": a.Me})
    def me() -> Response:
        """Whose token this is."""
        who = actor()
        name = door.scene().name(who.id) or Text(zh=who.id, en=who.id)
        return shaped(a.Me(id=who.id, name=name, role=who.role.value, counter=who.counter))

    @api.get("/branch", responses={"200": a.BranchAnswer})
    def branch() -> Response:
        """Services, counters, the standard in force, the calling policy and the hall's rules."""
        return shaped(_answer(door.scene()))

    return api


def _answer(scene: Scene) -> a.BranchAnswer:
    branch = scene.branch
    today = scene.now.astimezone(branch.timezone).date()
    return a.BranchAnswer(
        branch=branch.code,
        bank=text(branch.bank),
        name=text(branch.name),
        zone=branch.zone,
        hotline=branch.hotline,
        groups=[a.NamedAnswer(code=group.code, name=text(group.name)) for group in branch.groups],
        services=[
            a.ServiceAnswer(
                service=service.code,
                name=text(service.name),
                group=service.group,
                series=service.series,
                opens=f"{service.opens:%H:%M}",
                closes=f"{service.closes:%H:%M}",
                quota=service.quota,
                counters=list(branch.counters_by_service[service.code]),
            )
            for service in branch.services
        ],
        counters=[
            a.CounterAnswer(
                counter=counter.code,
                name=text(counter.name),
                services=sorted(counter.services),
                classes=sorted(one.value for one in counter.classes),
            )
            for counter in branch.counters
        ],
        amount_bands=[a.NamedAnswer(code=one.code, name=text(one.name)) for one in branch.amount_bands],
        standard=_standard(branch, today),
        policy=a.PolicyAnswer(
            name=branch.policy.name,
            version=branch.policy.version,
            head_start_s={one.value: seconds for one, seconds in branch.policy.head_start_s.items()},
            cap_s=branch.policy.cap_s,
        ),
        rules=_rules(branch.rules),
    )


def _standard(branch: b.Branch, today: date) -> a.StandardAnswer | None:
    standard = branch.standard_on(today)
    if standard is None:
        return None
    return a.StandardAnswer(
        version=standard.version,
        valid_from=standard.valid_from,
        document=text(standard.document),
        is_example=standard.is_example,
        limits=[
            a.LimitAnswer(
                service=limit.service,
                amount_band=limit.amount_band,
                customer_class=limit.customer_class.value if limit.customer_class else None,
                limit_s=limit.limit_s,
            )
            for limit in standard.limits
        ],
    )


def _rules(rules: b.HallRules) -> dict[str, Any]:
    return dataclasses.asdict(rules)
