import { defaultFieldResolver, type GraphQLSchema, isObjectType } from "graphql";

export interface SourceInspection {
  /** Names of the object types whose sources were looked at. */
  readonly seen: ReadonlySet<string>;
  /** `Type.property: what it is`, once each. */
  readonly faults: ReadonlySet<string>;
}

/**
 * Looks at every object that the schema's fields are resolved on, and at every list they answer with. An executor that reads properties by itself
 * would take a promise or a function there for the value.
 */
export function inspectSources(schema: GraphQLSchema): SourceInspection {
  const seen = new Set<string>();
  const faults = new Set<string>();
  const looked = new WeakSet<object>();
  const look = (typeName: string, source: unknown): void => {
    if (typeof source !== "object" || source === null) return;
    seen.add(typeName);
    if (looked.has(source)) return;
    looked.add(source);
    for (const fault of faultsOf(source)) faults.add(`${typeName}.${fault}`);
  };
  const lookAtList = (place: string, value: unknown): void => {
    if (Array.isArray(value) && value.some(isPromise)) faults.add(`${place}: a list of promises`);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (source, args, context, info) => {
        look(type.name, source);
        const value: unknown = resolve(source, args, context, info);
        if (isPromise(value))
          value.then((settled) => lookAtList(`${type.name}.${field.name}`, settled)).catch(() => {});
        else lookAtList(`${type.name}.${field.name}`, value);
        return value;
      };
    }
  }
  return { seen, faults };
}

/** What of an object is a promise or a function: own properties, and getters of its classes. Methods of a class are no properties of its objects. */
export function faultsOf(source: object): string[] {
  const found: string[] = [];
  for (let holder: object | null = source; holder !== null && holder !== Object.prototype; ) {
    for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (holder !== source && get === undefined) continue;
      const answer = get === undefined ? value : attempt(() => get.call(source));
      if (isPromise(answer)) found.push(`${name}: a promise`);
      else if (typeof answer === "function") found.push(`${name}: a function`);
    }
    holder = Object.getPrototypeOf(holder);
  }
  return found;
}

/** A getter that throws answers with an error, which is the field's own. */
function attempt(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return undefined;
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
