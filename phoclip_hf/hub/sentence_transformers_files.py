"""The small files that make a PhoCLIP folder a SentenceTransformer, for pictures and texts alike.

    SentenceTransformer("org/phoclip", trust_remote_code=True).encode(["con chó", picture])

sentence-transformers 6 and newer read them: features of either modality from the model's own
methods, then unit length, which is what `image_embeds` and `text_embeds` are.
"""

import json
from pathlib import Path
from typing import Any

MODULES = "sentence_transformers.base.modules"
FEATURES = {"method_output_name": "pooler_output"}  # (inputs, projection_dim), not normalised
FILES: dict[str, Any] = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": f"{MODULES}.transformer.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{MODULES}.normalize.Normalize"},
    ],
    "sentence_bert_config.json": {
        "transformer_task": "feature-extraction",
        "modality_config": {
            "text": {"method": "get_text_features", **FEATURES},
            "image": {"method": "get_image_features", **FEATURES},
        },
        "module_output_name": "sentence_embedding",
    },
    "config_sentence_transformers.json": {
        "model_type": "SentenceTransformer",
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    },
    "1_Normalize/config.json": {
        "module_input_name": "sentence_embedding",
        "module_output_name": "sentence_embedding",
    },
}


def write_sentence_transformers_files(folder: Path) -> list[str]:
    """Write them beside the weights of a dual encoder and return their names."""
    for name, value in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    return list(FILES)
