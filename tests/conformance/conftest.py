"""These tests mix in Transformers' own, which `scripts/conformance.py` fetches; alone, none run."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("transformers_tests") else ["*.py"]
