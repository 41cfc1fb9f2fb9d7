// A passphrase from the environment, or typed without being shown.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/**
 * @param question - what is asked for.
 * @throws Error - there is nobody to ask: no terminal, and COMMUNE_PASSPHRASE is not set.
 */
export async function askPassphrase(question: string): Promise<string> {
  const given = process.env.COMMUNE_PASSPHRASE;
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) throw new Error("set COMMUNE_PASSPHRASE, or start this from a terminal");
  process.stderr.write(`${question}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((resolve) => lines.question("", resolve));
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
