/** Works out for each object once what several fields of an answer ask of it: a client may select a field under hundreds of names. */
export function oncePerObject<Source extends object, Rest extends readonly unknown[], Value>(
  work: (source: Source, ...rest: Rest) => Value,
): (source: Source, ...rest: Rest) => Value {
  const done = new WeakMap<Source, { readonly value: Value }>();
  return (source, ...rest) => {
    const known = done.get(source) ?? { value: work(source, ...rest) };
    done.set(source, known);
    return known.value;
  };
}
