"""The WebSocket gateway of a web process: consumer, hub, frames, server and drain."""
