"""`python -m galapagos` is `galapagos`."""

import sys

from galapagos.cli import main

if __name__ == "__main__":
    sys.exit(main())
