// When what was to be shown is shown.

/** In a tab that nobody looks at there are no frames: it is not waited for longer. */
const LONGEST_FRAME_MS = 500;

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
