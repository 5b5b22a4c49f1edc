"""Stop the build of a wheel or an sdist when the browser files it must carry are not there."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserFilesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Look for the vendored files before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Raise with the command to type; an editable install reads the theme in place."""
        if version == "editable":
            return
        vendoring = runpy.run_path(str(Path(self.root, "scripts", "vendor_assets.py")))
        missing: list[str] = vendoring["missing_files"]()
        if missing:
            names = "\n  ".join(missing)
            raise SystemExit(
                f"Browser files are missing from the theme:\n  {names}\n"
                "Run `make vendor` (it needs Node) first; then the wheel can be built.",
            )
