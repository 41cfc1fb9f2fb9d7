// Public files from memory and from a URL. docs/spec/public-files.md.
import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../src/formats/bytes.ts";
import { InputError } from "../../src/formats/errors.ts";
import { memoryPublicFiles, readOptional, urlPublicFiles } from "../../src/formats/public-files.ts";
import { inputRejection } from "../trustees/support.ts";

const BASE_URL = "http://host.test/polls/aa";
const missing = { code: "file-missing", place: "closing.json" };

describe("public files in memory", () => {
  const files = memoryPublicFiles(new Map([["poll.json", utf8("{}")]]));

  test("are read by path", async () => {
    expect(fromUtf8(await files.read("poll.json"))).toBe("{}");
    expect(await inputRejection(files.read("closing.json"))).toMatchObject(missing);
  });

  test("that may be missing are undefined", async () => {
    expect(await readOptional(files, "poll.json")).toEqual(utf8("{}"));
    expect(await readOptional(files, "closing.json")).toBeUndefined();
  });
});

describe("public files below a URL", () => {
  function host(answer: () => Response) {
    const requests: { url: string; init: RequestInit | undefined }[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      requests.push({ url: String(input), init });
      return answer();
    };
    return { requests, files: urlPublicFiles(BASE_URL, { fetch }) };
  }

  test("are read as bytes, and the signal goes along", async () => {
    const { files, requests } = host(() => new Response(Uint8Array.of(0xff, 0, 1)));
    const { signal } = new AbortController();
    expect(await files.read("board/tile/0/000", { signal })).toEqual(Uint8Array.of(0xff, 0, 1));
    await files.read("poll.json");
    expect(requests).toEqual([
      { url: `${BASE_URL}/board/tile/0/000`, init: { signal } },
      { url: `${BASE_URL}/poll.json`, init: {} },
    ]);
  });

  test("that are not there are missing", async () => {
    const { files } = host(() => new Response("no", { status: 404 }));
    expect(await inputRejection(files.read("closing.json"))).toMatchObject(missing);
    expect(await readOptional(files, "closing.json")).toBeUndefined();
  });

  test.each([403, 500, 503])("that answer %i are not taken for missing", async (status) => {
    const { files } = host(() => new Response("no", { status }));
    for (const read of [files.read("closing.json"), readOptional(files, "closing.json")]) {
      const error: unknown = await read.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(InputError);
      expect(String(error)).toMatch(`status ${status}`);
    }
  });
});
