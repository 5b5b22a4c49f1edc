"""Gives the intake's application to another server, to compare them: benchmarks/intake.py --servers gthread:32."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agora_build.intake.app import app_of
from agora_build.intake.city import Cities
from agora_build.intake.endpoint import Endpoint
from agora_build.intake.store import address_in
from agora_build.intake.tokens import signer_of
from agora_build.intake.writer import Writer

_ROOT = Path(os.environ["AGORA_BENCH_CITY"])
_CITIES = Cities(_ROOT)
_WRITER = Writer(address_in(_ROOT, _CITIES.now().intake.store))
application = app_of(Endpoint(_CITIES, _WRITER, signer_of(_ROOT)), _CITIES, sys.stderr)
