import { InvalidSetting } from "../../datasources/domain/line-settings.ts";
import { badUserInput } from "../../schema/input-errors.ts";

/** Runs a check of settings; what it refuses is an input that the client must change. */
export function withInputErrors<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw badUserInput(`${error.path === "" ? "input" : `input.${error.path}`} ${error.problem}`);
  }
}
