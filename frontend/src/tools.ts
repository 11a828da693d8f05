/** Menus, announcements and all that only moderators need: a chunk of its own, see hooks/useTools.ts. */
export { Announcement } from "./components/Announcement";
export { DeedBar } from "./components/DeedBar";
export { HeldDecision } from "./components/HeldDecision";
export { Restore } from "./components/Restore";
export { RowMarks } from "./components/RowMarks";
export { RowMenu } from "./components/RowMenu";
export { StaffBar } from "./components/StaffBar";
