// Sums of points by mixed-radix numbers: what a number of several digits stands for.
import { IDENTITY, multiply, type Point } from "../formats/point.ts";

/** A digit of a mixed-radix number: it adds `value · step`, 0 ≤ value < size. */
export interface Digit {
  readonly counter: number;
  /** Weight of one unit of this digit in its counter. */
  readonly unit: number;
  readonly size: number;
  readonly step: Point;
}

/** How many numbers there are of these digits. */
export function sizeOf(digits: readonly Digit[]): number {
  return digits.reduce((product, { size }) => product * size, 1);
}

/** The values of a number's digits; the first is the least significant. */
export function digitsOf(digits: readonly Digit[], index: number): number[] {
  let rest = index;
  return digits.map(({ size }) => {
    const value = rest % size;
    rest = Math.floor(rest / size);
    return value;
  });
}

/**
 * A digit in two: value = low + room · high. The high one may stand for values that are not the digit's own.
 *
 * @param most - of `low`'s size, at least 2 and less than the digit's.
 */
export function splitDigit(digit: Digit, most: number): [low: Digit, high: Digit] {
  const parts = Math.ceil(digit.size / most);
  const room = Math.ceil(digit.size / parts);
  const high = { unit: digit.unit * room, size: parts, step: multiply(digit.step, BigInt(room)) };
  return [
    { ...digit, size: room },
    { ...digit, ...high },
  ];
}

/** Points of the numbers start … start + n − 1. */
export function sums(digits: readonly Digit[], start: number, n: number): Point[] {
  const values = digitsOf(digits, start);
  let point = digits.reduce((sum, { step }, i) => sum.add(multiply(step, BigInt(values[i]!))), IDENTITY);
  const wraps = digits.map(({ step, size }) => multiply(step, BigInt(size - 1)));
  const points: Point[] = [];
  for (let k = 0; k < n; k++) {
    points.push(point);
    for (const [i, { size, step }] of digits.entries()) {
      values[i]!++;
      if (values[i]! < size) {
        point = point.add(step);
        break;
      }
      values[i] = 0;
      point = point.subtract(wraps[i]!);
    }
  }
  return points;
}
