import type { Credential } from "../methods/method.ts";
import { isPhpMap, phpEntries, phpMap } from "../php-value.ts";
import { RestError } from "../rest-error.ts";
import { type Answers, resolveReferences } from "./batch-references.ts";
import { type Engine, errorBody, execute } from "./execute.ts";
import { type Params, parsePhpForm } from "./php-form.ts";

const maxCommands = 50;
const refusedMethods = ["batch", "download", "upload"];

interface Command {
  key: string;
  method: string;
  query: string;
}

/** The commands of a `cmd` parameter in order; what is not a string is skipped. */
export function readCommands(cmd: unknown): Command[] {
  return (phpEntries(cmd) ?? []).flatMap(([key, value]) => {
    if (typeof value !== "string") return [];
    const mark = value.indexOf("?");
    if (mark < 0) return [{ key, method: value.trim(), query: "" }];
    return [{ key, method: value.slice(0, mark).trim(), query: value.slice(mark + 1) }];
  });
}

/** PHP's truth: "0", "", 0, false and null are off, every other string (also "N" and "false") is on. */
function isTruthy(value: unknown): boolean {
  if (value === "0" || value === "" || value === undefined || value === null) return false;
  if (isPhpMap(value) || Array.isArray(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

function refusal(command: Command, position: number): RestError | undefined {
  if (position >= maxCommands) return new RestError("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded");
  const name = command.method.toLowerCase().split(".").at(-1) ?? "";
  if (!refusedMethods.includes(name)) return undefined;
  return new RestError("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", 405);
}

/** Makes one of the five maps of a batch answer: `[]` when empty, a list when its keys are 0..n-1, else an object. */
function asMap(answers: Record<string, unknown>): unknown {
  return phpMap(answers);
}

/**
 * Runs the commands one after another in one process: later ones may refer to results of earlier ones, a failed one has
 * an entry only in `result_error`, and `halt` ends the run at the first failure.
 */
export async function runBatch(engine: Engine, params: Params, credential: Credential): Promise<unknown> {
  const cache = new Map<string, unknown>();
  const answers: Answers = { result: {}, error: {}, total: {}, next: {}, time: {} };
  const commands = readCommands(params.cmd);
  const halt = isTruthy(params.halt);
  for (const [position, command] of commands.entries()) {
    const refused = refusal(command, position);
    if (refused) {
      answers.error[command.key] = errorBody(refused);
    } else {
      const own = parsePhpForm(command.query);
      const resolved = resolveReferences(own, answers);
      const outcome = await execute(engine, command.method, isPhpMap(resolved) ? resolved : {}, credential, cache);
      if (outcome.ok) {
        const { answer } = outcome;
        if ("result" in answer) answers.result[command.key] = answer.result;
        if ("time" in answer) answers.time[command.key] = answer.time;
        if ("total" in answer) answers.total[command.key] = answer.total;
        if ("next" in answer) answers.next[command.key] = answer.next;
      } else {
        answers.error[command.key] = errorBody(outcome.error);
      }
    }
    if (halt && answers.error[command.key] !== undefined) break;
  }
  applyBatchFaults(engine, commands, answers);
  return {
    result: asMap(answers.result),
    result_error: asMap(answers.error),
    result_total: asMap(answers.total),
    result_next: asMap(answers.next),
    result_time: asMap(answers.time),
  };
}

function applyBatchFaults(engine: Engine, commands: readonly Command[], answers: Answers): void {
  const methods = ["batch", ...commands.map((command) => command.method.toLowerCase())];
  for (const fault of engine.faults.forBatchAnswer(methods)) {
    switch (fault.kind) {
      case "missingBatchKeys": {
        const first = commands[0];
        const keys = fault.keys ?? (first ? [first.key] : []);
        for (const map of Object.values(answers)) for (const key of keys) delete map[key];
        break;
      }
      case "extraBatchKeys":
        Object.assign(answers.result, fault.results);
        break;
    }
  }
}
