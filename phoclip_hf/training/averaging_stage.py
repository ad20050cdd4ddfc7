"""The averaging stage of a recipe: between two stages' weights lies a model that knows both.

Wortsman et al., "Robust fine-tuning of zero-shot models" (CVPR 2022), equation 2: what fine-tuning
learns is kept, and of what it forgets much comes back, at no cost when the model is used.
"""

import torch

from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .distillation_stage import measure
from .recipe import Stage
from .stages import Run


@torch.no_grad()
def run_averaging(run: Run, stage: Stage) -> None:
    """Keep the mean of two contrastive stages, one of which was trained on from the other.

    Fields of the stage: `average_with` is the earlier of the two, `start_from` the later, `share`
    the later one's part, 0 to 1; `evaluate_on` measures.
    """
    before = PhoCLIPModel.from_pretrained(run.checkpoint(stage.average_with)).state_dict()
    model = PhoCLIPModel.from_pretrained(run.checkpoint(stage.start_from)).eval()
    processor = PhoCLIPProcessor.from_pretrained(run.checkpoint(stage.start_from))
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            value.lerp_(before[name].to(value.dtype), 1 - stage.share)
    folder = run.folder(stage.name)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    run.keep_numbers(stage, measure(run, stage, model, processor), [])
