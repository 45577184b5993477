import { customerMessage, LINE_NAMES, openingFor } from "./corpus/corpus.ts";
import type { Language } from "./corpus/language.ts";
import { createRandom, type Random } from "./random.ts";
import type { Chat } from "./world/records.ts";
import type { World } from "./world/world.ts";

/** The language a customer already wrote in, told by his script; latin letters follow the line. */
export function languageOf(world: World, chat: Chat): Language {
  const text = chat.messages.findLast((message) => message.authorId === chat.customerId)?.text ?? "";
  if (/[\u3040-\u30ff]/.test(text)) return "ja";
  if (/[\u4e00-\u9fff]/.test(text)) return "zh";
  if (/[\u0400-\u04ff]/.test(text)) return "ru";
  if (/[\u0600-\u06ff]/.test(text)) return "ar";
  if (/[\u0900-\u097f]/.test(text)) return "hi";
  const position = world.lines.all().findIndex((line) => line.id === chat.data.lineId);
  const ofLine = LINE_NAMES[position]?.language ?? "en";
  return ofLine === "ru" ? "en" : ofLine;
}

/** One deed of some customer: mostly a message, sometimes a correction or a withdrawal of what he wrote last. */
export function customerActs(world: World, random: Random): void {
  const chats = [...world.chats.values()].filter((chat) => world.isLively(chat));
  if (chats.length === 0) return;
  const chat = random.pick(chats);
  const language = languageOf(world, chat);
  const last = chat.messages.at(-1);
  if (last && last.authorId === chat.customerId && last.params.IS_DELETED === undefined) {
    if (random.chance(0.1)) {
      world.customerEdits(last.id, `${last.text} 🙏`);
      return;
    }
    if (random.chance(0.05)) {
      world.customerDeletes(last.id);
      return;
    }
  }
  const isNew = world.openSession(chat.id) === undefined;
  const text = isNew ? openingFor(language, random.next) : customerMessage(language, random.next);
  world.customerWrites(chat.id, text);
}

/** Repeats a deed at the given mean pace, at irregular intervals; 0 never. @returns a function that ends it */
export function keepActing(perMinute: number, random: Random, deed: () => void): () => void {
  if (perMinute <= 0) return () => {};
  const meanMs = 60_000 / perMinute;
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    timer = setTimeout(
      () => {
        deed();
        schedule();
      },
      meanMs * (0.5 + random.next()),
    );
    timer.unref();
  };
  schedule();
  return () => clearTimeout(timer);
}

/** Lets customers act at the given pace. @returns a function that ends it */
export function startActivity(world: World, perMinute: number, seed: number): () => void {
  const random = createRandom(seed + 7919);
  return keepActing(perMinute, random, () => customerActs(world, random));
}
