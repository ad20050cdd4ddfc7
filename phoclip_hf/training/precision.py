"""The device that trains, and whether it multiplies in bfloat16 by itself or only emulates it."""

import torch

INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "bf16")  # Intel's; Intel's and AMD's; ARM's


def multiplies_bfloat16(device: torch.device) -> bool:
    """Return whether bfloat16 makes the device faster; where it is emulated, it makes it slower.

    A CPU is asked for its instructions, of which a torch without `torch.cpu.get_capabilities`
    knows none.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        capabilities = getattr(torch.cpu, "get_capabilities", dict)()
        return any(capabilities.get(name, False) for name in INSTRUCTIONS)
    return True


def training_device() -> torch.device:
    """Return the accelerator where there is one, else the CPU."""
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
