import type { Person, Role, You } from "live-comments-client";

/**
 * What is worth offering to whom. The server decides (streams/rights.py); this only spares people
 * buttons that would be refused.
 */

const STAFF: readonly Role[] = ["moderator", "manager", "broadcaster", "admin"];
const HEADS: readonly Role[] = ["broadcaster", "admin"];

export const isStaffRole = (role: Role) => STAFF.includes(role);

/** Warn, time out, ban: nobody himself, the broadcaster, or another moderator unless one heads them. */
export function maySanction(you: You | null, person: Person): boolean {
  if (you === null || !isStaffRole(you.role) || person.id === you.id) return false;
  const role = person.role ?? "viewer";
  if (role === "broadcaster") return false;
  return !isStaffRole(role) || HEADS.includes(you.role);
}

/** The modes beside closing, slow mode and what newcomers may. */
export function mayManage(you: You | null): boolean {
  return you !== null && (you.role === "manager" || HEADS.includes(you.role));
}
