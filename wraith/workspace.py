"""Where things are: a project, its twins, the files of each.

Only names and paths live here: nothing is read but the presence of the two files that make a folder a
project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from wraith.errors import InputError

PROJECT_FILE = "wraith-project.toml"
ORIGIN = "artifact.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_DOIT_WORDS = frozenset(
    [
        "list",
        "clean",
        "info",
        "run",
        "forget",
        "ignore",
        "help",
        "dumpdb",
        "strace",
        "tabcompletion",
        "reset-dep",
    ]
)  # what doit would take for a command of its own


def check_name(name: str, what: str = "twin") -> str:
    """Return the name if it may name a twin, a session or a tag. Raises InputError otherwise."""
    if not _NAME.fullmatch(name) or ".." in name or name in _DOIT_WORDS:
        raise InputError(
            f"not a name for a {what}: {name!r}",
            hint="use letters, digits, dot, dash and underscore, beginning with a letter or digit; "
            "no path separators",
        )
    return name


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one twin. The properties are DESIGN's layout, one each."""

    project: Project
    name: str
    place: Path | None = None
    """The folder, where it is not the one below ``twins/``: a composite, an artifact that was opened."""

    @property
    def root(self) -> Path:
        return self.place or self.project.twins_path / self.name

    @property
    def config_path(self) -> Path:
        return self.root / "wraith.toml"

    @property
    def scrub_path(self) -> Path:
        return self.root / "scrub.toml"

    @property
    def drift_path(self) -> Path:
        """Which drift is accepted, and which goes by another name; need not be there."""
        return self.root / "drift.toml"

    @property
    def sessions_path(self) -> Path:
        return self.root / "recordings" / "sessions"

    @property
    def index_path(self) -> Path:
        return self.root / "recordings" / "index.json"

    @property
    def symbols_path(self) -> Path:
        return self.root / "model" / "symbols.json"

    @property
    def evidence_path(self) -> Path:
        return self.root / "model" / "evidence.json"

    @property
    def digests_path(self) -> Path:
        """What synth last wrote, by digest: how an edit of the model is noticed."""
        return self.root / "model" / "digests.json"

    @property
    def written_path(self) -> Path:
        """A copy of the model that synth last wrote: what an edit of it is compared with."""
        return self.build_path / "symbols.written.json"

    @property
    def patch_findings_path(self) -> Path:
        """Which changes of patches did not apply when synth last ran."""
        return self.build_path / "patch-findings.json"

    @property
    def patches_path(self) -> Path:
        return self.root / "model" / "patches"

    @property
    def lua_path(self) -> Path:
        return self.root / "lua"

    @property
    def build_path(self) -> Path:
        return self.root / "build"

    @property
    def base_path(self) -> Path:
        """The artifacts that an overlay pins, each under its content digest; committed."""
        return self.root / "base"

    @property
    def full_path(self) -> Path:
        """What an overlay's recordings teach by themselves: a model, from which its base is subtracted."""
        return self.build_path / "full.json"

    @property
    def full_evidence_path(self) -> Path:
        return self.build_path / "full-evidence.json"

    @property
    def delta_report_path(self) -> Path:
        return self.build_path / "delta-report.json"

    @property
    def compose_report_path(self) -> Path:
        return self.build_path / "compose-report.json"

    @property
    def composite(self) -> Workspace:
        """Of an overlay: base, requirements and itself, linked."""
        return Workspace(self.project, self.name, self.build_path / "composite")

    @property
    def rebase_report_path(self) -> Path:
        return self.build_path / "rebase-check-report.json"

    @property
    def promotion_path(self) -> Path:
        """What ``wraith promote`` writes, where no other folder is named."""
        return self.build_path / "promotion"

    @property
    def holdout_path(self) -> Path:
        """What the last hold-out came to; see ``wraith check --holdout``."""
        return self.root / "reports" / "holdout.json"

    @property
    def report_path(self) -> Path:
        return self.root / "reports" / "check.json"

    @property
    def upstream_report_path(self) -> Path:
        """What the last replay against the live service came to; see ``wraith check --upstream``."""
        return self.root / "reports" / "upstream.json"

    @property
    def state_path(self) -> Path:
        return self.root / "state"

    @property
    def fixtures_path(self) -> Path:
        return self.state_path / "fixtures"

    @property
    def faults_path(self) -> Path:
        return self.root / "faults"

    @property
    def origin_path(self) -> Path:
        """The manifest of the artifact that this workspace was installed from; absent in one of our own."""
        return self.root / ORIGIN

    @property
    def artifact_path(self) -> Path:
        return self.project.dist_path / f"{self.name}.wraith"

    def exists(self) -> bool:
        return self.config_path.is_file()

    def require(self) -> Workspace:
        """Return self if the workspace exists. Raises InputError that names what to do otherwise."""
        if not self.exists() and self == self.project.composite(self.name):
            raise InputError(
                f"{self.name} is not composed yet", where=self.config_path, hint=f"doit compose:{self.name}"
            )
        if not self.exists() and self.place is not None:
            raise InputError(
                "there is no twin in this folder", where=self.place, hint="name one with a wraith.toml"
            )
        if not self.exists():
            known = ", ".join(twin.name for twin in self.project.twins()) or "none"
            raise InputError(
                f"there is no twin {self.name!r} here (twins: {known})",
                where=self.config_path,
                hint=f"wraith init {self.name} --base-url URL",
            )
        return self


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with ``wraith-project.toml`` or ``dodo.py``, and twins below ``twins/``."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Project:
        """Return the nearest project upwards from ``start``, else ``start`` itself as one."""
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / PROJECT_FILE).is_file() or (folder / "dodo.py").is_file():
                return cls(folder)
        return cls(start)

    @property
    def twins_path(self) -> Path:
        return self.root / "twins"

    @property
    def state_path(self) -> Path:
        """``.wraith/``: the scrub key, the task database, logs. Never committed, never packed."""
        return self.root / ".wraith"

    @property
    def key_path(self) -> Path:
        return self.state_path / "hmac.key"

    @property
    def database_path(self) -> Path:
        return self.state_path / "tasks.db"

    @property
    def cache_path(self) -> Path:
        """The action cache: what steps wrote, by what it was made from."""
        return self.state_path / "cache"

    @property
    def dist_path(self) -> Path:
        """Where packed twins are put."""
        return self.root / "dist"

    def composite(self, name: str) -> Workspace:
        """Return the workspace that a composite of the project is materialized in, existing or not."""
        return Workspace(self, check_name(name, "composite"), self.state_path / "composites" / name)

    @property
    def store_path(self) -> Path:
        """The artifacts that were packed or installed here, each under its content digest."""
        return self.state_path / "artifacts"

    def twin(self, name: str) -> Workspace:
        """Return the workspace of that name, existing or not. Raises InputError for what is not a name."""
        return Workspace(self, check_name(name))

    def twins(self) -> tuple[Workspace, ...]:
        """Return the twins that exist, sorted by name; hidden folders are drafts, and none."""
        if not self.twins_path.is_dir():
            return ()
        visible = [folder for folder in self.twins_path.iterdir() if not folder.name.startswith(".")]
        folders = sorted(folder.name for folder in visible if (folder / "wraith.toml").is_file())
        return tuple(Workspace(self, check_name(name)) for name in folders)
