"""What importing the library costs and leaves behind."""

import json
import subprocess
import sys

PROGRAM = """
import json, sys, torch
state = torch.get_rng_state(), torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()
validation = torch.distributions.Distribution._validate_args
import lowerbound
after = torch.get_rng_state(), torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()
print(json.dumps({
    "state": bool((state[0] == after[0]).all()) and state[1:] == after[1:],
    "validation": torch.distributions.Distribution._validate_args == validation,
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    "unknown": [name for name in lowerbound.__all__ if not hasattr(lowerbound, name)],
}))
"""


def test_importing_the_library_imports_nothing_heavy_and_changes_nothing():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["state"]
    assert found["validation"]
    assert not {"sklearn", "matplotlib", "scipy", "lowerbound_site", "pandas"} & set(found["modules"])
    assert found["unknown"] == []
