/** Rights of the Open Channels permission model; the action is implied (JOIN perform, HISTORY view, LINES modify …). */
export type Right = "JOIN" | "HISTORY" | "LINES" | "VOTE_HEAD" | "QUICK_ANSWERS" | "REPORTS" | "CRM";

export interface RightsSource {
  isSupervisor(userId: number): boolean;
  isInQueue(userId: number, lineId: number): boolean;
  /** The user who last changed the line's settings; the permission model lets him through. */
  isLastModifier(userId: number, lineId: number): boolean;
}

/**
 * Who may do what. Operators join and read the lines whose queue they are in; settings and supervisor votes are for
 * supervisors. A test withdraws or grants a right for one user, on one line or (without line) on all.
 */
export interface Rights {
  has(userId: number, right: Right, lineId?: number): boolean;
  withdraw(userId: number, right: Right, lineId?: number): void;
  grant(userId: number, right: Right, lineId?: number): void;
  /** Undoes every withdrawal and grant. */
  restore(): void;
}

function byRole(source: RightsSource, userId: number, right: Right, lineId: number | undefined): boolean {
  if (source.isSupervisor(userId)) return true;
  switch (right) {
    case "JOIN":
    case "HISTORY":
    case "QUICK_ANSWERS":
    case "REPORTS":
      return lineId === undefined || source.isInQueue(userId, lineId) || source.isLastModifier(userId, lineId);
    case "LINES":
      return lineId !== undefined && source.isLastModifier(userId, lineId);
    case "VOTE_HEAD":
    case "CRM":
      return false;
  }
}

export function createRights(source: RightsSource): Rights {
  const decided = new Map<string, boolean>();
  const key = (userId: number, right: Right, lineId?: number): string => `${userId} ${right} ${lineId ?? "any"}`;
  return {
    has(userId, right, lineId) {
      const exact = lineId === undefined ? undefined : decided.get(key(userId, right, lineId));
      return exact ?? decided.get(key(userId, right)) ?? byRole(source, userId, right, lineId);
    },
    withdraw(userId, right, lineId) {
      decided.set(key(userId, right, lineId), false);
    },
    grant(userId, right, lineId) {
      decided.set(key(userId, right, lineId), true);
    },
    restore() {
      decided.clear();
    },
  };
}
