"""The distillation stage of a recipe: views, teacher, student, a PhoCLIP that sees by itself."""

import torch
from safetensors.torch import load_model, save_model
from torch.nn.functional import normalize
from tqdm.auto import tqdm

from ..configuration_phoclip import PhoCLIPConfig
from ..data.captions import CaptionedPictures
from ..data.collation import ContrastiveCollator
from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .distillation import (
    CaptionView,
    DistillationTrainer,
    Distiller,
    ProgressiveResize,
    new_student,
    silence_dead_channels,
    split_bank,
)
from .measuring import measure_retrieval
from .recipe import Stage
from .stages import Run, last_checkpoint
from .view_bank import ViewBank, ViewBankSpec, build_view_bank


def run_distillation(run: Run, stage: Stage) -> None:
    """Teach a tower of random weights to see, and keep the teacher's PhoCLIP with that tower.

    Fields of the stage: `teacher` is an earlier contrastive stage, or a checkpoint, whose tower is
    asked; `vision` the student's architecture; `start_from` an earlier distillation stage to go on
    from;
    `sources` counts views per photo, `view_limit` all views; `image_sizes` maps pixels to their
    share of the steps; `teacher_size` is what the teacher sees, `held_out` the views that measure;
    `caption_view` names sources whose captions give the second kind of target;
    `evaluate_on` measures retrieval at the end.
    """
    teacher = PhoCLIPModel.from_pretrained(run.checkpoint(stage.teacher)).eval()
    bank = view_bank(run, stage, teacher)
    view = caption_view(run, stage, teacher) if stage.caption_view else None
    size = stage.image_size
    distiller = Distiller(new_student(stage.vision, size), bank, size, view)
    if stage.start_from is not None:
        load_model(distiller, run.folder(stage.start_from) / "distiller.safetensors", strict=False)
    training, held_out = split_bank(bank, stage.held_out)
    trainer = DistillationTrainer(
        distiller,
        run.arguments(stage, label_names=["pixels"], prediction_loss_only=True),
        train_dataset=training,
        eval_dataset=held_out,
        data_collator=lambda batch: batch,
        callbacks=[ProgressiveResize(stage.image_sizes or {size: 1.0})],
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(trainer.args))
    distiller.image_size = size
    silenced = silence_dead_channels(distiller.student)
    metrics = trainer.evaluate() | {"silenced_channels": silenced}
    folder = run.folder(stage.name)
    model = graduate(teacher, distiller)
    processor = PhoCLIPProcessor.from_tower(model, run.tokenizer)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    save_model(distiller, str(folder / "distiller.safetensors"))
    metrics |= measure(run, stage, model, processor)
    run.keep_numbers(stage, metrics, trainer.state.log_history)


def view_bank(run: Run, stage: Stage, teacher: PhoCLIPModel) -> ViewBank:
    """Return the stage's bank of views, asking the teacher where it is not there yet."""
    spec = ViewBankSpec(
        dict(stage.sources),
        stage.view_limit,
        stage.image_size,
        stage.teacher_size,
        stage.augmentation.min_scale,
    )
    photos = {name: run.table(name).select_columns(["image"]) for name in stage.sources}
    return build_view_bank(run.output / "views", spec, photos, teacher.vision_model)


@torch.inference_mode()
def caption_view(run: Run, stage: Stage, teacher: PhoCLIPModel) -> CaptionView:
    """Return the teacher's head over the embeddings of every caption of the stage's sources."""
    embeds = []
    for source in stage.caption_view:
        captions = [text for texts in run.table(source)["captions"] for text in texts]
        for start in tqdm(range(0, len(captions), 500), desc="captions"):
            inputs = run.tokenizer(
                captions[start : start + 500],
                is_segmented=run.is_segmented(source),
                padding=True,
                return_tensors="pt",
            )
            output = teacher.get_text_features(inputs["input_ids"], inputs["attention_mask"])
            embeds.append(normalize(output.pooler_output, dim=-1))
    scale = teacher.logit_scale.exp().item()
    return CaptionView(teacher.visual_projection, torch.cat(embeds).clone(), scale)


@torch.no_grad()
def graduate(teacher: PhoCLIPModel, distiller: Distiller) -> PhoCLIPModel:
    """Return the teacher's PhoCLIP with the student for an image tower.

    The student's translation into the teacher's features is linear, and so is the first step of
    the teacher's head: the two become one matrix, and the new head is as wide as the old one.
    """
    student = distiller.cpu().student
    cfg = {**student.pretrained_cfg, "input_size": [3, distiller.image_size, distiller.image_size]}
    numbers = teacher.config.to_dict()
    numbers["vision_config"] = {
        "model_type": "timm_wrapper",
        "architecture": cfg["architecture"],
        "pretrained_cfg": cfg,
    }
    model = PhoCLIPModel(PhoCLIPConfig(**numbers)).eval()
    model.vision_model.timm_model.load_state_dict(student.state_dict())
    model.text_model.load_state_dict(teacher.text_model.state_dict())
    model.text_projection.load_state_dict(teacher.text_projection.state_dict())
    model.logit_scale.copy_(teacher.logit_scale)
    head = {name: value.clone() for name, value in teacher.visual_projection.state_dict().items()}
    translator = distiller.translators["features"]
    matrix = "input_linear.weight" if "input_linear.weight" in head else "weight"
    std, mean = distiller.features_std, distiller.features_mean
    if "input_linear.bias" in head:
        head["input_linear.bias"] += head[matrix] @ (std * translator.bias + mean)
    head[matrix] = head[matrix] @ (std[:, None] * translator.weight)
    model.visual_projection.load_state_dict(head)
    return model


def measure(
    run: Run, stage: Stage, model: PhoCLIPModel, processor: PhoCLIPProcessor
) -> dict[str, float]:
    """Return retrieval numbers on every source that the stage is evaluated on."""
    image_processor = processor.image_processor
    collator = ContrastiveCollator(
        run.tokenizer, image_processor.image_mean, image_processor.image_std
    )
    metrics = {}
    for name, split in stage.evaluate_on.items():
        pictures = CaptionedPictures(
            run.table(name, split), run.tokenizer, run.is_segmented(name), stage.image_size
        )
        scores = measure_retrieval(model, pictures, collator)
        metrics |= {f"eval_{name}_{key}": value for key, value in scores.items()}
    return metrics
