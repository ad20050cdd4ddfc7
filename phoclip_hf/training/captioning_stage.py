"""The captioning stage of a recipe: a language model learns to describe locked embeddings."""

from torch.utils.data import ConcatDataset
from transformers import AutoConfig, AutoImageProcessor, AutoModel, Trainer

from ..configuration_phocap import PhoCapConfig
from ..data.captions import SIDES, tokenize
from ..modeling_phocap import PhoCapForConditionalGeneration
from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .captioning_data import CaptionCollator, EmbeddedCaptions, cut
from .curves import Curves
from .language_models import begin_language_model
from .locked_embeddings import image_embeds, text_embeds
from .model_building import freeze
from .recipe import Stage
from .stages import Run, last_checkpoint
from .still import keep_still


def run_captioning(run: Run, stage: Stage) -> None:
    """Train the mapping network, and the language model unless frozen, over locked embeddings.

    Fields of the stage: `start_from` is a PhoCLIP, whose image half looks, or a PhoCap, which goes
    on; `vision` in its place is any model like CLIP (a folder below the data or a Hub id). `text`
    is the language model: an earlier language_modeling stage, a folder or a Hub id; without it
    `model` holds its numbers (`text_config`), and always the captioner's own. `frozen` names
    prefixes of parameters that stay: `[language_model]` is prefix-tuning. `sources` counts views
    per picture; a source without pictures teaches by its captions alone. `caption_share` is how
    often a caption's own embedding, by the PhoCLIP's text tower, stands for its picture's; `noise`
    perturbs the embeddings; `evaluate_on` measures the loss of every caption, unperturbed.
    """
    model, processor, phoclip = begin(run, stage)
    model.image_encoder.requires_grad_(False)
    freeze(model, stage)
    if not any(weight.requires_grad for weight in model.language_model.parameters()):
        keep_still([model.language_model])

    # Positions that the language model has for words; some count without a limit.
    positions = getattr(model.config.text_config, "max_position_embeddings", 10_000)
    room = positions - model.config.prefix_length

    def captions(
        source: str, split: str, views: int = 1, share: float = 0.0, noise: float = 0.0
    ) -> EmbeddedCaptions:
        table, segmented = run.table(source, split), run.is_segmented(source)
        texts, embeds, by_caption = table["captions"][:], None, None
        ids = tokenize(texts, processor.tokenizer, segmented)
        if "image" in table.column_names:
            embeds = image_embeds(run, stage, model.image_encoder, processor, table, views)
        if embeds is None or share:
            if phoclip is None:
                raise ValueError(
                    f"Stage {stage.name!r}: captions stand for pictures ({source}) where there is "
                    "a text tower beside the image tower: start from a PhoCLIP."
                )
            is_one = processor.tokenizer is run.tokenizer
            read = ids if is_one else tokenize(texts, run.tokenizer, segmented)
            by_caption = text_embeds(run, phoclip, read)
        return EmbeddedCaptions(
            cut(ids, room),
            embeds,
            [[bool(SIDES.search(text)) for text in own] for own in texts],
            by_caption,
            share,
            noise,
        )

    trainer = Trainer(
        model,
        run.arguments(
            stage,
            per_device_eval_batch_size=64,
            label_names=["labels"],
            prediction_loss_only=True,
        ),
        data_collator=CaptionCollator(processor.tokenizer),
        train_dataset=ConcatDataset(
            [
                captions(name, "train", views, stage.caption_share, stage.noise)
                for name, views in stage.sources.items()
            ]
        ),
        eval_dataset={
            name: captions(name, split).one_by_one() for name, split in stage.evaluate_on.items()
        },
        processing_class=processor,
        callbacks=[Curves(run.folder(stage.name) / "curves.png")],
    )
    trained = trainer.train(resume_from_checkpoint=last_checkpoint(trainer.args))
    metrics = trainer.evaluate()
    metrics["train_samples_per_second"] = trained.metrics["train_samples_per_second"]
    trainer.save_model(str(run.folder(stage.name)))
    if trainer.is_world_process_zero():
        run.keep_numbers(stage, metrics, trainer.state.log_history)


def begin(
    run: Run, stage: Stage
) -> tuple[PhoCapForConditionalGeneration, PhoCLIPProcessor, PhoCLIPModel | None]:
    """Return the captioner that the stage begins with, its processor, and the PhoCLIP, if any."""
    if stage.start_from is None:
        if stage.vision is None:
            raise ValueError(
                f"Stage {stage.name!r}: name what looks, `start_from` (a PhoCLIP) or `vision`."
            )
        path = run.local_or_hub(stage.vision)
        phoclip, images = None, AutoImageProcessor.from_pretrained(path)
        image_model = AutoModel.from_pretrained(path, use_safetensors=True)
    else:
        checkpoint = run.checkpoint(stage.start_from)
        if isinstance(AutoConfig.from_pretrained(checkpoint), PhoCapConfig):
            processor = PhoCLIPProcessor.from_pretrained(checkpoint)
            model = PhoCapForConditionalGeneration.from_pretrained(checkpoint, **stage.model)
            return model, processor, None
        image_model = phoclip = PhoCLIPModel.from_pretrained(checkpoint).eval()
        images = PhoCLIPProcessor.from_pretrained(checkpoint).image_processor
    language_model, tokenizer = begin_language_model(run, stage)
    numbers = {name: value for name, value in stage.model.items() if name != "text_config"}
    model = PhoCapForConditionalGeneration.from_parts(image_model, language_model, **numbers)
    return model, PhoCLIPProcessor(image_processor=images, tokenizer=tokenizer), phoclip
