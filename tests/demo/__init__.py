"""The demo is tested as data (every reference resolves) and over HTTP with the SDK's own client and service models."""
