"""A command that is sent a signal in the middle of its work."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def interrupted(
    command: list[str], under_way: Callable[[], bool], end: signal.Signals
) -> tuple[int, str]:
    """Run a command until it is under way, send it `end`; return its exit status and stderr."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore Ctrl-C, and so would their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        deadline = time.monotonic() + 300
        while not under_way():
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(end)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, said
