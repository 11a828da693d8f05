"""The made-up people of the demo's live room: they talk, react, reply, come and go."""
