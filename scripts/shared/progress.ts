// What a person reads while a command works.

/** Prints a step, runs it, prints how long it took. */
export async function step<T>(title: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  process.stdout.write(`${title} … `);
  const result = await work();
  process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
}

/** One line that is written over on a terminal; elsewhere only its last state. */
export function progress(line: string, last: boolean): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${last ? "\n" : ""}`);
  else if (last) console.log(line);
}
