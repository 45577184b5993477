import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";

const HEIGHT = 120;
const WIDTH = 24;
const GAP = 5;

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
      <svg
        viewBox={`0 0 ${counts.length * WIDTH} ${HEIGHT + 22}`}
        role="img"
        aria-label={words.byHourSummary(busiest, formats.number(counts[busiest] ?? 0))}
      >
        {counts.map((count, hour) => {
          const height = (count / most) * HEIGHT;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
            <g key={hour} transform={`translate(${hour * WIDTH} 0)`}>
              <rect x={GAP / 2} y={HEIGHT - height} width={WIDTH - GAP} height={height} rx="3">
                <title>{`${hour}:00 · ${count}`}</title>
              </rect>
              {hour % 3 === 0 && (
                <text x={WIDTH / 2} y={HEIGHT + 17}>
                  {hour}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
