#!/usr/bin/env python
"""The project's commands. Started by a Python without the project's packages, it goes on in the environment that script/setup made."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

if __name__ == "__main__":
    own = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    if find_spec("django") is None and own.exists():
        os.execv(own, [str(own), *sys.argv])  # noqa: S606 - the same command, no shell

    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authreview.settings")
    execute_from_command_line(sys.argv)
