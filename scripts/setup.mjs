// npm run setup: makes sure of the system packages that tests need, from Debian where this may install them.
// Plain JavaScript: it runs before anything is built.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs that tests start; `variable` names another one. */
const NEEDED = [
  {
    what: "Chromium, for the tests in a real browser",
    variable: "CHROMIUM",
    // Tests take the first of them: it halves their time. `npm run bench` takes the second.
    programs: ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"],
    wanted: ["chromium-headless-shell", "chromium"],
    packages: ["chromium-headless-shell", "chromium"],
  },
  {
    what: "a C compiler, for the layer that loses what was not synced",
    variable: "CC",
    programs: ["gcc", "cc"],
    wanted: [],
    packages: ["gcc", "libc6-dev"],
  },
];

const folders = (process.env.PATH ?? "").split(delimiter);
const found = (program) => existsSync(program) || folders.some((folder) => existsSync(join(folder, program)));

/** Whether the tests can be run. */
function isThere({ variable, programs }) {
  const named = process.env[variable];
  return named !== undefined ? found(named) : programs.some(found);
}

/** Whether nothing is left to install that would make them better. */
const isComplete = (needed) =>
  isThere(needed) && (process.env[needed.variable] !== undefined || needed.wanted.every(found));

function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
}

const missing = NEEDED.filter((needed) => !isComplete(needed));
if (missing.length > 0 && existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
  const packages = missing.flatMap((needed) => needed.packages);
  console.log(`installing ${packages.join(", ")} …`);
  run("apt-get", ["update", "-qq"]) &&
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
}
for (const needed of NEEDED.filter((candidate) => !isThere(candidate))) {
  const { what, variable, packages } = needed;
  console.error(
    `The tests need ${what}. Install it (Debian, as root: apt-get install ${packages.join(" ")}), ` +
      `or name it: ${variable}=/path npm test`,
  );
  process.exitCode = 1;
}
