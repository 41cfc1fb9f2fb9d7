// npm run setup: makes sure of the one system package that tests need, Debian's chromium.
// Plain JavaScript: it runs before anything is built.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

function hasChromium() {
  return (
    (process.env.CHROMIUM !== undefined && existsSync(process.env.CHROMIUM)) ||
    PLACES.some((path) => existsSync(path))
  );
}

function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
}

if (!hasChromium()) {
  const mayInstall = existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
  if (mayInstall) {
    console.log("installing chromium …");
    run("apt-get", ["update", "-qq"]) &&
      run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
  }
  if (!hasChromium()) {
    console.error(
      "The tests need Chromium. Install it (Debian, as root: apt-get install chromium), or name it: CHROMIUM=/path npm test",
    );
    process.exitCode = 1;
  }
}
