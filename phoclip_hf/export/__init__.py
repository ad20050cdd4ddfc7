"""From a checkpoint to ONNX files that run without torch, checked before they are kept."""
