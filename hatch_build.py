"""Builds the web page while the package is built (wheel, sdist and editable); web/build.py does the work.

FLOWSLOT_WEB=skip installs without the page (the server then says so at /).
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuildHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is there only where the package is built
    """Asks for Node only where the page must be built and the machine has none that fits."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        web = self._web()
        if web is None or not web.is_needed() or web.node() is not None:
            return []
        return [str(web.NODE_WHEEL)]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web = self._web()
        if web is None or not web.is_needed():
            return
        node = web.node()
        if node is None:
            sys.exit(
                "The web page needs Node 20.19 or later to be built. Without the page: FLOWSLOT_WEB=skip pip install ."
            )
        self.app.display_info("Building the web page")
        try:
            web.build(node)
        except subprocess.CalledProcessError as failed:
            command = " ".join(str(part) for part in failed.cmd[:4])
            sys.exit(
                f"The web page could not be built ({command} … ended with {failed.returncode}). It needs the network "
                "once. Without the page: FLOWSLOT_WEB=skip pip install ."
            )

    def _web(self) -> ModuleType | None:
        """web/build.py; None where the page's sources are not there: a source distribution brings the page built."""
        path = Path(self.root, "web", "build.py")
        found = importlib.util.spec_from_file_location("flowslot_web_build", path) if path.is_file() else None
        if found is None or found.loader is None:
            return None
        module = importlib.util.module_from_spec(found)
        sys.modules[found.name] = module  # dataclasses look their module up
        found.loader.exec_module(module)
        return module
