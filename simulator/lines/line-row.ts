import type { LineColumn } from "./line-columns.ts";

/** One member of a queue as it was configured: a user, or a department that stands for all its users. */
export interface QueueEntry {
  readonly type: "user" | "department";
  readonly id: number;
}

/** What customers may see of an operator in this line instead of his profile. */
export interface OperatorDisplay {
  readonly name: string | null;
  readonly workPosition: string | null;
  readonly avatar: string | null;
  readonly avatarId: number;
}

/** One operator of a line, departments expanded. `departmentId` is 0 for a user who was configured himself. */
export interface QueueOperator {
  readonly rowId: number;
  readonly userId: number;
  readonly departmentId: number;
  readonly display: OperatorDisplay;
}

/** A line as the database holds it. Rows are replaced as a whole, never changed in place. */
export interface LineRow {
  readonly id: number;
  /** Columns as database strings: numbers in digits, flags "Y" or "N", NULL as null; emoji as `:f09f9880:` tokens. */
  readonly columns: Readonly<Partial<Record<LineColumn, string | null>>>;
  /** The columns that hold a serialised PHP array: DEFAULT_OPERATOR_DATA and both KPI_*_LIST. */
  readonly arrays: Readonly<Partial<Record<LineColumn, unknown>>>;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly queue: readonly QueueEntry[];
  readonly operators: readonly QueueOperator[];
}

/** The lines of one portal. */
export interface LineStore {
  get(id: number): LineRow | undefined;
  /** All lines, in the order of their ids. */
  all(): LineRow[];
  nextId(): number;
  /** The next id of a queue row; queue rows have their own count. */
  nextQueueRowId(): number;
  put(row: LineRow): void;
  /** Removes a line with its queue; false if there was none. */
  remove(id: number): boolean;
}

/** What the lines need to know about the portal's staff. */
export interface LineUsers {
  /** Whether an employee with this id exists and may work. */
  isActive(id: number): boolean;
  isOnline(id: number): boolean;
  /** The users of a department; none for a department that does not exist. */
  usersOfDepartment(id: number): readonly number[];
}

/** Actions of the vendor's permission map. Lines know VIEW and MODIFY; PERFORM belongs to other entities. */
export type LineAction = "VIEW" | "MODIFY" | "PERFORM";

/** The acting user's rights. */
export interface LineRights {
  readonly userId: number;
  /**
   * The users whose lines the acting user may do this with: "any" for every line, himself (level A), his department's
   * users (level D), or nobody. A line passes if one of them is in its queue or if the acting user changed it last.
   */
  allowedUsers(action: LineAction): "any" | readonly number[];
}

/** An empty store. Ids start at `firstId` (default 1) and are never given twice. */
export function createLineStore(firstId = 1): LineStore {
  const rows = new Map<number, LineRow>();
  let lastId = firstId - 1;
  let lastQueueRowId = 0;
  return {
    get: (id) => rows.get(id),
    all: () => [...rows.values()].sort((a, b) => a.id - b.id),
    nextId: () => {
      lastId += 1;
      return lastId;
    },
    nextQueueRowId: () => {
      lastQueueRowId += 1;
      return lastQueueRowId;
    },
    put: (row) => {
      rows.set(row.id, row);
      lastId = Math.max(lastId, row.id);
    },
    remove: (id) => rows.delete(id),
  };
}

/** One setting of a line as the string the database holds; NULL and unset are "". */
export function lineSetting(row: LineRow, column: LineColumn): string {
  return row.columns[column] ?? "";
}

/** Whether the acting user may do this with the line (which may not exist: then only the right to all lines passes). */
export function mayUseLine(rights: LineRights, action: LineAction, row: LineRow | undefined): boolean {
  const allowed = rights.allowedUsers(action);
  if (allowed === "any") return true;
  if (row === undefined) return false;
  if (row.columns.MODIFY_USER_ID === String(rights.userId)) return true;
  return row.operators.some((operator) => allowed.includes(operator.userId));
}
