// The two screens on which there is nothing to do.
import { usePage } from "../page.ts";
import { Heading } from "../parts.tsx";

/** Before anything is known. */
export function Starting() {
  const { m } = usePage();
  return (
    <>
      <Heading>{m.starting.title}</Heading>
      <p class="lead">{m.starting.text}</p>
      <progress aria-label={m.starting.text} />
    </>
  );
}

/** While a poll is fetched and checked. */
export function Loading() {
  const { m } = usePage();
  return (
    <>
      <Heading>{m.loading.title}</Heading>
      <p class="lead">{m.loading.text}</p>
      <ul class="bullets">
        {m.loading.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      <progress aria-label={m.loading.title} />
    </>
  );
}
