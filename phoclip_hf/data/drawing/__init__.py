"""How the scenes of `phoclip_hf.data.scenes` are planned, drawn and described."""
