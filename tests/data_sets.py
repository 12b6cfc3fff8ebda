"""Real data sets beside the checkout, for the tests that want them."""

from pathlib import Path

import pytest

MNIST = Path(__file__).parents[2] / "shared" / "data" / "mnist"
needs_mnist = pytest.mark.skipif(not MNIST.is_dir(), reason="the files of MNIST are not beside this checkout")
