"""Install what testing needs into .venv, and run the tests. Arguments go to pytest."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this line is what finds out
    sys.exit(f"wraith needs Python 3.11 or newer, and this is {sys.version.split()[0]} ({sys.executable})")

import subprocess

import environment


def main() -> int:
    try:
        environment.prepare(("cluster", "demo", "dev", "fast", "upstreams"))
    except environment.SetUpError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = [str(environment.program("python")), "-m", "pytest", *sys.argv[1:]]
    environment.say("• " + " ".join(["pytest", *sys.argv[1:]]))
    return subprocess.run(
        command, cwd=environment.ROOT, env=environment.clean_environment(), check=False
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
