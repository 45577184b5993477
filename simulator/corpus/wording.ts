import type { Language } from "./language.ts";

/** How a language writes what fills the placeholders of a script. */
export interface Wording {
  readonly products: readonly string[];
  /** A day of the year, month 1 to 12. */
  readonly date: (day: number, month: number) => string;
  /** A price in the currency's smallest unit. */
  readonly price: (hundredths: number) => string;
}

const EN_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const HI_MONTHS = ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"];

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

function decimal(hundredths: number, separator: string): string {
  return `${Math.floor(hundredths / 100)}${separator}${twoDigits(hundredths % 100)}`;
}

function grouped(hundredths: number, separator: string): string {
  return String(Math.round(hundredths / 100)).replace(/\B(?=(\d{3})+$)/g, separator);
}

export const WORDINGS: Record<Language, Wording> = {
  en: {
    products: [
      "Aurora desk lamp",
      "TrailMate backpack",
      "Brewster coffee maker",
      "NordSound speaker",
      "Pocket router R3",
    ],
    date: (day, month) => `${day} ${EN_MONTHS[month - 1]}`,
    price: (hundredths) => `£${decimal(hundredths, ".")}`,
  },
  de: {
    products: [
      "Aurora Schreibtischlampe",
      "TrailMate Rucksack",
      "Brewster Kaffeemaschine",
      "NordSound Lautsprecher",
      "R3 Router",
    ],
    date: (day, month) => `${twoDigits(day)}.${twoDigits(month)}.`,
    price: (hundredths) => `${decimal(hundredths, ",")} €`,
  },
  ru: {
    products: ["Лампа Аврора", "Рюкзак TrailMate", "Кофеварка Brewster", "Колонка NordSound", "Роутер R3"],
    date: (day, month) => `${twoDigits(day)}.${twoDigits(month)}`,
    price: (hundredths) => `${grouped(hundredths * 90, " ")} ₽`,
  },
  zh: {
    products: ["极光台灯", "途伴双肩包", "布鲁咖啡机", "北音音箱", "R3随身路由器"],
    date: (day, month) => `${month}月${day}日`,
    price: (hundredths) => `¥${grouped(hundredths * 8, ",")}`,
  },
  ar: {
    products: ["مصباح أورورا", "حقيبة تريل ميت", "ماكينة قهوة بروستر", "سماعة نورد ساوند", "راوتر R3"],
    date: (day, month) => `${day}/${month}`,
    price: (hundredths) => `${grouped(hundredths * 4, ",")} ريال`,
  },
  hi: {
    products: ["ऑरोरा लैंप", "ट्रेलमेट बैग", "ब्रूस्टर कॉफ़ी मशीन", "नॉर्डसाउंड स्पीकर", "R3 राउटर"],
    date: (day, month) => `${day} ${HI_MONTHS[month - 1]}`,
    price: (hundredths) => `₹${grouped(hundredths * 90, ",")}`,
  },
  ja: {
    products: [
      "オーロラデスクライト",
      "トレイルメイトのリュック",
      "ブリュースターコーヒーメーカー",
      "ノードサウンドスピーカー",
      "R3ルーター",
    ],
    date: (day, month) => `${month}月${day}日`,
    price: (hundredths) => `${grouped(hundredths * 160, ",")}円`,
  },
  es: {
    products: ["Lámpara Aurora", "Mochila TrailMate", "Cafetera Brewster", "Altavoz NordSound", "Router R3"],
    date: (day, month) => `${day}/${twoDigits(month)}`,
    price: (hundredths) => `${decimal(hundredths, ",")} €`,
  },
};
