"""The front: arguments, output, exit codes. One thin module per command, imported only when it is chosen.

The modules with a leading underscore are shared; every other module is a command of the same name, with
``configure(parser)`` and ``run(args, out) -> int``, and its docstring is what ``wraith COMMAND --help`` says.
"""

from wraith.cli._main import main

__all__ = ["main"]
