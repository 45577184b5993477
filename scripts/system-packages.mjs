import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";

/**
 * Makes sure that a program is there. As root on Debian it is installed when missing; elsewhere an error of one line says what to install.
 *
 * @param {string} binary name of the program
 * @param {string} debianPackage Debian's package that contains it
 */
export function ensureSystemPackage(binary, debianPackage) {
  if (isInstalled(binary)) {
    return;
  }
  const command = `apt-get install -y ${debianPackage}`;
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) {
    throw new Error(`The program ${binary} is missing: ${command} (or your system's package of it).`);
  }
  // Installed for the tests, which start servers of their own: the package must not start one on the standard port.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  for (const args of [
    ["update", "-q"],
    ["install", "-y", "-q", "--no-install-recommends", debianPackage],
  ]) {
    const { status, error } = spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] });
    if (error !== undefined || status !== 0) {
      throw new Error(`The program ${binary} is missing and could not be installed: ${command}`);
    }
  }
  if (!isInstalled(binary)) {
    throw new Error(`The package ${debianPackage} was installed but ${binary} is still missing.`);
  }
}

/** @param {string} binary */
function isInstalled(binary) {
  return spawnSync(binary, ["--version"], { stdio: "ignore" }).error === undefined;
}
