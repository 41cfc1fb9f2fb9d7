// Under which addresses a phone finds the service, and the code that its camera reads.
import { networkInterfaces } from "node:os";
import { renderUnicodeCompact } from "uqr";

const EVERYWHERE = ["0.0.0.0", "::"];

/**
 * The page's addresses for a service that listens on `host`.
 *
 * @param interfaces - of this machine, as `os.networkInterfaces()` gives them; asked for unless told.
 * @returns those that another device can reach first; loopback alone where it listens on nothing else.
 */
export function pageUrls(
  host: string,
  port: number,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string[] {
  if (!EVERYWHERE.includes(host)) return [urlOf(host, port)];
  const addresses = Object.values(interfaces)
    .flatMap((each) => each ?? [])
    // Link-local IPv6 addresses need a zone, which no browser takes.
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
    .sort((a, b) => a.family.localeCompare(b.family));
  return [...addresses.map(({ address }) => urlOf(address, port)), urlOf("127.0.0.1", port)];
}

/** The code of an address, for a terminal: light on dark, whatever the terminal's own colours are. */
export function terminalCode(url: string): string {
  return renderUnicodeCompact(url, { border: 2 })
    .split("\n")
    .map((line) => `\u001b[97;40m${line}\u001b[0m`)
    .join("\n");
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
}
