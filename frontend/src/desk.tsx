import "./styles/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readBoot } from "./boot";
import { followReports, followSanctions } from "./desk/archive";
import { DeskApp } from "./desk/DeskApp";
import { keepAppearance } from "./settings/settings";
import { RoomContext } from "./hooks/useRoom";
import { startSession } from "./session";

const root = document.getElementById("desk-root");
if (root !== null) {
  keepAppearance(document);
  const session = startSession(readBoot(document));
  followSanctions(session);
  followReports(session);
  createRoot(root).render(
    <StrictMode>
      <RoomContext value={session}>
        <DeskApp />
      </RoomContext>
    </StrictMode>,
  );
}
