/** Tags of the portal's chats that hold other text, and what they mean. */
export type Mark = "bold" | "italic" | "underline" | "strike" | "quote";

/** A text of the portal as a tree. */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "mark"; readonly mark: Mark; readonly children: readonly Node[] }
  | { readonly kind: "color"; readonly color: string; readonly children: readonly Node[] }
  /** `href` as written: whoever shows it checks it. */
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Node[] }
  | {
      readonly kind: "mention";
      readonly of: "user" | "chat";
      /** "all" for everybody of a chat. */
      readonly id: string;
      readonly children: readonly Node[];
    }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "time"; readonly at: Date }
  /** A tag without a look of its own. */
  | { readonly kind: "group"; readonly children: readonly Node[] };
