import { type Logger, pino } from "pino";

/** A log whose lines a test reads. */
export function logTo(level: string): { readonly logger: Logger; lines(): Record<string, unknown>[] } {
  const written: string[] = [];
  const logger = pino({ level }, { write: (line: string) => void written.push(line) });
  return { logger, lines: () => written.map((line): Record<string, unknown> => JSON.parse(line)) };
}
