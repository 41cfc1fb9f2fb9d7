// Witnesses of compiled circuits, and the source line of the assertion that refuses one.
import { readFile } from "node:fs/promises";
import { type WitnessCalculator, WitnessCalculatorBuilder } from "circom_runtime";
import { templates } from "./templates.ts";

/** Where a witness calculation stopped: our own template nearest to the failed assertion. */
export interface Violation {
  readonly template: string;
  /** The template's file. */
  readonly file: string;
  readonly line: number;
}

/** A witness, or what refused the inputs. */
export type Attempt = Witness | { readonly violation: Violation };

/** Every wire's value. */
export interface Witness {
  /** Read from {@link bytes} when it is asked for: most tests want to know only that there is one. */
  readonly witness: readonly bigint[];
  /** 32 bytes each, little-endian. */
  readonly bytes: Uint8Array;
}

/** Of a wtns file, before the first value: magic, version, two section headers, field and count. */
const WTNS_HEADER_BYTES = 76;
const VALUE_BYTES = 32;

/** Calculates witnesses of one circuit. Not to be called again before it has answered. */
export async function openCircuit(wasmPath: string): Promise<(inputs: object) => Promise<Attempt>> {
  const calculator: WitnessCalculator = await WitnessCalculatorBuilder(await readFile(wasmPath));
  const own = await templates();
  // circom_runtime adds each failure's trace to those before it.
  let known = 0;
  return async (inputs) => {
    const { error: print } = console;
    // It also prints every failure, and here most are wanted.
    console.error = () => undefined;
    try {
      return witnessOf((await calculator.calculateWTNSBin(inputs, 1)).subarray(WTNS_HEADER_BYTES));
    } catch (error) {
      const trace = [
        ...String((error as Error).message).matchAll(/Error in template (\w+?)_\d+ line: (\d+)/g),
      ];
      const violation = parseViolation(trace.slice(known), own);
      // An error that is no refusal ("Not enough values") comes without them.
      known = Math.max(known, trace.length);
      if (violation === undefined) throw error;
      return { violation };
    } finally {
      console.error = print;
    }
  };
}

function witnessOf(bytes: Uint8Array): Witness {
  return {
    bytes,
    get witness() {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return Array.from({ length: bytes.length / VALUE_BYTES }, (_, i) => {
        let value = 0n;
        for (let word = VALUE_BYTES - 8; word >= 0; word -= 8) {
          value = (value << 64n) | view.getBigUint64(i * VALUE_BYTES + word, true);
        }
        return value;
      });
    },
  };
}

/** An assertion inside circomlib is laid at our line that feeds it. */
function parseViolation(
  trace: readonly RegExpMatchArray[],
  own: ReadonlyMap<string, string>,
): Violation | undefined {
  for (const [, template, line] of trace) {
    const file = own.get(template!);
    if (file !== undefined) return { template: template!, file, line: Number(line) };
  }
  return undefined;
}
