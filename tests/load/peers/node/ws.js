// A room with nothing but `ws`: a loop over the clients, as its documentation shows.
// usage: node ws.js PORT
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({
    port: Number(process.argv[2]),
    host: "127.0.0.1",
    backlog: 4096,
});

server.on("connection", (client) => {
    client.on("message", (said) => {
        for (const other of server.clients) {
            if (other.readyState === WebSocket.OPEN) {
                other.send(said, { binary: false });
            }
        }
    });
});
