/**
 * An error a REST method answers with: `{"error": code, "error_description": description, ...extra}` under an HTTP status.
 * An empty code and text is a real answer: several methods of the vendor fail that way.
 */
export class RestError extends Error {
  readonly code: string;
  readonly description: string;
  readonly status: number;
  readonly extra: Record<string, unknown>;

  constructor(code: string, description: string, status = 400, extra: Record<string, unknown> = {}) {
    super(`${code}: ${description}`);
    this.name = "RestError";
    this.code = code;
    this.description = description;
    this.status = status;
    this.extra = extra;
  }
}
