import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readBoot } from "./boot";
import { App } from "./components/App";
import { RoomContext } from "./hooks/useRoom";
import { startSession } from "./session";
import "./site";
import "./styles/first.css";
import { learn } from "./strings/learn";

const root = document.getElementById("watch-root");
if (root !== null) {
  const words = learn(document);
  const session = startSession(readBoot(document));
  await words;
  createRoot(root).render(
    <StrictMode>
      <RoomContext value={session}>
        <App />
      </RoomContext>
    </StrictMode>,
  );
}
