// When what was to be shown is shown.

/** In a tab that nobody looks at there are no frames: it is not waited for longer. */
const LONGEST_FRAME_MS = 500;
/** What is loaded next is wanted soon. */
const LONGEST_REST_MS = 1_000;

/** Resolves in a task after the next frame, or soon where there is none. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_FRAME_MS);
    requestAnimationFrame(() =>
      setTimeout(() => {
        clearTimeout(timer);
        resolve();
      }),
    );
  });
}

/** Resolves when the page has nothing to do, or after a moment where it never rests or the browser does not say. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === "function")
      requestIdleCallback(() => resolve(), { timeout: LONGEST_REST_MS });
    else setTimeout(resolve, LONGEST_FRAME_MS);
  });
}
