"""Draw scenes into a folder: PNG files, captions.jsonl (the project's data schema), facts.jsonl.

    python scripts/draw_scenes.py scenes --count 300 --seed 0 --size 224 --sheet

captions.jsonl holds one row a picture: image (file name), captions, image_id, source. facts.jsonl
holds what each picture shows and what each caption asserts, so that "which captions fit which
pictures" stays exact. `--sheet` adds sheet.png, all pictures in one.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from PIL import Image

from phoclip_hf.data.scenes import Scene, scenes


def write_scenes(output: Path, count: int, seed: int, size: int) -> list[Scene]:
    """Return the scenes after writing their pictures, captions and facts into `output`."""
    output.mkdir(parents=True, exist_ok=True)
    drawn = list(scenes(count, seed=seed, size=size))
    with (
        open(output / "captions.jsonl", "w", encoding="utf-8") as captions,
        open(output / "facts.jsonl", "w", encoding="utf-8") as facts,
    ):
        for scene in drawn:
            image_id = f"scene-{scene.seed:06d}"
            scene.image.save(output / f"{image_id}.png")
            row = {
                "image": f"{image_id}.png",
                "captions": list(scene.captions),
                "image_id": image_id,
                "source": "phoclip-scenes",
            }
            captions.write(json.dumps(row, ensure_ascii=False) + "\n")
            row = {
                "image_id": image_id,
                "facts": sorted(scene.facts),
                "needs": [sorted(needs) for needs in scene.needs],
            }
            facts.write(json.dumps(row, ensure_ascii=False) + "\n")
    return drawn


def contact_sheet(drawn: list[Scene], gap: int = 4) -> Image.Image:
    """Return all pictures on one white sheet wider than high, `gap` pixels apart."""
    if not drawn:
        raise ValueError("no scenes were given; expected at least one for a contact sheet")
    step = drawn[0].image.width + gap
    columns = max(1, math.ceil(math.sqrt(len(drawn) * 1.5)))
    rows = math.ceil(len(drawn) / columns)
    sheet = Image.new("RGB", (columns * step - gap, rows * step - gap), "white")
    for index, scene in enumerate(drawn):
        sheet.paste(scene.image, (index % columns * step, index // columns * step))
    return sheet


def main() -> None:
    """Read the command line and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="folder to write into")
    parser.add_argument("--count", type=int, default=300, help="number of scenes")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first scene")
    parser.add_argument("--size", type=int, default=224, help="pixels a side")
    parser.add_argument("--sheet", action="store_true", help="also write sheet.png")
    options = parser.parse_args()
    if options.count < 1:
        parser.error(f"--count is {options.count}; expected at least 1")
    drawn = write_scenes(options.output, options.count, options.seed, options.size)
    if options.sheet:
        contact_sheet(drawn).save(options.output / "sheet.png")
    print(f"{len(drawn)} scenes of {options.size} pixels in {options.output}")


if __name__ == "__main__":
    main()
