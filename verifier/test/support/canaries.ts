// A client of which everything can be recognised: its address, every header, and whatever else it sends.
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";

/** A loopback address that nothing but this client has. Linux answers on all of 127/8. */
export const CLIENT = "127.77.66.55";

/** What a part of a request is marked with. */
export const canary = (name: string): string => `Kanarie/${name} Xq7+z~`;
/** Headers that could say who sends. */
export const HEADERS = [
  "User-Agent",
  "Cookie",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Real-IP",
  "Forwarded",
  "Via",
  "Referer",
  "Origin",
  "Authorization",
  "Proxy-Authorization",
  "From",
  "Accept",
  "Accept-Language",
  "Accept-Encoding",
  "If-None-Match",
  "If-Modified-Since",
  "DNT",
  "Sec-CH-UA-Platform",
  "traceparent",
  "tracestate",
  "baggage",
  "X-Request-Id",
  "X-Correlation-Id",
  "Idempotency-Key",
  "X-Anything-At-All",
];
const canaryHeaders = (): Record<string, string> =>
  Object.fromEntries(HEADERS.map((name) => [name, canary(name)]));
/** A query that names a session. */
export const QUERY = `?session=${encodeURIComponent(canary("query"))}`;
/** Parts of a request that are not headers. */
export const OTHERS = [
  "query",
  "path",
  "body value",
  "body key",
  "broken body",
  "raw request",
  "own failure",
];

/** An answer, and where it came to. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly localAddress: string | undefined;
}

/** A request; one with `cutAfter` ends with its connection after so many bytes of its body. */
export interface CanaryRequest {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cutAfter?: number;
}

/** A request from the client's own address with a canary in every header. */
export function sendMarked(baseUrl: string, sent: CanaryRequest): Promise<Received | "cut"> {
  const { path, body, cutAfter } = sent;
  return new Promise((resolve, reject) => {
    const headers = {
      ...canaryHeaders(),
      ...(body !== undefined && {
        "Content-Type": "application/json",
        "Content-Length": String(Buffer.byteLength(body)),
      }),
      ...sent.headers,
    };
    const outgoing = request(
      baseUrl + path,
      {
        method: sent.method ?? (body === undefined ? "GET" : "POST"),
        headers,
        localAddress: CLIENT,
        agent: false,
      },
      (incoming) => {
        const { localAddress } = incoming.socket;
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, localAddress });
        });
      },
    );
    outgoing.on("error", cutAfter === undefined ? reject : () => resolve("cut"));
    if (cutAfter === undefined) outgoing.end(body);
    else outgoing.write(body!.slice(0, cutAfter), () => setTimeout(() => outgoing.destroy(), 50));
  });
}

/** Bytes that are no HTTP, from the client's own address. */
export function sendGarbage(baseUrl: string, garbage: string): Promise<string> {
  const { port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: CLIENT });
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.write(garbage);
  });
}
