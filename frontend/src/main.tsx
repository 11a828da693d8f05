import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readBoot } from "./boot";
import { App } from "./components/App";
import { RoomContext } from "./hooks/useRoom";
import { startSession } from "./session";
import "./site";

const root = document.getElementById("watch-root");
if (root !== null) {
  const session = startSession(readBoot(document));
  createRoot(root).render(
    <StrictMode>
      <RoomContext value={session}>
        <App />
      </RoomContext>
    </StrictMode>,
  );
}
