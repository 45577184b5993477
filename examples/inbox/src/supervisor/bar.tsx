import "./bar.css";

/** A share as a bar; the number stands beside it. */
export function Bar({ part }: { readonly part: number }) {
  return (
    <svg className="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="track" width="100" height="8" rx="1.5" />
      <rect width={Math.max(0, Math.min(1, part)) * 100} height="8" rx="1.5" />
    </svg>
  );
}
