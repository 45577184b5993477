import { z } from "zod";
import { MINIMUM_KEY_LENGTH } from "./key-entry.ts";

/** Somebody as whom whoever opens the explorer may act. */
export interface ExplorerPerson {
  readonly name: string;
  readonly key: string;
}

/** `name:key`, comma separated. Names are for people to read: whatever has no comma and no colon. */
export const explorerPeople = z.string().transform((text, issues): readonly ExplorerPerson[] => {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  return entries.map((entry) => {
    const [name = "", key = "", ...surplus] = entry.split(":").map((part) => part.trim());
    if (name === "" || key.length < MINIMUM_KEY_LENGTH || surplus.length > 0) {
      const message = `must be name:key, comma separated, each key of ${MINIMUM_KEY_LENGTH} characters or more`;
      issues.addIssue({ code: "custom", message });
    }
    return { name, key };
  });
});
