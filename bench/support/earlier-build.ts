import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The program of an earlier commit, and the flags its `npm start` gives to Node. */
export interface EarlierBuild {
  readonly commit: string;
  readonly directory: string;
}

/**
 * Checks a commit out beside this one, installs its packages and compiles it: the build that this one is compared with in the same run. Kept in the
 * system's folder for temporary files, so that the next run finds it. A folder may be named in place of a commit.
 */
export function buildEarlier(commit: string): EarlierBuild {
  if (existsSync(join(commit, "dist", "src", "main.js"))) return { commit, directory: resolve(commit) };
  const hash = git("rev-parse", "--short=12", "--verify", `${commit}^{commit}`);
  const directory = join(tmpdir(), `gateway-build-${hash}`);
  if (existsSync(join(directory, "dist", "src", "main.js"))) return { commit, directory };
  process.stdout.write(`Building ${commit} in ${directory} …\n`);
  git("worktree", "prune");
  if (!existsSync(directory)) git("worktree", "add", "--detach", directory, hash);
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { cwd: directory, stdio: ["ignore", "ignore", "inherit"] });
  run("npm", "ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund");
  run(join(directory, "node_modules", ".bin", "tsc"), "-p", "tsconfig.build.json");
  return { commit, directory };
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
}
