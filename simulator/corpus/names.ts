import type { Language } from "./language.ts";

/** Names that go together: every first name of a group fits every last name of it. */
export interface NameGroup {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/** Customer names; a language with names that change by gender has one group for each. */
export const CUSTOMER_NAMES: Record<Language, readonly NameGroup[]> = {
  en: [
    {
      first: [
        "Olivia",
        "Harry",
        "Amelia",
        "George",
        "Isla",
        "Noah",
        "Grace",
        "Oscar",
        "Freya",
        "Theo",
        "Ruby",
        "Callum",
      ],
      last: ["Bennett", "Clarke", "O'Connor", "Hughes", "Marsh", "Whitfield", "Osborne", "Doyle", "Preston", "Kaur"],
    },
  ],
  de: [
    {
      first: ["Jürgen", "Anneliese", "Lukas", "Käthe", "Björn", "Friederike", "Tobias", "Mareike", "Holger", "Sabine"],
      last: ["Müller", "Schäfer", "Großmann", "Vogt", "Böhm", "Krüger", "Lindner", "von Stetten", "Weiß", "Hartwig"],
    },
  ],
  ru: [
    {
      first: ["Мария", "Ольга", "Екатерина", "Анна", "Светлана", "Дарья", "Ирина", "Алёна"],
      last: ["Соколова", "Кузнецова", "Лебедева", "Морозова", "Белова", "Зайцева", "Орлова"],
    },
    {
      first: ["Дмитрий", "Сергей", "Алексей", "Фёдор", "Илья", "Павел", "Николай", "Артём"],
      last: ["Соколов", "Кузнецов", "Лебедев", "Морозов", "Белов", "Зайцев", "Орлов"],
    },
  ],
  zh: [
    {
      first: ["伟", "秀英", "敏", "静怡", "志强", "丽华", "建国", "雨桐", "浩然", "子涵"],
      last: ["王", "李", "张", "刘", "陈", "杨", "赵", "欧阳", "周", "吴"],
    },
  ],
  ar: [
    {
      first: ["أحمد", "محمد", "خالد", "يوسف", "عمر", "فاطمة", "ليلى", "نور", "سارة", "مريم"],
      last: ["العتيبي", "الحربي", "منصور", "الشامي", "حداد", "بن سالم", "القحطاني", "درويش"],
    },
  ],
  hi: [
    {
      first: ["प्रिया", "राहुल", "अनीता", "विकास", "सुनीता", "अर्जुन", "मीरा", "संजय", "कविता", "रोहन"],
      last: ["शर्मा", "वर्मा", "गुप्ता", "मिश्रा", "पटेल", "यादव", "चौधरी", "अय्यर"],
    },
  ],
  ja: [
    {
      first: ["陽菜", "健太", "美咲", "翔太", "さくら", "大輔", "結衣", "直樹", "彩花", "拓海"],
      last: ["佐藤", "鈴木", "高橋", "田中", "渡辺", "山本", "中村", "小林", "加藤"],
    },
  ],
  es: [
    {
      first: ["Lucía", "Martín", "Sofía", "Iñigo", "Carmen", "Álvaro", "Begoña", "Raúl", "Noelia", "Andrés"],
      last: ["García", "Muñoz", "Fernández", "Ibáñez", "Castro", "Peña", "Núñez Rivas", "Ortega", "Soler"],
    },
  ],
};

export interface OperatorPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly workPosition: string;
}

/** The staff: the supervisor first, then operators. */
export const OPERATORS: readonly OperatorPerson[] = [
  { firstName: "Helena", lastName: "Brandt", workPosition: "Head of customer service" },
  { firstName: "Anna", lastName: "Johnson", workPosition: "Support agent" },
  { firstName: "Marek", lastName: "Nowak", workPosition: "Senior support agent" },
  { firstName: "Виктория", lastName: "Павлова", workPosition: "Менеджер по работе с клиентами" },
  { firstName: "Jonas", lastName: "Köhler", workPosition: "Kundenberater" },
  { firstName: "Priya", lastName: "Raman", workPosition: "Billing specialist" },
  { firstName: "Diego", lastName: "Vázquez", workPosition: "Atención al cliente" },
  { firstName: "Mei", lastName: "Lin", workPosition: "Order desk" },
  { firstName: "Karim", lastName: "Haddad", workPosition: "Technical support" },
  { firstName: "Елена", lastName: "Громова", workPosition: "Старший специалист поддержки" },
  { firstName: "Yuki", lastName: "Mori", workPosition: "Customer care" },
  { firstName: "Tom", lastName: "O'Reilly", workPosition: "Returns and warranty" },
  { firstName: "Sophie", lastName: "Lambert", workPosition: "Appointments desk" },
  { firstName: "Ben", lastName: "Achterberg", workPosition: "Support agent" },
  { firstName: "Nadia", lastName: "Ferreira", workPosition: "Weekend support" },
  { firstName: "Stefan", lastName: "Ilić", workPosition: "Technical support" },
];

export interface LineName {
  readonly name: string;
  readonly language: Language;
}

/** The lines of the portal, with the language most of their customers write. */
export const LINE_NAMES: readonly LineName[] = [
  { name: "Online store", language: "en" },
  { name: "Kundenservice Deutschland", language: "de" },
  { name: "Служба поддержки", language: "ru" },
  { name: "Technical help", language: "en" },
  { name: "Billing & refunds 💳", language: "es" },
  { name: "Appointments", language: "en" },
];
