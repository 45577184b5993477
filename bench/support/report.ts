/** A figure beside the goal it is judged by; without `reached` it is only told. */
export interface Finding {
  readonly what: string;
  readonly figure: string;
  readonly goal?: string;
  /** The figure relative to what it is compared with, where there is such a thing. */
  readonly ratio?: number;
  readonly reached?: boolean;
}

export interface Report {
  readonly benchmark: string;
  readonly findings: readonly Finding[];
}

/** Milliseconds with a sensible number of digits. */
export function inMs(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

export function inMiB(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}

function verdict({ reached }: Finding): string {
  if (reached === undefined) return "";
  return reached ? "reached" : "NOT REACHED";
}

/** The findings of a benchmark as a table of plain text. */
export function printReport(report: Report): string {
  const header = ["measured", "figure", "ratio", "goal", ""];
  const rows = report.findings.map((finding) => [
    finding.what,
    finding.figure,
    finding.ratio === undefined ? "" : `${finding.ratio.toFixed(2)} x`,
    finding.goal ?? "",
    verdict(finding),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  return [
    `## ${report.benchmark}`,
    line(header),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map(line),
    "",
  ].join("\n");
}
