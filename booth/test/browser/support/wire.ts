// The wire between a page and its service. Everything passes, unless a test says otherwise.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it leaves the browser. */
export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
}

/** What comes back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a test does to a request: `pass` asks the service; `"cut"` ends the connection without an answer. */
export type Interference = (request: Request, pass: () => Promise<Answer>) => Promise<Answer | "cut">;

/** A reverse proxy on loopback, in front of one service. */
export class Wire {
  /** What the browser takes for the service; `localhost`, because passkeys want a domain. */
  readonly origin: string;
  /** Everything that was asked. */
  readonly seen: Request[] = [];
  /** Whatever a test wants; honest unless told. */
  interfere: Interference = (_request, pass) => pass();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  /** @param target - the service's address; a service that restarts gets another, which a function tells. */
  static async open(target: string | (() => string)): Promise<Wire> {
    const addressOf = (): string => (typeof target === "string" ? target : target());
    let wire: Wire | undefined;
    const server = createServer((incoming, outgoing) => {
      void wire!.#carry(addressOf(), incoming).then(
        (answer) => {
          if (answer === "cut") return incoming.socket.destroy();
          outgoing.writeHead(answer.status, answer.headers);
          return outgoing.end(answer.body);
        },
        // The service is gone, or the test has ended.
        () => incoming.socket.destroy(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    wire = new Wire(server);
    return wire;
  }

  /** What the browser posted; the rest are fetches of its own, at any moment. */
  get posted(): readonly Request[] {
    return this.seen.filter(({ method }) => method === "POST");
  }

  /** Ballots that the browser sent, as bodies, where it posts nothing else. */
  get ballots(): readonly string[] {
    return this.posted.map(({ body }) => body);
  }

  /** Honest again. */
  mend(): void {
    this.interfere = (_request, pass) => pass();
  }

  async #carry(target: string, incoming: IncomingMessage): Promise<Answer | "cut"> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "GET", url = "/", headers } = incoming;
    const request: Request = { method, path: url, body: Buffer.concat(chunks).toString() };
    this.seen.push(request);
    return this.interfere(request, async () => {
      const contentType = headers["content-type"];
      const response = await fetch(target + url, {
        method,
        headers: contentType === undefined ? {} : { "content-type": contentType },
        ...(method === "POST" && { body: request.body }),
      });
      const kept = [...response.headers].filter(
        ([name]) => !/^(connection|keep-alive|content-length|transfer-encoding|date)$/.test(name),
      );
      return {
        status: response.status,
        headers: Object.fromEntries(kept),
        body: new Uint8Array(await response.arrayBuffer()),
      };
    });
  }

  /** Ends the wire with every connection. */
  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.close((error) => (error === undefined ? resolve() : reject(error)));
      this.#server.closeAllConnections();
    });
  }
}

/** An interference with the requests of one path alone: the answer's body is replaced. */
export function replacing(path: string | RegExp, replace: (body: Uint8Array) => Uint8Array): Interference {
  return async (request, pass) => {
    const isMeant = typeof path === "string" ? request.path.endsWith(path) : path.test(request.path);
    const answer = await pass();
    return isMeant ? { ...answer, body: replace(answer.body) } : answer;
  };
}
