"""Both kinds of models through one door: quadratics, and instances of small settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify import instances, models
from verify.instances import Instance, InstanceWorld
from verify.meaning import World
from verify.models import Model

AnyModel = Model | Instance
AnyWorld = World | InstanceWorld


def world_of(model: AnyModel) -> AnyWorld:
    """The place where sentences about this model are true or false."""
    return InstanceWorld(model) if isinstance(model, Instance) else World(model)


def from_json(data: Mapping[str, Any]) -> AnyModel:
    """The model that `to_json` wrote."""
    return instances.from_json(data) if "setting" in data else models.from_json(data)


def to_json(model: AnyModel) -> dict[str, Any]:
    """The model as plain JSON; numbers as exact strings."""
    return instances.to_json(model) if isinstance(model, Instance) else models.to_json(model)


def describe(model: AnyModel) -> str:
    """The model in one line."""
    return instances.describe(model) if isinstance(model, Instance) else models.describe(model)
