/** The languages customers of the simulated portal write in. */
export const LANGUAGES = ["en", "de", "ru", "zh", "ar", "hi", "ja", "es"] as const;

export type Language = (typeof LANGUAGES)[number];
