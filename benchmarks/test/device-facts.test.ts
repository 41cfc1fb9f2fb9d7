// What a device page says of the device, and how it hands a run in.
import { describe, expect, test } from "@jest/globals";
import { describeDevice, RUNTIME_FORM } from "../src/device/facts.ts";
import { postRun, postText } from "../src/device/post.ts";
import { reasonOf } from "../src/device/worker-tasks.ts";
import { parseMeasurement } from "../src/results/schema.ts";
import { measurementLine } from "./device-lines.ts";

const ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";

describe("what a browser tells", () => {
  test.each([
    [`${ANDROID} Chrome/141.0.7390.65 Mobile Safari/537.36`, "Chrome 141"],
    [`${ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, "Samsung Internet 28"],
    [`${ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0`, "Edge 140"],
    [`${ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36 OPR/90.0.0.0`, "Opera 90"],
    ["Mozilla/5.0 (Android 13; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", "Firefox 144"],
    [`${IPHONE} Version/17.4.1 Mobile/15E148 Safari/604.1`, "Safari 17"],
    [`${IPHONE} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`, "Chrome 141"],
    ["curl of somebody's own", "unknown browser"],
    ["", "unknown browser"],
  ])("of %j is a name and a major version", async (userAgent, runtime) => {
    expect(await describeDevice({ userAgent })).toEqual({
      machine: { model: null, system: null, cores: null, memoryMiB: null },
      runtime,
    });
    expect(runtime).toMatch(RUNTIME_FORM);
  });

  test("is the brand and the model where it names them, and nothing else that it knows", async () => {
    const asked: string[][] = [];
    const told = await describeDevice({
      userAgent: `${ANDROID} Chrome/141.0.7390.65 Mobile Safari/537.36`,
      hardwareConcurrency: 8,
      deviceMemory: 0.5,
      userAgentData: {
        brands: [
          { brand: "Not?A_Brand", version: "8" },
          { brand: "Chromium", version: "141" },
          { brand: "Google Chrome", version: "141" },
        ],
        async getHighEntropyValues(hints) {
          asked.push([...hints]);
          return { model: "moto e13" };
        },
      },
    });
    expect(told).toEqual({
      machine: { model: "moto e13", system: null, cores: 8, memoryMiB: 512 },
      runtime: "Google Chrome 141",
    });
    expect(asked).toEqual([["model"]]);
  });

  test("is left out where it could not be recorded", async () => {
    const tells = (model: string) => ({
      userAgent: "",
      hardwareConcurrency: 0,
      deviceMemory: Number.NaN,
      userAgentData: { brands: [], getHighEntropyValues: async () => ({ model }) },
    });
    expect((await describeDevice(tells(""))).machine).toMatchObject({
      model: null,
      cores: null,
      memoryMiB: null,
    });
    const { machine } = await describeDevice(tells(`a\u0000b\n${"x".repeat(500)}`));
    expect(machine.model).toMatch(/^abx{48}$/);
    expect(() => parseMeasurement({ ...measurementLine("warm", [10]), machine })).not.toThrow();
  });

  test("is nothing where it refuses to say", async () => {
    const refusing = { brands: [], getHighEntropyValues: () => Promise.reject(new Error("no")) };
    expect(await describeDevice({ userAgent: "", userAgentData: refusing })).toMatchObject({
      machine: { model: null },
    });
  });
});

describe("handing a run in", () => {
  const text = postText([measurementLine("cold", [900])]);
  const answering = (response: Response | Error, seen: RequestInit[] = []) => ({
    url: "/measurements",
    fetch: (async (_url, init) => {
      seen.push(init!);
      if (response instanceof Error) throw response;
      return response.clone();
    }) as typeof fetch,
  });
  const problem = (status: number, headers = {}) =>
    Response.json({ code: "measurement-impossible", title: "longer than a day" }, { status, headers });

  test("sends the text that is shown, without cookies and without where it comes from", async () => {
    const seen: RequestInit[] = [];
    const service = answering(Response.json({ recorded: 1 }, { status: 201 }), seen);
    expect(await postRun(text, service)).toEqual({ kind: "recorded", lines: 1 });
    expect(await postRun(text, service)).toEqual({ kind: "recorded", lines: 1 });
    expect(seen.map(({ body }) => body)).toEqual([text, text]);
    expect(seen[0]).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  });

  test("tells a refusal with its reason, and when to come again", async () => {
    const refusal = { kind: "refused", code: "measurement-impossible", reason: "longer than a day" };
    expect(await postRun(text, answering(problem(422)))).toEqual({ ...refusal, retryAfterSeconds: null });
    expect(await postRun(text, answering(problem(429, { "retry-after": "7" })))).toEqual({
      ...refusal,
      retryAfterSeconds: 7,
    });
  });

  test.each([
    ["no network", new TypeError("failed to fetch")],
    ["a page of somebody else's", new Response("<h1>Sign in to this network</h1>")],
    ["a failing service", problem(500)],
    ["an answer that says nothing", Response.json(null)],
    ["an error without a code", Response.json({}, { status: 404 })],
  ])("takes %s for no answer: the same may be sent again", async (_what, response) => {
    expect(await postRun(text, answering(response))).toEqual({ kind: "unreachable" });
  });
});

test.each([
  ["WebAssembly.Memory(): could not allocate memory", "out-of-memory"],
  ["Array buffer allocation failed", "out-of-memory"],
  ["Out of memory", "out-of-memory"],
  ["the network was lost", "failed"],
] as const)("an engine that says %j failed as %s", (message, reason) => {
  expect(reasonOf(new RangeError(message))).toBe(reason);
  expect(reasonOf(message)).toBe("failed");
});
