"""Training on top of `transformers.Trainer`: the contrastive loop, distillation, recipes."""
