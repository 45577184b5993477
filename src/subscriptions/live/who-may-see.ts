import { PortalRefusal, UpstreamError } from "../../datasources/bitrix24/errors.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { EVENT_PATIENCE_MS, EventWithheld, inTime } from "./event-withheld.ts";
import type { EventAccess, SightQuestion } from "./live-viewer.ts";
import { isPassing } from "./patient-read.ts";

/** `open`: this way of telling does not settle it. */
export type Sight = "yes" | "no" | "open";

/** The question about an event whose chat is known. */
export interface ChatSightQuestion extends SightQuestion {
  readonly chatId: Id;
}

/** One way of telling whether a viewer may see the events of a chat. Rejects with the errors of `errors.ts`. */
export type SightRule = (question: ChatSightQuestion) => Sight | Promise<Sight>;

/** What became of the questions so far. */
export interface EventAccessCounts {
  /** Events withheld because nobody can tell their chat, once for each viewer that would have got them. */
  readonly withoutChat: number;
  /** Questions that ended without an answer in time. */
  readonly undetermined: number;
}

export interface OrderedEventAccess extends EventAccess {
  counts(): EventAccessCounts;
}

/**
 * The order of decision: what is granted by configuration first, without a look at the chat; then one rule after another, until one answers.
 * What no rule settles is not shown.
 */
export function createEventAccess(rules: readonly SightRule[], patienceMs = EVENT_PATIENCE_MS): OrderedEventAccess {
  const counts = { withoutChat: 0, undetermined: 0 };

  async function decide(question: SightQuestion): Promise<boolean> {
    const chatId = await question.chat();
    if (chatId === null) {
      counts.withoutChat += 1;
      return false;
    }
    for (const rule of rules) {
      const sight = await rule({ ...question, chatId });
      if (sight !== "open") return sight === "yes";
    }
    return false;
  }

  return {
    maySee(question) {
      if (isGranted(question)) return true;
      return inTime(decide(question), patienceMs).catch((error: unknown) => {
        const withheld = withheldBy(error);
        if (withheld === undefined) throw error;
        counts.undetermined += 1;
        throw withheld;
      });
    },
    counts: () => ({ ...counts }),
  };
}

/** By configuration: the whole portal, or the event's line. */
function isGranted({ viewer, event }: SightQuestion): boolean {
  if (viewer.scope === "all") return true;
  const { lineId } = event.address;
  return lineId !== null && viewer.grantedLines.has(lineId);
}

/** Refusals of the viewer's own credential concern his stream; whatever else the portal does not answer is a matter of this event alone. */
function withheldBy(error: unknown): EventWithheld | undefined {
  if (error instanceof EventWithheld) return error;
  const isOfTheEvent = error instanceof UpstreamError && (isPassing(error) || !(error instanceof PortalRefusal));
  return isOfTheEvent ? new EventWithheld(error) : undefined;
}
