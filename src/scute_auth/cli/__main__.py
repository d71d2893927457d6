"""`python -m scute_auth.cli`, where the script is not on the path."""

import sys

from scute_auth.cli import main

if __name__ == "__main__":
    sys.exit(main())
