import type { Call } from "../../datasources/bitrix24/calls.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { InboxItemRecord } from "../../datasources/domain/inbox-item.ts";
import type { ListedLine } from "../../datasources/domain/line.ts";
import { dialogUsersList } from "../../datasources/im/members.ts";
import { userListGet } from "../../datasources/im/users.ts";
import type { LineGroup } from "../../datasources/imopenlines/config/line-columns.ts";
import type { OperationContext } from "../engine/context.ts";
import type { Selection } from "../engine/lookahead.ts";
import { selectedParts } from "../lines/selected-parts.ts";
import { currentLineId, customerIdFromCode } from "./chat-derivations.ts";
import type { NameMemory } from "./name-memory.ts";

/** Commands of one request. */
const MAX_TOGETHER = 50;
const MEMBERS = 50;

const NAMES_ONLY: ReadonlySet<string> = new Set(["id", "name"]);
/** Of people, what is read once for all where an application reads for everybody. */
const SHARED_OF_PEOPLE: ReadonlySet<string> = new Set(
  "id kind name firstName lastName avatarUrl color isConnector isBot".split(" "),
);

/**
 * Reads what is selected beside the chats of a page in one request: lines, operators and customers. Whoever wants them finds them known; what
 * failed is asked for again by its field, whose failure it is then.
 * @param chats the places where the items' chats are selected
 * @param names what earlier pages of the same subscription have read
 */
export async function readCompanions(
  items: readonly InboxItemRecord[],
  chats: readonly Selection[],
  context: OperationContext,
  names?: NameMemory,
): Promise<void> {
  const { loaders } = context;
  if (names !== undefined) {
    loaders.users.prime(names.users());
    // Settings are read as they are now.
    if (chats.every((chat) => chat.child("line").hasOnly(NAMES_ONLY))) loaders.lines.prime(names.lines());
  }
  // One alone leaves in one request by itself, beside whatever else the operation asks for; where it is to be remembered it is read here.
  await readMissing(items, chats, context, names === undefined ? 2 : 1);
  names?.noteUsers(peopleOf(items, context).flatMap((id) => loaders.users.known(id) ?? []));
  names?.noteLines(lineIdsOf(items).flatMap((id) => loaders.lines.known(id) ?? []));
}

async function readMissing(
  items: readonly InboxItemRecord[],
  chats: readonly Selection[],
  context: OperationContext,
  atLeast: number,
): Promise<void> {
  const reads = [
    ...linesOf(items, chats, context),
    ...namesOf(items, chats, context),
    ...customersOf(items, chats, context),
  ];
  if (reads.length < atLeast) return;
  const parts: Promise<unknown>[] = [];
  for (let from = 0; from < reads.length; from += MAX_TOGETHER) {
    const part = reads.slice(from, from + MAX_TOGETHER);
    const answers = context.portal.readTogether(part.map(({ call }) => call));
    parts.push(...part.map(({ take }, index) => Promise.resolve(answers[index]).then(take)));
  }
  await Promise.allSettled(parts);
}

interface CompanionRead {
  readonly call: Call<unknown>;
  readonly take: (answer: unknown) => void;
}

function companion<T>(call: Call<T>, take: (answer: T) => void): CompanionRead {
  // The answer is what the call's own decoder made.
  return { call, take: (answer) => take(answer as T) };
}

function wants(chats: readonly Selection[], field: string): boolean {
  return chats.some((chat) => chat.has(field) && !chat.child(field).isIdOnly);
}

/** Whether what is selected of a field is read once for all, so that it need not be read with the viewer's own credential. */
function isShared(
  chats: readonly Selection[],
  field: string,
  keys: ReadonlySet<string>,
  { event }: OperationContext,
): boolean {
  return event?.shared !== undefined && chats.every((chat) => chat.child(field).hasOnly(keys));
}

function lineIdsOf(items: readonly InboxItemRecord[]): Id[] {
  return unique(items.map(({ record }) => currentLineId(record)));
}

function linesOf(items: readonly InboxItemRecord[], chats: readonly Selection[], context: OperationContext) {
  if (!wants(chats, "line") || isShared(chats, "line", NAMES_ONLY, context)) return [];
  const { loaders } = context;
  const parts = selectedParts(chats.map((chat) => chat.child("line")));
  const ids = lineIdsOf(items).filter((id) => !tellsAll(loaders.lines.known(id), parts));
  if (ids.length === 0) return [];
  const query = { ids, orderBy: "ID", direction: "ASC", limit: ids.length, offset: 0 } as const;
  const askedAt = performance.now();
  return [companion(loaders.lines.pageCall(query, parts), ({ items: lines }) => loaders.lines.take(lines, askedAt))];
}

function tellsAll(line: ListedLine | undefined, parts: ReadonlySet<LineGroup> | undefined): boolean {
  if (line === undefined || line.source !== "parts") return line !== undefined;
  return parts !== undefined && [...parts].every((part) => line[part] !== undefined);
}

function operatorsOf(items: readonly InboxItemRecord[]): (Id | null)[] {
  return items.map(({ record }) => record.operatorId ?? null);
}

function knownCustomersOf(items: readonly InboxItemRecord[], { loaders }: OperationContext): (Id | null)[] {
  return items.map(({ record }) => customerIdFromCode(record) ?? loaders.memory.chats.customerOf(record.id) ?? null);
}

function peopleOf(items: readonly InboxItemRecord[], context: OperationContext): Id[] {
  return unique([...operatorsOf(items), ...knownCustomersOf(items, context)]);
}

function namesOf(items: readonly InboxItemRecord[], chats: readonly Selection[], context: OperationContext) {
  const { loaders } = context;
  const isRead = (field: string): boolean => wants(chats, field) && !isShared(chats, field, SHARED_OF_PEOPLE, context);
  const operators = isRead("operator") ? operatorsOf(items) : [];
  const customers = isRead("customer") ? knownCustomersOf(items, context) : [];
  const ids = unique([...operators, ...customers]).filter((id) => !loaders.users.known(id));
  if (ids.length === 0) return [];
  const askedAt = performance.now();
  return [companion(userListGet(ids), (users) => loaders.users.take(users, askedAt))];
}

/** Who takes part tells who the customer is; others than participants are not told. */
function customersOf(items: readonly InboxItemRecord[], chats: readonly Selection[], { loaders }: OperationContext) {
  if (!chats.some((chat) => chat.has("customer"))) return [];
  const { chats: memory } = loaders.memory;
  return items.flatMap(({ id, record }) => {
    const role = record.viewerRole ?? null;
    if (role === null || role === "GUEST" || role === "NONE") return [];
    if (customerIdFromCode(record) !== null || memory.customerOf(id) !== undefined) return [];
    return [
      companion(dialogUsersList({ chatId: id, limit: MEMBERS, offset: 0 }), ({ items: members }) => {
        loaders.users.prime(members);
        const customer = members.find(({ kind }) => kind === "CUSTOMER");
        if (customer !== undefined) memory.noteCustomer(id, customer.id);
      }),
    ];
  });
}

function unique(ids: readonly (Id | null)[]): Id[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
