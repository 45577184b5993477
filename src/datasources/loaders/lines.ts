import DataLoader from "dataloader";
import type { Call, PortalSession } from "../bitrix24/calls.ts";
import { PortalRefusal } from "../bitrix24/errors.ts";
import type { Rows } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";
import type { LineRecord, ListedLine } from "../domain/line.ts";
import {
  configGet,
  configListGet,
  configListGetParts,
  type LineListQuery,
} from "../imopenlines/config/config-reads.ts";
import type { LineGroup } from "../imopenlines/config/line-columns.ts";
import type { KeptViews } from "./kept-views.ts";
import { asError, oneByOne } from "./one-by-one.ts";
import type { PortalHabits } from "./portal-habits.ts";

/** Lines and what answers told of them. */
export interface LineLoader {
  /** A line with all its settings, its queue's members and their online state (`imopenlines.config.get`); null for an unknown id. */
  load(id: Id): Promise<LineRecord | null>;
  /** The same line as lists tell it: with its queue as configured (`imopenlines.config.list.get`, all lines of a turn in one call). */
  listed(id: Id): Promise<LineRecord | null>;
  /** A page of lines with at least these parts; undefined: all. */
  page(query: LineListQuery, groups: ReadonlySet<LineGroup> | undefined): Promise<Rows<ListedLine>>;
  /** The call for it where it is to travel together with others. */
  pageCall(query: LineListQuery, groups: ReadonlySet<LineGroup> | undefined): Call<Rows<ListedLine>>;
  known(id: Id): ListedLine | undefined;
  prime(lines: Iterable<ListedLine>): void;
  /** What a list told that was asked for at this time of the monotonic clock. */
  take(lines: Iterable<ListedLine>, askedAt: number): void;
  forgetAll(): void;
}

const MAX_LINES_PER_CALL = 100;

/** What a portal says that does not take the selection of columns, as older ones may not. */
const NO_SELECTION: ReadonlySet<string> = new Set(["100", "INVALID_FORMAT", "ERROR_ARGUMENT", "INVALID_ARG_VALUE"]);

export function createLineLoader(portal: PortalSession, habits: PortalHabits, views: KeptViews): LineLoader {
  const known = new Map<Id, ListedLine>();
  /** As with chats: what was read before a write is not known after it. */
  let generation = 0;

  const full = oneByOne<Id, LineRecord | null>(
    async (id) => {
      const begun = generation;
      const askedAt = performance.now();
      const line = await portal.read(configGet(id));
      if (line !== null && begun === generation) take([line], askedAt);
      return line;
    },
    (id) => id,
  );

  const listed = new DataLoader<Id, LineRecord | null>(
    async (ids) => {
      try {
        const query = { ids, orderBy: "ID", direction: "ASC", limit: ids.length, offset: 0 } as const;
        const byId = new Map((await portal.read(configListGet(query))).items.map((line) => [line.id, line]));
        return ids.map((id) => byId.get(id) ?? null);
      } catch (error) {
        return ids.map(() => asError(error));
      }
    },
    { maxBatchSize: MAX_LINES_PER_CALL },
  );

  /** What an earlier answer told stays known beside what this one tells. */
  function prime(lines: Iterable<ListedLine>): void {
    for (const line of lines) {
      const before = known.get(line.id);
      if (line.source !== "parts" || before === undefined) known.set(line.id, line);
      else if (before.source === "parts") known.set(line.id, { ...before, ...line });
    }
  }

  function take(lines: Iterable<ListedLine>, askedAt: number): void {
    const taken = [...lines];
    prime(taken);
    for (const line of taken) views.keepLine(line, askedAt);
  }

  const pageCall: LineLoader["pageCall"] = (query, groups) =>
    groups !== undefined && habits.takesSelection() ? configListGetParts(query, groups) : configListGet(query);

  async function page(query: LineListQuery, groups: ReadonlySet<LineGroup> | undefined): Promise<Rows<ListedLine>> {
    const isSelected = groups !== undefined && habits.takesSelection();
    try {
      return await portal.read(pageCall(query, groups));
    } catch (error) {
      if (!isSelected || !(error instanceof PortalRefusal) || !NO_SELECTION.has(error.code)) throw error;
      const whole = await portal.read(configListGet(query));
      // Only now it is known that it was the selection.
      habits.takesNoSelection();
      return whole;
    }
  }

  return {
    load: (id) => full.load(id),
    listed: (id) => listed.load(id),
    page,
    pageCall,
    known(id) {
      const line = known.get(id) ?? views.line(id);
      if (line !== undefined && !known.has(id)) known.set(id, line);
      return line;
    },
    prime,
    take,
    forgetAll() {
      generation++;
      known.clear();
      full.clearAll();
      listed.clearAll();
    },
  };
}
