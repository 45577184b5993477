import { isRecord, type Result } from "./result.ts";

/** Why an action was not carried out, as a mutation's payload tells it. */
export interface UserError {
  readonly code: string;
  readonly message: string;
  /** The argument, as a path; null when it is about no single one. */
  readonly field?: readonly string[] | null | undefined;
  readonly bitrixCode?: string | null | undefined;
  readonly portalMessage?: string | null | undefined;
}

/** All `userErrors` of a mutation's answer; of one field of it, where its response name is given. Empty when the action was carried out. */
export function userErrorsOf({ data }: Pick<Result<unknown>, "data">, name?: string): readonly UserError[] {
  if (!isRecord(data)) return [];
  const payloads = name === undefined ? Object.values(data) : [data[name]];
  return payloads.flatMap((payload) =>
    isRecord(payload) && Array.isArray(payload.userErrors) ? payload.userErrors.filter(isUserError) : [],
  );
}

/** The user errors of a form by the name of the argument; what is about no single one is under "". */
export function userErrorsByField(errors: readonly UserError[]): ReadonlyMap<string, readonly UserError[]> {
  const found = new Map<string, UserError[]>();
  for (const error of errors) {
    const name = error.field?.join(".") ?? "";
    found.set(name, [...(found.get(name) ?? []), error]);
  }
  return found;
}

function isUserError(value: unknown): value is UserError {
  return (
    isRecord(value) &&
    typeof value.code === "string" &&
    (value.message === undefined || typeof value.message === "string")
  );
}
