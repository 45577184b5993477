import { limitSettings } from "../../src/config/limit-settings.ts";
import { type Limits, readLimits } from "../../src/config/limits.ts";

/** What a gateway without any setting has. */
export const defaultLimits: Limits = readLimits((name) => limitSettings[name].schema.parse(undefined));
