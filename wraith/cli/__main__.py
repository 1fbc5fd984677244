"""``python -m wraith.cli`` is ``wraith``."""

import sys

from wraith.cli import main

sys.exit(main())
