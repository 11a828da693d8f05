import "./styles/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readBoot } from "./boot";
import { followSanctions, readReports } from "./desk/archive";
import { DeskApp } from "./desk/DeskApp";
import { RoomContext } from "./hooks/useRoom";
import { startSession } from "./session";

const root = document.getElementById("desk-root");
if (root !== null) {
  const session = startSession(readBoot(document));
  followSanctions(session);
  readReports(session);
  createRoot(root).render(
    <StrictMode>
      <RoomContext value={session}>
        <DeskApp />
      </RoomContext>
    </StrictMode>,
  );
}
