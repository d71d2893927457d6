"""`python -m scute_auth.cli`, where the script is not on the path."""

import sys

from scute_auth.cli import main

sys.exit(main())
