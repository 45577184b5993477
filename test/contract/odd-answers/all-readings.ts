import { callReadings } from "./call-readings.ts";
import { eventReadings } from "./event-readings.ts";
import { type Reading, readings } from "./readings.ts";
import { reportReadings } from "./report-readings.ts";
import { writeReadings } from "./write-readings.ts";

/** Every method whose answer the gateway reads, and every event that it takes. */
export const allReadings: readonly Reading[] = [
  ...readings,
  ...reportReadings,
  ...writeReadings,
  ...callReadings,
  ...eventReadings,
];
