"""The cockpit, driven by keys; the demo's organization is its material."""
