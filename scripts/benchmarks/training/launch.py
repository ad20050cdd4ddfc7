"""Running jobs, each in a process of its own; what is done is read back, not done again."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asked import CONTENDERS, Job

HERE = Path(__file__).parent
FAILED = 15  # lines of a failed job's log that are shown


def run(name: str, job: Job, folder: Path) -> dict[str, Any]:
    """Return a job's result, kept in `folder/<name>.json` with the job that gave it.

    Its log lies beside it. A file of another job, or of none that came to its end, is no result.
    Raises RuntimeError, with the end of the log, where the training fails.
    """
    kept = folder / f"{name}.json"
    asked = asdict(job)
    if kept.exists():
        done = json.loads(kept.read_text(encoding="utf-8"))
        if done["job"] == asked:
            return done["result"]
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    command = [sys.executable, str(HERE / CONTENDERS[job.contender]), json.dumps(asked)]
    with log.open("w", encoding="utf-8") as errors:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    if done.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-FAILED:]
        raise RuntimeError("\n".join([f"{name} failed; the end of {log}:", *tail]))
    result = json.loads(done.stdout.splitlines()[-1])
    part = kept.with_suffix(".part")
    part.write_text(json.dumps({"job": asked, "result": result}, indent=2), encoding="utf-8")
    part.replace(kept)
    return result
