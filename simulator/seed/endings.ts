import { createRandom, type Random } from "../random.ts";
import { customerWrites } from "../world/conversation.ts";
import { activeQueue, lineSettings } from "../world/line-settings.ts";
import { answer, transfer } from "../world/operator-actions.ts";
import type { Chat, Session } from "../world/records.ts";
import { closeSession, finishSession } from "../world/sessions.ts";
import type { World } from "../world/world.ts";
import type { DialogPlan } from "./plan.ts";
import type { Deed } from "./script.ts";

const minute = 60_000;
const comments = ["Quick and polite", "Could have asked for the order number first", "", "A good example for the team"];

/** Deeds that end past sessions the way they end in real life: by people, by themselves, rated or not, and handed over. */
export interface Endings {
  /** The operator takes the dialog; of every fourth a colleague had taken it and hands it over. */
  taking(at: number): Deed[];
  /** Ends the session from this moment on, most of them by the operator; rated on the lines of every kind. */
  ending(at: number): Deed[];
}

/** @param key decides how the sessions of this chat end; draws nothing from the seed's own sequence */
export function endingsOf(world: World, plan: DialogPlan, key: number): Endings {
  const { chat, operatorId } = plan;
  const random = createRandom(key);
  let taken = key;
  return {
    taking(at) {
      taken += 1;
      const colleague = activeQueue(world, chat.data.lineId).find((userId) => userId !== operatorId);
      if (taken % 4 !== 0 || colleague === undefined) {
        return [{ at: at - 1000, play: () => void answer(world, chat, operatorId) }];
      }
      return [
        { at: at - 40_000, play: () => void answer(world, chat, colleague) },
        { at: at - 1000, play: () => void transfer(world, chat, colleague, { kind: "user", userId: operatorId }) },
      ];
    },
    ending: (at) => endingDeeds(world, chat, at, random),
  };
}

function endingDeeds(world: World, chat: Chat, at: number, random: Random): Deed[] {
  const kind = random.next();
  const rates = random.chance(0.7);
  const likes = random.chance(0.8);
  const withSession = (deed: (session: Session) => void) => (): void => {
    const session = world.openSession(chat.id);
    if (session) deed(session);
  };
  const finish = (how: "manual" | "auto") => withSession((session) => finishSession(world, chat, session, how));
  if (kind < 0.12) {
    const closeReason = kind < 0.07 ? "client" : "replyLimit";
    const close = withSession((session) => {
      session.closeReason = closeReason;
      closeSession(world, chat, session);
    });
    return [{ at: at + 4 * 60 * minute, play: close }];
  }
  const how = kind < 0.25 ? "auto" : "manual";
  const from = how === "auto" ? at + 4 * 60 * minute : at;
  const deeds: Deed[] = [
    { at: from, play: finish(how) },
    { at: from + 3 * minute, play: finish(how) },
  ];
  if (rates) deeds.push({ at: from + minute, play: () => rate(world, chat, likes) });
  if (random.chance(0.3)) {
    const rating = random.int(3, 5);
    const comment = random.pick(comments);
    deeds.push({ at: from + 30 * minute, play: () => rateByHead(world, chat, rating, comment) });
  }
  return deeds;
}

/** The customer rates what has just ended; on lines that ask nobody any more the rating is of the time when they did. */
function rate(world: World, chat: Chat, likes: boolean): void {
  const session = world.lastSession(chat.id);
  if (!session) return;
  if (lineSettings(world, session.lineId)?.asksVote) {
    if (session.waitVote) customerWrites(world, chat, likes ? "1" : "0");
    return;
  }
  session.vote = likes ? 5 : 1;
  session.votedAt = world.now();
}

function rateByHead(world: World, chat: Chat, rating: number, comment: string): void {
  const session = world.lastSession(chat.id);
  if (!session) return;
  session.voteHead = rating;
  session.commentHead = comment;
}
