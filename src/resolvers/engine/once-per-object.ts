/**
 * Works out for each object once what several fields of an answer ask of it: a client may select a field under hundreds of names. Kept on the
 * object itself, where no copy of it takes it along: a weak map of thousands of messages is what the collector would spend most of its time on.
 */
export function oncePerObject<Source extends object, Rest extends readonly unknown[], Value>(
  work: (source: Source, ...rest: Rest) => Value,
): (source: Source, ...rest: Rest) => Value {
  const done = Symbol("worked out once");
  return (source, ...rest) => {
    const known = (source as { readonly [done]?: { readonly value: Value } })[done];
    if (known !== undefined) return known.value;
    const value = work(source, ...rest);
    if (Object.isExtensible(source)) Object.defineProperty(source, done, { value: { value } });
    return value;
  };
}
