import type { Person } from "./settings.ts";

const NAME = "inbox-api-key";

/** Who this tab was the last time, or the first of all: each tab can be somebody else. */
export function keptPerson(people: readonly Person[]): Person | undefined {
  const key = sessionStorage.getItem(NAME);
  return people.find((person) => person.key === key) ?? people[0];
}

/** Kept until the tab is closed, and in no other. */
export function keepPerson({ key }: Person): void {
  sessionStorage.setItem(NAME, key);
}
