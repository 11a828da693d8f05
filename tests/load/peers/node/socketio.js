// A room in socket.io: whatever somebody says is emitted to all who are in it.
// usage: node socketio.js PORT
import { createServer } from "node:http";

import { Server } from "socket.io";

const ROOM = "room";
const http = createServer();
const io = new Server(http, { serveClient: false });

io.on("connection", (socket) => {
    socket.join(ROOM);
    socket.on("say", (said) => io.to(ROOM).emit("frame", said));
});
http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
