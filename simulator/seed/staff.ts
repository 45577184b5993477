import { OPERATORS } from "../corpus/corpus.ts";
import type { Random } from "../random.ts";
import type { User } from "../world/records.ts";
import type { World } from "../world/world.ts";

const colors = [
  "#df532d",
  "#64a513",
  "#4ba984",
  "#4ba5c3",
  "#3e99ce",
  "#8474c8",
  "#1eb4aa",
  "#f76187",
  "#58cc47",
  "#ab7761",
];
const operatorIds = [27, 103, 107, 113, 119, 125, 131, 139, 145, 151, 157, 163];
const year = 365 * 24 * 60 * 60 * 1000;

export const supervisorId = 1;
export const botId = 203;
/** The CLIENT_ID under which the seeded bot is registered for webhooks. */
export const botClientId = "demo-bot";

/** A user with the fields most people have; the rest is set by the caller. */
export function newUser(id: number, name: Pick<User, "firstName" | "lastName">, random: Random, now: number): User {
  return {
    id,
    kind: "staff",
    admin: false,
    active: true,
    online: true,
    paused: false,
    extranet: false,
    ...name,
    workPosition: "",
    gender: random.pick(["M", "F"]),
    color: random.pick(colors),
    avatar: "",
    avatarId: null,
    birthday: "",
    phones: false,
    email: "",
    website: "",
    departments: [],
    externalAuthId: "default",
    lastActivityAt: now,
    registeredAt: now - year,
  };
}

/** The supervisor (also the administrator), twelve operators, a dismissed one, and a bot. @returns the operators' ids */
export function seedStaff(world: World, random: Random, now: number): number[] {
  world.departments.set(1, "Company");
  world.departments.set(7, "Customer service");
  world.departments.set(12, "Technical help");
  world.departments.set(15, "Billing");
  const ids = [supervisorId, ...operatorIds, 59];
  ids.forEach((id, index) => {
    const person = OPERATORS[index];
    if (!person) throw new RangeError("The corpus has too few operators");
    const user = newUser(id, person, random, now);
    world.users.set(id, {
      ...user,
      admin: id === supervisorId,
      active: id !== 59,
      paused: index === 6,
      online: id === supervisorId || (id !== 59 && index % 4 !== 3),
      workPosition: person.workPosition,
      avatar: index % 3 === 2 ? "" : `/upload/main/${id}/avatar.png`,
      avatarId: index % 3 === 2 ? null : 8000 + id,
      birthday:
        index % 2 === 0
          ? `${String(random.int(1, 28)).padStart(2, "0")}-${String(random.int(1, 12)).padStart(2, "0")}`
          : "",
      phones: index % 2 === 0 ? { work_phone: `+4930555${1000 + id}`, inner_phone: String(id) } : false,
      email: `agent${id}@portal.example`,
      departments: id === supervisorId ? [1, 7] : [index % 4 === 1 ? 12 : index % 4 === 2 ? 15 : 7],
      externalAuthId: index % 5 === 4 ? "socservices" : "default",
    });
  });
  const bot = newUser(botId, { firstName: "Welcome", lastName: "Bot" }, random, now);
  world.users.set(botId, { ...bot, kind: "bot", externalAuthId: "bot", lastActivityAt: null });
  world.bots.push({ userId: botId, clientId: botClientId });
  world.supervisorId = supervisorId;
  return [...operatorIds];
}
