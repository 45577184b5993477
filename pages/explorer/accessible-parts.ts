/**
 * Mends what parts of others tell screen readers. Tabs that have buttons within are no tabs to them (nothing within a tab is reached), so they
 * become what they are: a list of buttons, one of them current. Fields of the builder say which argument they are for.
 */
export function keepPartsAccessible(place: HTMLElement): void {
  const mend = (): void => {
    for (const list of place.querySelectorAll(".graphiql-tabs")) mendTabs(list);
    for (const field of place.querySelectorAll(".graphiql-explorer-root :is(input, select):not([aria-label])")) {
      field.setAttribute("aria-label", nameOf(field));
    }
  };
  const attributeFilter = ["aria-selected", "class", "role"];
  new MutationObserver(mend).observe(place, { childList: true, subtree: true, attributes: true, attributeFilter });
  mend();
}

function mendTabs(list: Element): void {
  list.removeAttribute("role");
  for (const item of list.querySelectorAll(":scope > li")) {
    item.removeAttribute("role");
    item.removeAttribute("aria-selected");
    const button = item.querySelector(".graphiql-tab-button");
    if (!item.classList.contains("graphiql-tab-active")) button?.removeAttribute("aria-current");
    else if (!button?.hasAttribute("aria-current")) button?.setAttribute("aria-current", "true");
    const name = `Close ${button?.textContent ?? "tab"}`;
    const close = item.querySelector(".graphiql-tab-close");
    if (close?.getAttribute("aria-label") !== name) close?.setAttribute("aria-label", name);
  }
}

/** The text before a field, such as `first:`. */
function nameOf(field: Element): string {
  if (field.tagName === "SELECT") return "What to add";
  for (let near = field.parentElement; near !== null; near = near.parentElement) {
    const [name = ""] = (near.textContent ?? "").split(":");
    if (name.trim() !== "") return name.trim();
  }
  return "Value";
}
