import { type Load, useLoads } from "../actions/use-loads.ts";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { Bar } from "./bar.tsx";
import "./load-view.css";

/** Who has how much to do at the moment, the busiest first. */
export function LoadView() {
  const words = useWords();
  const formats = useFormats();
  const { loads, isLoading, error, readAgain } = useLoads();
  const lookedAt = loads[0]?.lines[0]?.lookedAt;
  const most = Math.max(1, ...loads.map(({ active }) => active));
  const sorted = loads.toSorted((one, other) => other.active - one.active);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard.
    <section className="view load-view" aria-label={words.views.load} tabIndex={0}>
      {error !== undefined && <Failure text={problemText(error, words)} onRetry={readAgain} />}
      {isLoading && loads.length === 0 && <Waiting onRetry={readAgain} />}
      {loads.length === 0 && !isLoading && error === undefined && <p className="none">{words.nobodyFound}</p>}
      {loads.length > 0 && (
        <div className="table-frame">
          <table className="cards">
            <thead>
              <tr>
                <th scope="col">{words.operator}</th>
                <th scope="col">{words.presence}</th>
                <th scope="col" className="number">
                  {words.openNow}
                </th>
                <th scope="col" className="number">
                  {words.freeNow}
                </th>
                <th scope="col">{words.byLine}</th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((load) => (
                <LoadLine key={load.operatorId} load={load} most={most} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {lookedAt !== undefined && <p className="looked-at">{words.lookedAt(formats.time(new Date(lookedAt)))}</p>}
    </section>
  );
}

function LoadLine({ load, most }: { readonly load: Load; readonly most: number }) {
  const words = useWords();
  const busy = load.lines.filter(({ activeSessionCount }) => (activeSessionCount ?? 0) > 0);
  return (
    <tr>
      <th scope="row" dir="auto">
        {load.name ?? words.untitled}
      </th>
      <td className="where">
        <span className="presence" data-presence={load.presence}>
          {words.presences[load.presence]}
        </span>
      </td>
      <td className="number" data-name={words.openNow}>
        <Bar part={load.active / most} />
        {load.active}
      </td>
      <td className="number free" data-name={words.freeNow}>
        {load.free ?? words.unlimited}
      </td>
      <td className="lines">
        {busy.map(({ line, activeSessionCount }) => `${line.name ?? line.id} ${activeSessionCount}`).join(" · ")}
      </td>
    </tr>
  );
}
