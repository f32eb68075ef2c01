"""Features of images: backbones by name, fine-tuned on seen classes, pooled and regional maps."""
