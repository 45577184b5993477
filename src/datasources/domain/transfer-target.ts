import type { Id } from "./ids.ts";

/** Whom a dialog goes to: an operator, or the queue of a line. */
export type TransferTarget = { readonly userId: Id } | { readonly lineId: Id };
