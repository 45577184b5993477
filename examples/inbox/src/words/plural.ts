type Forms = { readonly [Form in Intl.LDMLPluralRule]?: string } & { readonly other: string };

/** Puts a number before the form of a word that goes with it. */
export function pluralIn(locale: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const format = new Intl.NumberFormat(locale);
  return (count, forms) => `${format.format(count)} ${forms[rules.select(count)] ?? forms.other}`;
}
