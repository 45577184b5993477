// npm run keys: API keys of the gateway. A key is shown once; its hash is stored.
import { parseArgs } from "node:util";
import { fail, prepare } from "./prepare.mjs";

const USAGE = `Usage:
  npm run keys -- add NAME [--credential CREDENTIAL] [--events own|all] [--lines 1,2]
                                                       make a key and show it once; --events all lets it see every
                                                       live event of the portal, --lines those of these lines
  npm run keys -- list                                 the stored keys' names
  npm run keys -- remove NAME                          a running gateway refuses it within seconds`;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { credential: { type: "string" }, events: { type: "string" }, lines: { type: "string" } },
    });
    const { credential, events, lines } = values;
    if (events !== undefined && events !== "own" && events !== "all")
      return fail(`--events takes own or all\n${USAGE}`);
    if (lines !== undefined && !/^[1-9][0-9]*(,[1-9][0-9]*)*$/.test(lines)) {
      return fail(`--lines takes ids of lines, such as 1,2\n${USAGE}`);
    }
    const rights = { ...(events && { events }), ...(lines && { lines: lines.split(",") }) };
    return { credential, rights, command: positionals[0], names: positionals.slice(1) };
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`);
  }
}

prepare();
const { command, names, credential, rights } = readArguments();
const { keysFile, loadEnvFile, ConfigError } = await import("../dist/src/config/config.js");
const { addKey, readKeysFile, removeKey, KeysFileError } = await import("../dist/src/server/identity/api-keys.js");

function run(file) {
  const [name] = names;
  if (command === "list" && names.length === 0) {
    const rows = readKeysFile(file).map((key) =>
      `${key.name.padEnd(24)} ${(key.credential ?? "default").padEnd(16)} ${key.createdAt ?? ""}`.trimEnd(),
    );
    return rows.length === 0 ? `No keys are stored in ${file}.` : rows.join("\n");
  }
  if (command === "add" && names.length === 1) {
    const key = addKey(file, name, credential, rights);
    return `${key}\n\nThis is the key ${name}. Keep it: only its hash is stored, in ${file}.`;
  }
  if (command === "remove" && names.length === 1) {
    removeKey(file, name);
    return `The key ${name} is removed.`;
  }
  return fail(USAGE);
}

try {
  loadEnvFile();
  process.stdout.write(`${run(keysFile(process.env))}\n`);
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof KeysFileError)) throw error;
  fail(error.message);
}
