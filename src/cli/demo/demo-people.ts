import type { PortalUser } from "./simulated-portal.ts";

/** Somebody of the simulated portal as whom one can act in the demo. */
export interface DemoPerson {
  readonly user: PortalUser;
  /** Short and of plain letters: the name of the credential and of the key. */
  readonly name: string;
  /** The API key. Nothing secret: the demo listens on loopback only. */
  readonly key: string;
}

/** A short name and a key for each person: the first name, with the id where two share it or it has no plain letter. */
export function namePeople(users: readonly PortalUser[]): readonly DemoPerson[] {
  return users.map((user) => {
    const first = plainFirstName(user);
    const isShared = first === "" || users.some((other) => other !== user && plainFirstName(other) === first);
    const name = isShared ? `${first || "user"}-${user.id}` : first;
    return { user, name, key: `demo-api-key-of-${name}` };
  });
}

function plainFirstName({ name }: PortalUser): string {
  const [first = ""] = name.split(" ");
  return first.toLowerCase().replace(/[^a-z]/g, "");
}

/** Whose eyes a first look takes: an operator has an inbox of his own. */
export function firstPerson(people: readonly DemoPerson[]): DemoPerson {
  const first = people.find(({ user }) => user.role === "operator") ?? people[0];
  if (first === undefined) throw new Error("the simulated portal has nobody");
  return first;
}
