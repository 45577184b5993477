import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";

/** Every so many hours one is named. */
const NAMED = 3;

/** How many sessions began in each hour of the day. */
export function HourChart({ counts }: { readonly counts: readonly number[] }) {
  const words = useWords();
  const formats = useFormats();
  const most = Math.max(1, ...counts);
  const busiest = counts.indexOf(Math.max(...counts));
  return (
    <figure className="chart">
      <figcaption>
        <h2>{words.byHour}</h2>
      </figcaption>
      <div className="hours" role="img" aria-label={words.byHourSummary(busiest, formats.number(counts[busiest] ?? 0))}>
        {counts.map((count, hour) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
          <span key={hour} title={`${hour}:00 · ${count}`}>
            <i style={{ flex: `0 0 calc((100% - 20px) * ${count / most})` }} />
            <small>{hour % NAMED === 0 && hour}</small>
          </span>
        ))}
      </div>
    </figure>
  );
}
