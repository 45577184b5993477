import { parseArgs } from "node:util";
import { ConfigError } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { resolveCredentialName } from "../config/key-credential.ts";
import { configuredCredentials, keysFile } from "../config/read-config.ts";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { KeyOptionError, readKeyTerms } from "../server/identity/key-terms.ts";
import { addKey, KeysFileError, type KeyTerms, readKeysFile, removeKey } from "../server/identity/keys-file.ts";
import type { Report } from "./report.ts";

export const KEYS_USAGE = `Usage:
  npm run keys -- add NAME [--credential CREDENTIAL] [--expires 90d] [--rights query,act,events]
                           [--events own|all|none] [--lines 1,2]
                                                       make a key and show it once; --expires 12h, 90d, 4w or a day
                                                       such as 2027-01-31 ends it by itself; --events all lets it
                                                       see every live event of the portal, --lines those of these
  npm run keys -- list                                 the stored keys' names
  npm run keys -- remove NAME                          a running gateway refuses it within seconds`;

type KeysCommand =
  | { readonly kind: "list" }
  | { readonly kind: "remove"; readonly name: string }
  | {
      readonly kind: "add";
      readonly name: string;
      readonly credential: string | undefined;
      readonly terms: KeyTerms;
    };

/** The words after `npm run keys --` are not a command; the message says what is wrong. */
class KeysUsageError extends Error {}

/** Runs `npm run keys`: API keys of the gateway. A key is shown once; its hash is stored. */
export function runKeysCli(args: readonly string[], environment: Environment): Report {
  try {
    return runCommand(readCommand(args), environment);
  } catch (error) {
    if (error instanceof KeysUsageError) {
      return { ok: false, lines: [...(error.message === "" ? [] : [error.message]), KEYS_USAGE] };
    }
    if (error instanceof KeyOptionError) return { ok: false, lines: [error.message, KEYS_USAGE] };
    if (error instanceof ConfigError || error instanceof KeysFileError) return { ok: false, lines: [error.message] };
    throw error;
  }
}

function runCommand(command: KeysCommand, environment: Environment): Report {
  const file = keysFile(environment);
  switch (command.kind) {
    case "list":
      return { ok: true, lines: listLines(file) };
    case "remove":
      removeKey(file, command.name);
      return { ok: true, lines: [`The key ${command.name} is removed.`] };
    case "add": {
      const { name, credential, terms } = command;
      const warning = credentialWarning(credential, environment);
      const key = addKey(file, name, credential, terms);
      const note = `This is the key ${name}. Keep it: only its hash is stored, in ${file}.`;
      return { ok: true, lines: [key, "", note, ...warning] };
    }
    default:
      return command satisfies never;
  }
}

function listLines(file: string): readonly string[] {
  const rows = readKeysFile(file).map(({ name, credential, createdAt, expiresAt }) => {
    const ending = expiresAt === undefined ? "" : `expires ${expiresAt}`;
    return `${name.padEnd(24)} ${(credential ?? "default").padEnd(16)} ${(createdAt ?? "").padEnd(24)} ${ending}`.trimEnd();
  });
  return rows.length === 0 ? [`No keys are stored in ${file}.`] : rows;
}

/** A key is made all the same: its credential may be configured afterwards, and for another process than this one. */
function credentialWarning(name: string | undefined, environment: Environment): readonly string[] {
  const credentials = credentialsOf(environment);
  if (credentials instanceof ConfigError) return ["", `Warning: ${credentials.message}`];
  if (resolveCredentialName(name, credentials) !== undefined) return [];
  const names = [...credentials.keys()];
  if (name !== undefined) {
    const there = names.length === 0 ? "it configures none" : `it has ${names.join(", ")}`;
    return [
      "",
      `Warning: the key is refused until BITRIX24_CREDENTIALS_FILE has a credential named ${name}; here ${there}.`,
    ];
  }
  return names.length === 0
    ? ["", "Warning: the key is refused until BITRIX24_WEBHOOK_URL is set, the webhook as which it acts."]
    : ["", `Warning: the key is refused: say with --credential which it acts with, one of ${names.join(", ")}.`];
}

function credentialsOf(environment: Environment): ReadonlyMap<string, Credential> | ConfigError {
  try {
    return configuredCredentials(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function readCommand(args: readonly string[]): KeysCommand {
  const { values, positionals } = parseWords(args);
  const [kind, name, ...rest] = positionals;
  if (kind === "list" && name === undefined) return { kind };
  if (name === undefined || rest.length > 0) throw new KeysUsageError();
  switch (kind) {
    case "remove":
      return { kind, name };
    case "add":
      return { kind, name, credential: values.credential, terms: readKeyTerms(values, Date.now()) };
    default:
      throw new KeysUsageError();
  }
}

function parseWords(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        credential: { type: "string" },
        expires: { type: "string" },
        rights: { type: "string" },
        events: { type: "string" },
        lines: { type: "string" },
      },
    });
  } catch (error) {
    throw new KeysUsageError(error instanceof Error ? error.message : String(error));
  }
}
