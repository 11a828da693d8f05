"""The room: one consumer for each socket, one group message for each thing that is said. Async."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

ROOM = "room"


class RoomConsumer(AsyncWebsocketConsumer):
    """A person in the room."""

    async def connect(self):
        await self.channel_layer.group_add(ROOM, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(ROOM, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        said = json.loads(text_data)
        await self.channel_layer.group_send(ROOM, {"type": "room.said", "said": said})

    async def room_said(self, event):
        """Pass on what somebody said."""
        await self.send(text_data=json.dumps(event["said"]))


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("room/", RoomConsumer.as_asgi())]),
    }
)
