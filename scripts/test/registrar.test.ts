// The registrar's folder and command: requests in, a signed admission batch out.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createIdentity,
  createRegistration,
  type Identity,
  InputError,
  type Invitation,
  mailboxKeyOf,
  registrationBytes,
  registrationLink,
  replayRoll,
  utf8,
} from "@commune-zk/prover";
import { admit, createOffice, invite, readOffice } from "../registrar/office.ts";

const passphrase = "correct horse battery staple";
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-zk-registrar-"));
  await createOffice({ directory, organisation: "Test commune", passphrase });
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const request = (identity: Identity, { registrarKey, rollId, registrarNonce }: Invitation) =>
  createRegistration({
    identity,
    mailboxKey: mailboxKeyOf(identity),
    registrarKey,
    rollId,
    registrarNonce,
  });

async function refusal(work: Promise<unknown>): Promise<string> {
  const before = await readFile(join(directory, "events.ndjson"));
  const code = await work.then(
    () => "accepted",
    (error: unknown) => {
      if (error instanceof InputError) return error.code;
      throw error;
    },
  );
  expect(await readFile(join(directory, "events.ndjson"))).toEqual(before);
  return code;
}

test("invited members are admitted from links and files, in one batch that anybody can replay", async () => {
  const [first, second] = (await invite(directory, 2)) as [Invitation, Invitation];
  const members = [createIdentity(), createIdentity()] as const;
  const requests = [
    utf8(registrationLink("https://booth.example/", request(members[0], first))),
    registrationBytes(request(members[1], second)),
  ];
  expect(await admit({ directory, tier: "member", requests, passphrase })).toEqual([0, 1]);
  const { record } = await readOffice(directory);
  const roll = replayRoll(await readFile(join(directory, "events.ndjson")), record);
  expect(roll.positions.map((position) => position?.commitment)).toEqual(
    members.map(({ commitment }) => commitment),
  );

  const [third] = (await invite(directory, 1)) as [Invitation];
  const more = [registrationBytes(request(createIdentity(), third))];
  expect(await admit({ directory, tier: "associate", requests: more, passphrase })).toEqual([2]);
});

test("one bad request admits nobody", async () => {
  const [own, other] = (await invite(directory, 2)) as [Invitation, Invitation];
  const identity = createIdentity();
  const good = registrationBytes(request(identity, own));
  const attempt = (bad: Uint8Array) =>
    refusal(admit({ directory, tier: "member", requests: [good, bad], passphrase }));
  const strange = { ...other, registrarNonce: "ab".repeat(32) };
  expect(await attempt(registrationBytes(request(createIdentity(), strange)))).toBe(
    "registration-not-invited",
  );
  expect(await attempt(good)).toBe("roll-duplicate-commitment");
  expect(await attempt(registrationBytes(request(createIdentity(), own)))).toBe("roll-duplicate-nonce");
  expect(await attempt(registrationBytes(request(identity, other)))).toBe("roll-duplicate-commitment");
  const moved = { ...request(createIdentity(), other), mailboxKey: "cd".repeat(32) };
  expect(await attempt(registrationBytes(moved))).toBe("registration-bad-signature");
  expect(await attempt(utf8("https://booth.example/#poll=00"))).toBe("link-malformed");
  expect(await admit({ directory, tier: "member", requests: [good], passphrase })).toEqual([0]);
});

test("the key is encrypted, readable by its owner alone, and a wrong passphrase signs nothing", async () => {
  const path = join(directory, "registrar.secret.json");
  expect((await stat(path)).mode & 0o077).toBe(0);
  const [own] = (await invite(directory, 1)) as [Invitation];
  const requests = [registrationBytes(request(createIdentity(), own))];
  expect(
    await refusal(admit({ directory, tier: "member", requests, passphrase: "another passphrase" })),
  ).toBe("secret-file-wrong-passphrase");
  await expect(createOffice({ directory, organisation: "Another", passphrase })).rejects.toMatchObject({
    code: "office-exists",
  });
});

test("the command invites with link and QR, admits, and lists", async () => {
  const run = (...args: string[]) =>
    spawnSync("node", ["build/scripts/registrar.js", ...args], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      encoding: "utf8",
      env: { ...process.env, COMMUNE_PASSPHRASE: passphrase },
      timeout: 60_000,
    });
  const invited = run("invite", directory, "--page", "https://booth.example/");
  expect(invited).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("https://booth.example/#join="),
  });
  expect(invited.stdout).toMatch(/[▀▄█]{10}/);
  const [own] = (await invite(directory, 1)) as [Invitation];
  const file = join(directory, "request.json");
  await writeFile(file, registrationBytes(request(createIdentity(), own)));
  expect(run("admit", directory, "--tier", "member", file)).toMatchObject({
    status: 0,
    stdout: "admitted to tier member, positions 0\n",
  });
  expect(run("list", directory).stdout).toContain("member: 1");
  expect(run("admit", directory, file)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("REFUSED roll-duplicate-commitment"),
  });
  expect(run("nonsense", directory).status).toBe(2);
});
