// How a person stops a long run: once, and it keeps what it has; twice, and it ends.

/**
 * npm hands on the interrupt that the terminal has sent already: a second one within this time is the first one.
 */
const SAME_MS = 1_000;

/**
 * A signal that fires when this process is asked to end. A second request, a second or more after the first, ends
 * it at once.
 *
 * @param onRequest - called at the first.
 */
export function stopOnRequest(onRequest: () => void): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  const asked = (code: number) => (): void => {
    if (!stop.signal.aborted) {
      firstAt = performance.now();
      onRequest();
      stop.abort(new Error("the run was stopped"));
    } else if (performance.now() - firstAt >= SAME_MS) {
      process.exit(code);
    }
  };
  process.on("SIGINT", asked(130));
  process.on("SIGTERM", asked(143));
  return stop.signal;
}
