import type { World } from "../world/world.ts";

const sections = [
  { name: "Greetings", code: "greetings" },
  { name: "Delivery", code: "delivery" },
] as const;

const answers = [
  { section: 0, name: "Welcome", text: "Thank you for writing to us! How can I help you?" },
  { section: 0, name: "One moment", text: "One moment please, I am looking it up." },
  {
    section: 1,
    name: "Parcel number",
    text: "Please tell me the number of your order, then I can see where your parcel is.",
  },
  { section: 1, name: "Delivery time", text: "Orders placed before noon leave our warehouse on the same day." },
  { section: undefined, name: "Goodbye", text: "You are welcome. Have a nice day!" },
] as const;

/** A few canned answers for each line, most of them in one of two sections. */
export function seedQuickAnswers(world: World, lines: readonly number[]): void {
  for (const [position, lineId] of lines.entries()) {
    const firstSection = 41 + position * sections.length;
    for (const [index, section] of sections.entries()) {
      world.quickAnswerSections.push({ id: firstSection + index, lineId, ...section });
    }
    for (const [index, { section, name, text }] of answers.entries()) {
      const sectionId = section === undefined ? 0 : firstSection + section;
      const id = world.next.quickAnswer++;
      world.quickAnswers.push({ id, lineId, messageId: 0, name, text, sectionId, rating: answers.length - index });
    }
  }
}
