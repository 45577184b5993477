import type { BotLeave, LineRecord } from "../../domain/line.ts";
import {
  type BotSettings,
  type CategorySettings,
  type DefaultOperatorSettings,
  InvalidSetting,
  type LineSettings,
  type OperatorIdentitySettings,
  type WorkTimeSettings,
} from "../../domain/line-settings.ts";

/**
 * Adds to a change what the portal would otherwise reset: the bot's settings and the category unless their switch is in the same call
 * (whatever else the call is about), start and end of the working day unless both are, the default operator unless it is complete.
 * Throws `InvalidSetting` for a setting that the portal would drop even so.
 */
export function withKeptSettings(changes: LineSettings, current: LineRecord): LineSettings {
  return {
    ...changes,
    bot: keptBot(changes.bot, current),
    category: keptCategory(changes.category, current),
    workTime: keptWorkTime(changes.workTime, current),
    operatorIdentity: keptIdentity(changes.operatorIdentity, current),
  };
}

/** The same for a new line, where nothing is there to be kept. Throws `InvalidSetting` for what the portal would drop. */
export function checkNewLine({ bot, category, workTime }: LineSettings): void {
  if (bot?.isEnabled !== true) refuseUnkeptBot(bot);
  if (category?.isEnabled !== true) refuseUnkeptCategory(category);
  refuseHalfADay(workTime);
}

function keptBot(change: BotSettings | null | undefined, { bot }: LineRecord): BotSettings | null | undefined {
  const isEnabled = change?.isEnabled ?? bot.isEnabled;
  if (isEnabled === null) throw switchNotTold("bot");
  if (!isEnabled) {
    refuseUnkeptBot(change);
    return change;
  }
  return {
    ...change,
    isEnabled: true,
    userId: change?.userId === undefined ? bot.userId : change.userId,
    handOverAfterSeconds: change?.handOverAfterSeconds ?? bot.handOverAfterSeconds ?? undefined,
    leaves: change?.leaves ?? writable(bot.leaves),
  };
}

function switchNotTold(group: "bot" | "category"): InvalidSetting {
  const problem = "must be given: the portal does not tell whether it is on, and resets what is not said to be on.";
  return new InvalidSetting(`${group}.isEnabled`, problem);
}

function writable(leaves: BotLeave): BotLeave | undefined {
  return leaves === "UNKNOWN" ? undefined : leaves;
}

function refuseUnkeptBot(bot: BotSettings | null | undefined): void {
  const lost = (["userId", "handOverAfterSeconds", "leaves"] as const).find((key) => (bot?.[key] ?? null) !== null);
  if (lost === undefined) return;
  throw new InvalidSetting(`bot.${lost}`, "is only kept while the bot is on: set bot.isEnabled to true as well.");
}

function keptCategory(
  change: CategorySettings | null | undefined,
  { category }: LineRecord,
): CategorySettings | null | undefined {
  const isEnabled = change?.isEnabled ?? category.isEnabled;
  if (isEnabled === null) throw switchNotTold("category");
  if (!isEnabled) {
    refuseUnkeptCategory(change);
    return change;
  }
  return { isEnabled: true, categoryId: change?.categoryId === undefined ? category.categoryId : change.categoryId };
}

function refuseUnkeptCategory(category: CategorySettings | null | undefined): void {
  if ((category?.categoryId ?? null) === null) return;
  throw new InvalidSetting(
    "category.categoryId",
    "is only kept while categories are on: set category.isEnabled to true as well.",
  );
}

function keptWorkTime(
  change: WorkTimeSettings | null | undefined,
  { workTime }: LineRecord,
): WorkTimeSettings | null | undefined {
  if (change === undefined || change === null) return change;
  if (change.from === undefined && change.to === undefined) return change;
  const whole = {
    ...change,
    from: change.from ?? workTime.from ?? undefined,
    to: change.to ?? workTime.to ?? undefined,
  };
  refuseHalfADay(whole);
  return whole;
}

function refuseHalfADay(workTime: WorkTimeSettings | null | undefined): void {
  const from = workTime?.from ?? null;
  const to = workTime?.to ?? null;
  if ((from === null) === (to === null)) return;
  throw new InvalidSetting(
    from === null ? "workTime.from" : "workTime.to",
    "is missing: the portal takes start and end of the working day only together.",
  );
}

function keptIdentity(
  change: OperatorIdentitySettings | null | undefined,
  { operatorIdentity }: LineRecord,
): OperatorIdentitySettings | null | undefined {
  const shown = change?.default;
  if (shown === undefined || shown === null) return change;
  const before: DefaultOperatorSettings = operatorIdentity.default ?? {};
  return {
    ...change,
    default: {
      name: shown.name === undefined ? before.name : shown.name,
      avatarUrl: shown.avatarUrl === undefined ? before.avatarUrl : shown.avatarUrl,
      avatarId: shown.avatarId === undefined ? before.avatarId : shown.avatarId,
    },
  };
}
