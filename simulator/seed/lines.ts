import { LINE_NAMES } from "../corpus/corpus.ts";
import { configAdd } from "../lines/line-config.ts";
import { lineContext } from "../methods/imopenlines/config-methods.ts";
import type { World } from "../world/world.ts";
import { botId, supervisorId } from "./staff.ts";

interface LinePlan {
  queueType: "all" | "evenly" | "strictly";
  /** Positions in the list of operators; the line of department 12 has no single people. */
  operators: readonly number[] | "department";
  settings: Record<string, unknown>;
}

const plans: readonly LinePlan[] = [
  {
    queueType: "all",
    operators: [0, 1, 2, 3, 4, 5],
    settings: { VOTE_CLOSING_DELAY: "Y", CRM_CREATE: "deal", KPI_FIRST_ANSWER_TIME: 300 },
  },
  { queueType: "all", operators: [2, 3, 4, 6], settings: { CLOSE_RULE: "none", VOTE_MESSAGE: "N" } },
  {
    queueType: "evenly",
    operators: [3, 6, 8, 9],
    settings: { CHECK_AVAILABLE: "N", QUEUE_TIME: 120, MAX_CHAT: 12, KPI_FIRST_ANSWER_TIME: 600 },
  },
  {
    queueType: "strictly",
    operators: "department",
    settings: {
      WELCOME_BOT_ENABLE: "Y",
      WELCOME_BOT_ID: botId,
      WELCOME_BOT_TIME: 180,
      WELCOME_BOT_JOIN: "first",
      VOTE_MESSAGE: "N",
    },
  },
  {
    queueType: "all",
    operators: [5, 7, 10, 11],
    settings: { WORKTIME_ENABLE: "Y", WORKTIME_FROM: "9", WORKTIME_TO: "18.30", WORKTIME_TIMEZONE: "Europe/Madrid" },
  },
  {
    queueType: "all",
    operators: [0, 1, 7, 8, 9, 10, 11],
    settings: { VOTE_MESSAGE: "N", CLOSE_RULE: "text", WORKTIME_DAYOFF: ["SA", "SU"], WORKTIME_HOLIDAYS: "1.1,25.12" },
  },
];

/** Six lines of every queue type, closing rule and voting rule. @returns their ids */
export function seedLines(world: World, operators: readonly number[]): number[] {
  const context = lineContext(world, supervisorId, "en");
  return plans.map((plan, index) => {
    const line = LINE_NAMES[index];
    if (!line) throw new RangeError("The corpus has too few lines");
    const queue =
      plan.operators === "department"
        ? [{ ENTITY_TYPE: "department", ENTITY_ID: "12" }]
        : plan.operators.map((position) => ({ ENTITY_TYPE: "user", ENTITY_ID: String(operators[position]) }));
    const id = configAdd(
      { ...context, language: line.language === "de" || line.language === "ru" ? line.language : "en" },
      {
        PARAMS: {
          LINE_NAME: line.name,
          LANGUAGE_ID: line.language,
          QUEUE: queue,
          QUEUE_TYPE: plan.queueType,
          QUICK_ANSWERS_IBLOCK_ID: 181 + index,
          ...plan.settings,
          ...(index === 0
            ? {
                QUEUE_USERS_FIELDS: {
                  [String(operators[0])]: {
                    USER_NAME: "Anna from the store",
                    USER_WORK_POSITION: "Your adviser",
                    USER_AVATAR: "/upload/resize_cache/main/312/adviser.png",
                    USER_AVATAR_ID: 312,
                  },
                },
              }
            : {}),
        },
      },
    );
    if (id === false) throw new Error(`The seed's line "${line.name}" was refused`);
    return id;
  });
}
