"""Memory that a training step frees and the next one takes again, without asking the system."""

import ctypes
import os
import platform

import torch

# Parameters of glibc's mallopt, from malloc.h.
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


def keep_freed_memory() -> None:
    """Let the process keep what it frees, where it trains on a CPU with glibc; elsewhere nothing.

    glibc maps every large tensor anew and gives it back at once, so that the system fills a step's
    activations with zeros, page by page, before they are written. Kept, they cost that only once:
    `scripts/benchmarks/freed_memory.py` says how much faster a step is, and how much higher the
    peak, for free blocks of other sizes lie between. For the rest of the process. Where the
    environment has glibc's own variable, MALLOC_MMAP_MAX_, that stands: 65536 is glibc's default.
    """
    if torch.accelerator.is_available() or platform.libc_ver()[0] != "glibc":
        return
    if "MALLOC_MMAP_MAX_" in os.environ:
        return
    libc = ctypes.CDLL(None)
    libc.mallopt(M_MMAP_MAX, 0)
    libc.mallopt(M_TRIM_THRESHOLD, -1)
