"""The collector against the demo's server over HTTP, with a relay before it where faults are wanted."""
