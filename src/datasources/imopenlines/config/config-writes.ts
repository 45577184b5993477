import type { Call, ParamMap } from "../../bitrix24/calls.ts";
import { acceptance, id } from "../../bitrix24/wire.ts";
import type { Id } from "../../domain/ids.ts";
import type { LineRecord } from "../../domain/line.ts";
import { InvalidSetting, type LineSettings } from "../../domain/line-settings.ts";
import { idParam } from "../../rest-params.ts";
import { checkNewLine, withKeptSettings } from "./kept-settings.ts";
import { LINE_SETTING_RULES } from "./line-setting-rules.ts";
import { encodeSettings } from "./setting-rules.ts";

/** Checked settings as they are written. Throws `InvalidSetting` for anything that the portal would misread or silently change. */
function encodeLineSettings(settings: LineSettings): ParamMap {
  return encodeSettings(LINE_SETTING_RULES, settings, "");
}

/**
 * Creates a line; the id of the new one, or null when the portal could not save it (`false`, without a reason). The portal gives a line
 * without a name one of its own. Throws `InvalidSetting` before anything is sent.
 */
export function configAdd(settings: LineSettings): Call<Id | null> {
  const params = encodeLineSettings(settings);
  checkNewLine(settings);
  return { method: "imopenlines.config.add", params: { PARAMS: params }, decode: decodeNewLineId };
}

function decodeNewLineId(result: unknown): Id | null {
  return result === false ? null : id(result, "");
}

/** Checks a change by itself, before the line is read for it. Throws `InvalidSetting`, also for a change of nothing. */
export function checkLineChanges(changes: LineSettings): void {
  if (Object.keys(encodeLineSettings(changes)).length === 0) {
    throw new InvalidSetting("", "names no setting to change.");
  }
}

/**
 * Changes settings of a line and keeps the others, for which it needs the line as it is now; between that reading and this writing somebody
 * else may have changed it. `false` covers every failure: no such line, a queue without a valid member, a value the portal rejects.
 */
export function configUpdate(current: LineRecord, changes: LineSettings): Call<boolean> {
  return {
    method: "imopenlines.config.update",
    params: { CONFIG_ID: idParam(current.id), PARAMS: encodeLineSettings(withKeptSettings(changes, current)) },
    decode: acceptance,
  };
}

/** Deletes a line with its queue and disconnects its channels; `false` when there is no such line. */
export function configDelete(lineId: Id): Call<boolean> {
  return { method: "imopenlines.config.delete", params: { CONFIG_ID: idParam(lineId) }, decode: acceptance };
}
