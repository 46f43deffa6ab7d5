"""What is kept on disk: really written, damaged, forged, and read back."""
