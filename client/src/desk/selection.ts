/** Fields as text without their braces, with the type of what they bring where a code generator has made one of the same fields. */
export type Selection<Selected> = string | { readonly text: string; readonly selected?: Selected };

export function textOfSelection(selection: Selection<unknown>): string {
  return typeof selection === "string" ? selection : selection.text;
}
