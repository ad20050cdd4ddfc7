"""What a step frees is there for the next."""

import os
import platform
import subprocess
import sys

import pytest
import torch

FAULTS = """
import resource, torch
from phoclip_hf.training.freed_memory import keep_freed_memory
{call}
for step in range(6):
    if step == 1:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(1 << 24)  # 64 MB
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
@pytest.mark.skipif(torch.accelerator.is_available(), reason="training is not on the CPU")
def test_a_large_tensor_is_mapped_once():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}

    def faults(call: str) -> int:
        command = [sys.executable, "-c", FAULTS.format(call=call)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        return int(done.stdout)

    anew = faults("")
    assert anew >= 100  # five tensors, each of its pages, small or huge
    assert faults("keep_freed_memory()") < anew / 4
