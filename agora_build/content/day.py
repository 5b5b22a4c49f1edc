"""Turns the configuration and the environment into the day the site speaks of: the only place that reads a clock."""

from __future__ import annotations

import datetime
import os
from zoneinfo import ZoneInfo

from agora_build.config import Config


class EpochError(ValueError):
    """Says that SOURCE_DATE_EPOCH is not a number of seconds since 1970 that a calendar can hold."""


def is_said(config: Config) -> bool:
    """Tell whether the day of the site is written somewhere, and does not pass with the days."""
    return bool(os.environ.get("SOURCE_DATE_EPOCH") or config.publication.as_of)


def day_of_build(config: Config | None) -> datetime.date:
    """Give the day of the site: SOURCE_DATE_EPOCH, else the configured day, else today in the city."""
    configured = config.publication.as_of if config and not os.environ.get("SOURCE_DATE_EPOCH") else None
    return configured or today_in(config)


def today_in(config: Config | None) -> datetime.date:
    """Give the day on which something is done: SOURCE_DATE_EPOCH, else today in the city."""
    zone = ZoneInfo(config.city.timezone if config else "Europe/Paris")
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        try:
            return datetime.datetime.fromtimestamp(int(epoch), zone).date()
        except (ValueError, OverflowError, OSError):
            raise EpochError(epoch) from None
    return datetime.datetime.now(zone).date()
