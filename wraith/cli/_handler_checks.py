"""What ``wraith doctor`` looks at in Lua handlers: whether they compile, and what they answer."""

from __future__ import annotations

from collections.abc import Iterator

from wraith.cli._derived import read_model
from wraith.cli._patient import Finding, Patient
from wraith.lua import read_scripts
from wraith.runtime import Binding, bind


def handlers(patient: Patient) -> Iterator[Finding]:
    workspace = patient.workspace
    scripts = read_scripts(workspace.lua_path)
    model = read_model(workspace)
    problems = scripts.problems()
    for place, problem in problems.items():
        hint = "mend it; until then the model answers in its place"
        yield Finding("lua_handlers_valid", "error", problem, str(workspace.root / place), hint)
    sound = sum(f"lua/handlers/{name}.lua" not in problems for name in scripts.handlers)
    if sound:
        said = f"{sound} Lua handler(s) compiled successfully"
        yield Finding("lua_handlers_valid", "info", said)
    if model is None:
        return
    bindings = bind(model, scripts.handlers)
    for missing in bindings.missing:
        yield Finding(
            "lua_handlers_bound",
            "warning",
            f"{_answers(missing)} is to be answered by {missing.handler}, and there is no such handler",
            str(workspace.lua_path / "handlers" / f"{missing.handler}.lua"),
            f"write it, or take the lua_hook out: wraith patch {patient.name}",
        )
    for name in bindings.unbound:
        yield Finding(
            "lua_handlers_bound",
            "warning",
            f"{name} answers nothing",
            str(workspace.lua_path / "handlers" / f"{name}.lua"),
            "name it by what a route does and to what, such as create_order, or name it in a lua_hook",
        )
    for name in sorted({binding.handler for binding in bindings.bound}):
        bound = [_answers(binding) for binding in bindings.bound if binding.handler == name]
        yield Finding("lua_handlers_bound", "info", f"{name} answers {', '.join(bound)}")


def _answers(binding: Binding) -> str:
    if binding.variant is None:
        return binding.route.name
    return f"{binding.route.name} (variant {binding.variant})"
