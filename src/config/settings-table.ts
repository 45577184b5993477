import { settings } from "./settings.ts";

/** The settings as `docs/settings.md` prints them, a Markdown table. */
export function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, { description, default: printed, ...rest }]) => {
    const example = "example" in rest && rest.example !== undefined ? ` Example: \`${rest.example}\`.` : "";
    return `| \`${name}\` | ${description}${example} | ${printed} |`;
  });
  return ["| Setting | Meaning | Default |", "| --- | --- | --- |", ...rows].join("\n");
}
