/** What a command prints, and whether all is well. */
export interface Report {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** Prints a report: results to standard output, what went wrong to standard error, with the exit code that goes with it. */
export function printReport({ ok, lines }: Report): void {
  (ok ? process.stdout : process.stderr).write(`${lines.join("\n")}\n`);
  process.exitCode = ok ? 0 : 1;
}
