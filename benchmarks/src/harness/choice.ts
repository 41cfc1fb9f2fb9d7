// What a person chooses on the command line, and is refused before anything starts.

/**
 * Of all names those that were chosen, in the order of all; all of them where none was.
 *
 * @throws RangeError - one that there is not; the message names the option and says what there is.
 */
export function chosen<T extends string>(
  option: string,
  names: readonly string[] | undefined,
  all: readonly T[],
): T[] {
  const unknown = names?.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined) throw new RangeError(`${option} ${unknown}: there are ${all.join(", ")}`);
  return all.filter((name) => names === undefined || names.includes(name));
}
