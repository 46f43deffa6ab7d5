"""Pictures of the cockpit, made from the demo by `python -m screenshots.generate`, never by hand."""
