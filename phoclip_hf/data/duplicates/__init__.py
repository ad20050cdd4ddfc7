"""What finds pictures that are there twice; `phoclip_hf.data.leakage` puts it together."""
