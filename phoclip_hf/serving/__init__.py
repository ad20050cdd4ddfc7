"""What a running Space needs: pictures from strangers, encoders, the gallery."""
