"""Zero-shot tags: which words of a vocabulary fit a photo?

A photo is compared with every tag (Radford et al. 2021, section 3.1), and Bayes' rule adds what is
known before looking: most photos show people, few show a lighthouse. Without it a small model,
whose cosines of 500 tags lie close together, names rare things at random.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from PIL import Image

from phoclip_hf.processing_phoclip import VIETNAMESE_TEMPLATES
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.tag_vocabulary import everyday_tags, occurs_in

MAX_TAGS = 8
THRESHOLD = 0.02
# The three chosen on flickr8k_vi and capydata_vi, with phoclip-mini: more prior finds more of what
# captions say, and fewer of the sports that a photo was labelled with.
PRIOR_WEIGHT = 0.5  # exponent of how common a tag is
CAPTION_BONUS = 3.0  # added to the logit of a tag that a caption says
SAME = 0.95  # cosine from which two tags are one to the model, such as «thả diều» and «con diều»


@dataclass(frozen=True)
class Tag:
    """A tag, and its share of the probability over the vocabulary, 0 to 1."""

    text: str
    score: float


class Tagger:
    """Gives photos their tags out of one vocabulary, whose vectors are computed once, here.

    Args:
        encoder: the dual encoder.
        vocabulary: tag to how many photos in a thousand it is expected on, as `read_vocabulary`
            returns it; None takes the shipped one. All equal, it does not count.

    Raises:
        ValueError: the vocabulary is empty.
    """

    def __init__(self, encoder: PhoCLIPEncoder, vocabulary: Mapping[str, float] | None = None):
        vocabulary = everyday_tags() if vocabulary is None else vocabulary
        if not vocabulary:
            raise ValueError("The vocabulary is empty: expected at least one tag.")
        self.encoder = encoder
        self.tags = list(vocabulary)
        prompts = [
            template.replace("{}", tag) for tag in self.tags for template in VIETNAMESE_TEMPLATES
        ]
        embeds = encoder.encode_texts(prompts).reshape(len(self.tags), -1, encoder.dimension)
        embeds = embeds.mean(axis=1)
        self.tag_embeds = embeds / np.linalg.norm(embeds, axis=1, keepdims=True)  # (tags, dim)
        self.prior = PRIOR_WEIGHT * np.log(np.array(list(vocabulary.values())))  # (tags,)
        said = "\n".join(f"{tag} | {common}" for tag, common in vocabulary.items())
        # What tells apart two taggers that answer differently: checkpoint and vocabulary.
        self.fingerprint = (
            f"{encoder.fingerprint} {blake2b(said.encode(), digest_size=8).hexdigest()}"
        )

    def tag(
        self,
        image: Image.Image,
        captions: Sequence[str] = (),
        count: int = MAX_TAGS,
        threshold: float = THRESHOLD,
    ) -> list[Tag]:
        """At most `count` tags of an RGB picture that score `threshold` or more, best first.

        What `captions` of the picture say counts for a tag: a captioner knows which of the things
        to be seen people speak of. Of tags that the model cannot tell apart the best one is named.
        """
        return self.tag_each([image], [captions], count, threshold)[0]

    def tag_each(
        self,
        images: Sequence[Image.Image],
        captions: Sequence[Sequence[str]] | None = None,
        count: int = MAX_TAGS,
        threshold: float = THRESHOLD,
    ) -> list[list[Tag]]:
        """What `tag` gives for each of the pictures, which are encoded in batches."""
        image_embeds = self.encoder.encode_images(list(images))
        scores = self.scores(image_embeds, captions)
        return [self._best(row, count, threshold) for row in scores]

    def scores(
        self, image_embeds: np.ndarray, captions: Sequence[Sequence[str]] | None = None
    ) -> np.ndarray:
        """Probability of each tag, (images, tags), for unit `image_embeds` (images, dim)."""
        logits = self.encoder.logit_scale * (image_embeds @ self.tag_embeds.T) + self.prior
        for row, own in enumerate(captions or ()):
            if own:
                logits[row] += CAPTION_BONUS * np.array([occurs_in(tag, own) for tag in self.tags])
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        return chances / chances.sum(axis=1, keepdims=True)

    def _best(self, scores: np.ndarray, count: int, threshold: float) -> list[Tag]:
        chosen: list[int] = []
        for tag in np.argsort(-scores, kind="stable"):
            if len(chosen) >= count or scores[tag] < threshold:
                break
            if not chosen or (self.tag_embeds[chosen] @ self.tag_embeds[tag]).max() < SAME:
                chosen.append(int(tag))
        return [Tag(self.tags[tag], float(scores[tag])) for tag in chosen]
