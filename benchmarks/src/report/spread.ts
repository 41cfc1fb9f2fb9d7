// Where samples lie: least, quartiles, greatest.

/** Five numbers of a set of samples, in its unit. */
export interface Spread {
  readonly least: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly greatest: number;
}

/**
 * Quartiles by linear interpolation between neighbours in order (type 7 of Hyndman and Fan 1996): the median is the
 * one of `measure.ts`.
 *
 * @throws RangeError - no samples.
 */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("the spread of no samples");
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    const above = sorted[Math.ceil(place)]!;
    return below + (above - below) * (place - Math.floor(place));
  };
  return { least: at(0), q1: at(0.25), median: at(0.5), q3: at(0.75), greatest: at(1) };
}
