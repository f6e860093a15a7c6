"""`python -m app.cli` is `creditgate`."""

import sys

from app.cli import main

sys.exit(main())
