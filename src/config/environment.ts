import { existsSync } from "node:fs";
import { systemErrorCode } from "./credentials.ts";
import { isSettingName, SETTING_PREFIXES, type SettingName, type SettingValues, settings } from "./settings.ts";
import { suggestion } from "./suggestion.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Adds the settings of a `.env` file in the working directory, where there is one, to the environment. What is already set stays. */
export function loadEnvFile(path = ".env"): void {
  if (existsSync(path)) process.loadEnvFile(path);
}

/** A line for each name that looks like a setting and is none. */
export function unknownSettings(environment: Environment): string[] {
  const names = Object.keys(settings);
  return Object.keys(environment)
    .filter((name) => SETTING_PREFIXES.some((prefix) => name.startsWith(prefix)) && !isSettingName(name))
    .map((name) => {
      const meant = suggestion(name, names);
      return `${name} is not a setting${meant === undefined ? "" : `. Did you mean ${meant}?`}`;
    });
}

/** Reads one setting; an empty value counts as not set. A line for what is wrong is added to the problems. */
export function readSetting<Name extends SettingName>(
  environment: Environment,
  name: Name,
  problems: string[],
): SettingValues[Name] | undefined {
  const raw = environment[name]?.trim();
  const parsed = settings[name].schema.safeParse(raw === "" ? undefined : raw);
  // One schema's output is this setting's value; TypeScript loses the link between the two through the indexed access.
  if (parsed.success) return parsed.data as SettingValues[Name];
  const reason = parsed.error.issues[0]?.message ?? "is wrong";
  const shown = "secret" in settings[name] || raw === undefined ? "" : ` (now ${JSON.stringify(raw)})`;
  problems.push(`${name} ${reason}${shown}`);
  return undefined;
}

/** What `read` makes of the file that a setting names; undefined, with a line more among the problems, where it cannot be read. */
export function readFileSetting<T>(
  name: SettingName,
  path: string | undefined,
  problems: string[],
  read: (path: string) => T,
) {
  if (path === undefined) return undefined;
  try {
    return read(path);
  } catch (error) {
    const reason =
      error instanceof Error && !("code" in error) ? error.message : `cannot be read (${systemErrorCode(error)})`;
    problems.push(`${name}: ${path} ${reason}`);
    return undefined;
  }
}

/** Problems of names and values alone, for a starter that completes the configuration itself. */
export function settingProblems(environment: Environment): string[] {
  const problems = unknownSettings(environment);
  for (const name of Object.keys(settings)) if (isSettingName(name)) readSetting(environment, name, problems);
  return problems;
}
